"""Answers of a plain form post."""

from dataclasses import dataclass

from django.http import QueryDict

from assessments.enums import QuestionKind
from assessments.queries.attempt import QuestionSheet

TRUTHS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Posted:
    """What the form says of one question; `given` is False when it was not on the form."""

    given: bool
    answer: str | list[str] | bool | None
    flagged: bool


def read_posted(data: QueryDict, shown: QuestionSheet) -> Posted:
    """The answer of a question in its stored form, as far as the form can know it."""
    name = f"answer-{shown.id}"
    answer = read_field(data, name, shown.kind, [option.id for option in shown.options])
    return Posted(
        given=f"asked-{shown.id}" in data, answer=answer, flagged=f"flag-{shown.id}" in data
    )


def read_field(
    data: QueryDict, name: str, kind: QuestionKind, order: list[str]
) -> str | list[str] | bool | None:
    """One answer field; `order` puts chosen options in the question's order."""
    if kind == QuestionKind.MULTIPLE_CHOICE:
        chosen = set(data.getlist(name))
        return [option for option in order if option in chosen] or None
    typed = str(data.get(name, "")).strip()
    if kind == QuestionKind.TRUE_FALSE:
        return TRUTHS.get(typed)
    return typed or None
