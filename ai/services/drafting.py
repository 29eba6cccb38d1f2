"""A generated question as JSON of a draft, and as content of the question bank."""

import re
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from ai.enums import Difficulty, QuestionKind
from ai.gateway.checks import Check
from ai.gateway.provider import GeneratedQuestion, Option
from ai.models import Draft
from assessments.enums import QuestionKind as BankKind
from assessments.scoring import content as bank
from assessments.scoring.registry import checked
from lms.kernel.errors import Invalid

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~$!^])")
_ADDRESS = re.compile(r"://|@|www\.|[^\W\d]\.[^\W\d]", re.IGNORECASE)
_LIST_START = re.compile(r"^(\d{0,9})([-+=.)])")
_JOINTS = re.compile(r"([.:/@])")
# Fields of the bank by the names they have in a draft.
_NAMES = {"value": "answer", "truth": "answer", "accepted": "answer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftChanges:
    """What a reviewer changed; None leaves a field as it is."""

    stem: str | None = None
    options: tuple[Option, ...] | None = None
    answer: str | None = None
    accepted: tuple[str, ...] | None = None
    tolerance: str | None = None
    unit: str | None = None
    explanation: str | None = None

    def given(self) -> dict[str, Any]:
        """The changed fields."""
        pairs = ((name, getattr(self, name)) for name in self.__slots__)
        return {name: value for name, value in pairs if value is not None}


def to_json(question: GeneratedQuestion) -> dict[str, Any]:
    """The question without kind and evidence, which have columns of their own."""
    return {
        "stem": question.stem,
        "answer": question.answer,
        "options": [{"text": o.text, "right": o.right} for o in question.options],
        "accepted": list(question.accepted),
        "tolerance": question.tolerance,
        "unit": question.unit,
        "explanation": question.explanation,
    }


def from_draft(draft: Draft) -> GeneratedQuestion:
    """A draft's question as it stands."""
    data = draft.content
    return GeneratedQuestion(
        kind=QuestionKind(draft.kind),
        stem=data["stem"],
        answer=data["answer"],
        evidence=tuple(draft.evidence),
        options=tuple(Option(o["text"], o["right"]) for o in data["options"]),
        accepted=tuple(data["accepted"]),
        tolerance=data["tolerance"],
        unit=data["unit"],
        explanation=data["explanation"],
    )


def changed(question: GeneratedQuestion, changes: DraftChanges) -> GeneratedQuestion:
    """The question with a reviewer's changes; raises Invalid when it cannot be asked."""
    fresh = replace(question, **changes.given())
    if fresh.kind in {QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE}:
        fresh = replace(fresh, answer="; ".join(fresh.right))
    bank_content(fresh)
    return fresh


def bank_content(
    question: GeneratedQuestion, difficulty: Difficulty | None = None
) -> bank.QuestionContent:
    """The question for the bank, its plain text as Markdown that shows just that text (I4).

    Raises Invalid by the draft's field.
    """
    kind = question.kind
    short, numeric = kind == QuestionKind.SHORT_ANSWER, kind == QuestionKind.NUMERIC
    if kind == QuestionKind.TRUE_FALSE and question.answer not in {"true", "false"}:
        raise Invalid(_("The answer is true or false."), field="answer")
    content = bank.QuestionContent(
        kind=BankKind(kind),
        stem=as_markdown(question.stem),
        options=tuple(
            bank.Option(text=as_markdown(option.text), correct=option.right)
            for option in question.options
        ),
        partial_credit=kind == QuestionKind.MULTIPLE_CHOICE,
        truth=question.answer == "true" if kind == QuestionKind.TRUE_FALSE else None,
        accepted=(question.answer, *question.accepted) if short else (),
        value=question.answer if numeric else "",
        tolerance=question.tolerance if numeric else "0",
        unit=question.unit if numeric else "",
        explanation=as_markdown(question.explanation),
        difficulty=difficulty,
    )
    try:
        return checked(content)
    except Invalid as problem:
        errors = {_NAMES.get(name, name): words for name, words in problem.errors.items()}
        raise Invalid(problem.detail, errors=errors) from None


def as_markdown(text: str) -> str:
    """Plain text on one line with every character escaped that Markdown could take for markup.

    What looks like an address is escaped inside, so that it does not become a link by itself.
    """
    escaped = " ".join(_escaped(word) for word in text.split())
    return _LIST_START.sub(r"\1\\\2", escaped)


def _escaped(word: str) -> str:
    escaped = _MARKDOWN.sub(r"\\\1", word)
    return _JOINTS.sub(r"\\\1", escaped) if _ADDRESS.search(word) else escaped


def checks_json(checks: tuple[Check, ...]) -> list[dict[str, Any]]:
    """Checks as a draft stores them."""
    return [
        {
            "name": check.name,
            "passed": check.passed,
            "detail": check.detail,
            "blocking": check.blocking,
            "judged": check.judged,
        }
        for check in checks
    ]
