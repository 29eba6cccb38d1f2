"""One examination for every generated question, whoever made it.

Each check has a name, whether it passed and why not. Blocking checks keep a question out of review;
the others are shown to the reviewer.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from ai.enums import QuestionKind
from ai.gateway.embeddings import Embedder
from ai.gateway.extractive.numbers import value_of
from ai.gateway.extractive.stems import GAP
from ai.gateway.provider import GeneratedQuestion
from ai.gateway.text import (
    MAX_FIELD_CHARS,
    contains,
    has_markup,
    normalised,
    overlap,
    strip_invisible,
    words,
)

CHOICES = frozenset({QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE})
SUPPORT = 0.7
SAME_STEM = 0.85
MAX_RATIO = 3.0
MIN_STEM_WORDS = 4

_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instruction|prompt|rule|above|"
    r"previous|prior|guideline|polic)|\bsystem\s*(?:prompt|message|override)|\bjailbreak|"
    r"\bdeveloper mode|\byou are (?:now |an? |the )*(?:ai|assistant|language model|chat\s?bot|gpt)|"
    r"\bas an ai\b|\bnew instructions?\b|\b(?:api|secret) key\b|\bdo anything now\b|"
    r"<\|[a-z_]{1,20}\|>|\[/?inst\]|\bprompt injection",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check."""

    name: str
    passed: bool
    detail: str = ""
    blocking: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """A question that exists already, in this batch or in the bank."""

    stem: str
    answer: str


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """What a question is examined against."""

    source: str
    known: Sequence[Known] = ()
    embedder: Embedder | None = None


def examine(question: GeneratedQuestion, around: Surroundings) -> tuple[Check, ...]:
    """Every check of one question, in a fixed order."""
    return tuple(
        Check(name, not detail, detail, blocking)
        for name, blocking, test in CHECKS
        for detail in (test(question, around),)
    )


def acceptable(checks: Sequence[Check]) -> bool:
    """Whether no blocking check failed."""
    return all(check.passed or not check.blocking for check in checks)


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


def _complete(question: GeneratedQuestion, around: Surroundings) -> str:
    if len(words(question.stem.replace(GAP, "x"))) < MIN_STEM_WORDS:
        return "The question is too short to be understood."
    if not question.answer.strip() or not question.evidence:
        return "The answer or the sentence that proves it is missing."
    if any(len(text) > MAX_FIELD_CHARS for text in fields(question)):
        return "A text is too long."
    return ""


def _one_right_key(question: GeneratedQuestion, around: Surroundings) -> str:
    """The key has the form its kind needs; single choice has one right option and no second."""
    right, wrong = len(question.right), len(question.wrong)
    if question.kind == QuestionKind.SINGLE_CHOICE:
        return "" if right == 1 and wrong >= 2 else f"{right} right and {wrong} wrong options."
    if question.kind == QuestionKind.MULTIPLE_CHOICE:
        return "" if right >= 1 and wrong >= 1 else f"{right} right and {wrong} wrong options."
    if question.kind == QuestionKind.TRUE_FALSE:
        return "" if question.answer in {"true", "false"} else "The key is neither true nor false."
    if question.kind == QuestionKind.NUMERIC:
        return "" if _decimal(question.answer) is not None else "The key is not a number."
    return ""


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _distinct_options(question: GeneratedQuestion, around: Surroundings) -> str:
    texts = [option.text for option in question.options]
    plain = [normalised(text) for text in texts]
    if "" in plain and texts:
        return "An option is empty."
    if len(set(plain)) < len(plain):
        return "Two options are the same."
    # Numbers and whole statements look alike to an embedder without being the same.
    short = [text for text in texts if value_of(text) is None and len(words(text)) <= 6]
    if around.embedder is None or len(short) < 2:
        return ""
    vectors = around.embedder.encode(short)
    similar = vectors @ vectors.T
    for row in range(len(short)):
        for column in range(row):
            if float(similar[row, column]) >= around.embedder.same:
                return f"“{short[column]}” and “{short[row]}” say the same."
    return ""


def _answer_in_evidence(question: GeneratedQuestion, around: Surroundings) -> str:
    evidence = " ".join(question.evidence)
    if question.kind == QuestionKind.TRUE_FALSE:
        close = any(
            overlap(question.stem, sentence) >= SUPPORT / 2 for sentence in question.evidence
        )
        same = any(normalised(question.stem) == normalised(text) for text in question.evidence)
        if question.answer == "false" and same:
            return "The statement is marked false but stands in the text."
        return "" if close else "The statement is not about the cited sentence."
    if question.kind == QuestionKind.NUMERIC:
        stated = {value_of(word) for word in re.findall(r"[\w.,-]*\w", evidence)}
        return "" if _decimal(question.answer) in stated else "The number is not in the sentence."
    wanted = question.right if question.kind in CHOICES else (question.answer,)
    missing = [text for text in wanted if not _supported(text, question.evidence)]
    return f"“{missing[0]}” is not in the cited sentence." if missing else ""


def _supported(text: str, evidence: Sequence[str]) -> bool:
    return any(
        contains(sentence, normalised(text)) or overlap(text, sentence) >= SUPPORT
        for sentence in evidence
    )


def _one_supported(question: GeneratedQuestion, around: Surroundings) -> str:
    """No wrong option may be what the cited sentence says."""
    if question.kind not in CHOICES:
        return ""
    for text in question.wrong:
        if any(contains(sentence, normalised(text)) for sentence in question.evidence):
            return f"“{text}” is marked wrong but stands in the cited sentence."
    return ""


def _evidence_in_source(question: GeneratedQuestion, around: Surroundings) -> str:
    missing = [text for text in question.evidence if not contains(around.source, text)]
    return "The cited sentence is not in the source." if missing or not question.evidence else ""


def _key_not_in_stem(question: GeneratedQuestion, around: Surroundings) -> str:
    if question.kind in {QuestionKind.TRUE_FALSE, QuestionKind.MULTIPLE_CHOICE}:
        return ""
    if question.kind == QuestionKind.NUMERIC:
        value = _decimal(question.answer)
        stated = {value_of(word) for word in re.findall(r"[\w.,-]*\w", question.stem)}
        return "The question states its number." if value in stated else ""
    return "The question contains its answer." if contains(question.stem, question.answer) else ""


def _new(question: GeneratedQuestion, around: Surroundings) -> str:
    stem = normalised(question.stem)
    for known in around.known:
        if stem == normalised(known.stem) and normalised(question.answer) == normalised(
            known.answer
        ):
            return "This question exists already."
        alike = overlap(question.stem, known.stem) >= SAME_STEM
        if alike and normalised(question.answer) == normalised(known.answer):
            return "A question like this exists already."
    return ""


def _stem_asks(question: GeneratedQuestion, around: Surroundings) -> str:
    stem = question.stem.strip()
    if question.kind == QuestionKind.TRUE_FALSE:
        return "" if not stem.endswith("?") else "A statement is needed, not a question."
    asks = stem.endswith("?") or "__" in stem
    return "" if asks else "It is neither a question nor a sentence with a gap."


def _length_balance(question: GeneratedQuestion, around: Surroundings) -> str:
    if question.kind != QuestionKind.SINGLE_CHOICE or not question.right or not question.wrong:
        return ""
    key = len(question.right[0])
    others = [len(text) for text in question.wrong]
    if key > MAX_RATIO * max(others) and key > 20:
        return "The right answer is far longer than the others."
    return ""


def _clean_text(question: GeneratedQuestion, around: Surroundings) -> str:
    texts = [*fields(question), *question.evidence]
    if any(strip_invisible(text) != text or "\n" in text for text in texts):
        return "It contains control or invisible characters."
    if any(has_markup(text, source=around.source) for text in texts):
        return "It contains a link, an image or markup that the source does not have."
    return ""


def _no_orders(question: GeneratedQuestion, around: Surroundings) -> str:
    texts = [*fields(question), *question.evidence]
    found = any(_ORDERS.search(text) for text in texts)
    return "It contains orders to a language model instead of course content." if found else ""


Test = Callable[[GeneratedQuestion, Surroundings], str]
CHECKS: tuple[tuple[str, bool, Test], ...] = (
    ("complete", True, _complete),
    ("one_right_key", True, _one_right_key),
    ("distinct_options", True, _distinct_options),
    ("evidence_in_source", True, _evidence_in_source),
    ("answer_in_evidence", True, _answer_in_evidence),
    ("one_option_supported", True, _one_supported),
    ("key_not_in_stem", True, _key_not_in_stem),
    ("stem_asks", True, _stem_asks),
    ("not_a_duplicate", True, _new),
    ("clean_text", True, _clean_text),
    ("no_orders", True, _no_orders),
    ("length_balance", False, _length_balance),
)
