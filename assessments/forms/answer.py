"""Answers of a plain form post."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from assessments.forms.questions.registry import FORMS
from assessments.queries.attempt import QuestionSheet

MAX_DIGITS = 11


@dataclass(frozen=True, slots=True)
class Posted:
    """What the form says of one question; `given` is False when it was not on the form.

    `seq` is the number of the question's last step when the form was made.
    """

    given: bool
    answer: Any
    flagged: bool
    certainty: int | None = None
    seq: int | None = None


def read_posted(data: QueryDict, shown: QuestionSheet) -> Posted:
    """The answer of a question in its stored form, as far as the form can know it."""
    return Posted(
        given=f"asked-{shown.id}" in data,
        answer=answer_field(data, f"answer-{shown.id}", shown),
        flagged=f"flag-{shown.id}" in data,
        certainty=_number(data.get(f"sure-{shown.id}", "")),
        seq=_number(data.get(f"asked-{shown.id}", "")),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < MAX_DIGITS else None


def answer_field(data: QueryDict, name: str, shown: QuestionSheet) -> Any:
    """What stands in one answer field; fields of its parts are `name-part`."""
    return FORMS[shown.kind].answer(data, name, shown)
