"""Answers of a plain form post."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from assessments.forms.questions.registry import FORMS
from assessments.queries.attempt import QuestionSheet


@dataclass(frozen=True, slots=True)
class Posted:
    """What the form says of one question; `given` is False when it was not on the form."""

    given: bool
    answer: Any
    flagged: bool


def read_posted(data: QueryDict, shown: QuestionSheet) -> Posted:
    """The answer of a question in its stored form, as far as the form can know it."""
    return Posted(
        given=f"asked-{shown.id}" in data,
        answer=answer_field(data, f"answer-{shown.id}", shown),
        flagged=f"flag-{shown.id}" in data,
    )


def answer_field(data: QueryDict, name: str, shown: QuestionSheet) -> Any:
    """What stands in one answer field; fields of its parts are `name-part`."""
    return FORMS[shown.kind].answer(data, name, shown)
