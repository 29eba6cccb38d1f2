"""One examination for every generated question, whoever made it.

Each check has a name, whether it passed and why not. Blocking checks keep a question out of review;
the others are shown to the reviewer. Neighbours hold the tests: `support` (does the source prove
the key), `sameness` (options and duplicates), `wording` (what gives the key away).
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from ai.enums import QuestionKind
from ai.gateway.extractive.stems import GAP
from ai.gateway.orders import gives_orders
from ai.gateway.provider import GeneratedQuestion
from ai.gateway.sameness import distinct_options, is_new
from ai.gateway.support import (
    CHOICES,
    about_evidence,
    answer_in_evidence,
    decimal,
    evidence_in_source,
    key_not_in_stem,
    no_second_key,
    one_option_supported,
)
from ai.gateway.surroundings import Check, Judge, Known, Surroundings
from ai.gateway.text import MAX_FIELD_CHARS, has_markup, strip_invisible, words
from ai.gateway.wording import length_balance, negatives_marked, no_catch_all, reading_level

__all__ = ["Check", "Judge", "Known", "Surroundings", "acceptable", "examine", "fields"]

MIN_STEM_WORDS = 4
NEEDS_PASSAGE = "needs_passage"


def examine(question: GeneratedQuestion, around: Surroundings) -> tuple[Check, ...]:
    """Every check of one question, in a fixed order; the judge is asked only about good ones."""
    found = [
        Check(name, not detail, detail, blocking)
        for name, blocking, test in CHECKS
        for detail in (test(question, around),)
    ]
    found.append(_needs_passage(question, around if acceptable(found) else None))
    return tuple(found)


def acceptable(checks: Sequence[Check]) -> bool:
    """Whether no blocking check failed."""
    return all(check.passed or not check.blocking for check in checks)


def _needs_passage(question: GeneratedQuestion, around: Surroundings | None) -> Check:
    """Whether only readers of the passage find the key; a remark, because models also guess."""
    judge = around.judge if around is not None else None
    said = judge.unaided(question) if judge is not None else None
    if said is None or said.found is None:
        why = said.words if said is not None else _("No model was asked.")
        return Check(NEEDS_PASSAGE, passed=True, detail=why, blocking=False, judged=False)
    return Check(NEEDS_PASSAGE, not said.found, said.words, blocking=False)


def fields(question: GeneratedQuestion) -> list[str]:
    """Every text of a question that a person will read, evidence apart."""
    return [
        question.stem,
        question.answer,
        question.explanation,
        question.unit,
        *question.accepted,
        *(option.text for option in question.options),
    ]


def _schema(question: GeneratedQuestion, around: Surroundings) -> str:
    """A field is missing, of a wrong type, or belongs to another kind of question."""
    from pydantic import ValidationError

    from ai.gateway.replies.question import QuestionShape

    try:
        QuestionShape.model_validate(_plain(question))
    except ValidationError as problem:
        first = problem.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    if bool(question.options) != (question.kind in CHOICES):
        return _("Choice questions have options, others have none.")
    if question.kind == QuestionKind.SINGLE_CHOICE and question.answer not in question.right:
        return _("The answer is not the option marked right.")
    tolerance = decimal(question.tolerance)
    return "" if tolerance is not None and tolerance >= 0 else _("The tolerance is not a number.")


def _plain(question: GeneratedQuestion) -> dict[str, Any]:
    return {
        "kind": question.kind,
        "stem": question.stem,
        "answer": question.answer,
        "evidence": list(question.evidence),
        "options": [option.text for option in question.options],
        "accepted": list(question.accepted),
        "tolerance": question.tolerance,
        "unit": question.unit,
    }


def _complete(question: GeneratedQuestion, around: Surroundings) -> str:
    if len(words(question.stem.replace(GAP, "x"))) < MIN_STEM_WORDS:
        return _("The question is too short to be understood.")
    if not question.answer.strip() or not question.evidence:
        return _("The answer or the sentence that proves it is missing.")
    if any(len(text) > MAX_FIELD_CHARS for text in fields(question)):
        return _("A text is too long.")
    return ""


def _one_right_key(question: GeneratedQuestion, around: Surroundings) -> str:
    """The key has the form its kind needs; single choice has one right option and no second."""
    right, wrong = len(question.right), len(question.wrong)
    if question.kind == QuestionKind.SINGLE_CHOICE:
        return "" if right == 1 and wrong >= 2 else _numbers(right, wrong)
    if question.kind == QuestionKind.MULTIPLE_CHOICE:
        return "" if right >= 1 and wrong >= 1 else _numbers(right, wrong)
    if question.kind == QuestionKind.TRUE_FALSE:
        return (
            "" if question.answer in {"true", "false"} else _("The key is neither true nor false.")
        )
    if question.kind == QuestionKind.NUMERIC:
        return "" if decimal(question.answer) is not None else _("The key is not a number.")
    return ""


def _numbers(right: int, wrong: int) -> str:
    words = _("%(right)d right and %(wrong)d wrong options.")
    return words % {"right": right, "wrong": wrong}


def _stem_asks(question: GeneratedQuestion, around: Surroundings) -> str:
    stem = question.stem.strip()
    if question.kind == QuestionKind.TRUE_FALSE:
        return "" if not stem.endswith("?") else _("A statement is needed, not a question.")
    asks = stem.endswith("?") or "__" in stem
    return "" if asks else _("It is neither a question nor a sentence with a gap.")


def _clean_text(question: GeneratedQuestion, around: Surroundings) -> str:
    texts = [*fields(question), *question.evidence]
    if any(strip_invisible(text) != text or "\n" in text for text in texts):
        return _("It contains control or invisible characters.")
    if any(has_markup(text, source=around.source) for text in texts):
        return _("It contains a link, an image or markup that the source does not have.")
    return ""


def has_orders(text: str) -> bool:
    """Whether a text reads like orders to a language model."""
    return gives_orders(text)


def _no_orders(question: GeneratedQuestion, around: Surroundings) -> str:
    texts = [*fields(question), *question.evidence]
    found = any(has_orders(text) for text in texts)
    return _("It contains orders to a language model instead of course content.") if found else ""


Test = Callable[[GeneratedQuestion, Surroundings], str]
CHECKS: tuple[tuple[str, bool, Test], ...] = (
    ("schema", True, _schema),
    ("complete", True, _complete),
    ("one_right_key", True, _one_right_key),
    ("distinct_options", True, distinct_options),
    ("no_catch_all", True, no_catch_all),
    ("evidence_in_source", True, evidence_in_source),
    ("answer_in_evidence", True, answer_in_evidence),
    ("about_evidence", True, about_evidence),
    ("one_option_supported", True, one_option_supported),
    ("no_second_key", True, no_second_key),
    ("key_not_in_stem", True, key_not_in_stem),
    ("stem_asks", True, _stem_asks),
    ("negatives_marked", True, negatives_marked),
    ("not_a_duplicate", True, is_new),
    ("clean_text", True, _clean_text),
    ("no_orders", True, _no_orders),
    ("length_balance", True, length_balance),
    ("reading_level", False, reading_level),
)
