"""Whether the source proves the key, and no other option."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from ai.enums import QuestionKind
from ai.gateway.extractive.numbers import value_of
from ai.gateway.provider import GeneratedQuestion
from ai.gateway.surroundings import Surroundings
from ai.gateway.text import contains, content_words, normalised, overlap, sentences

CHOICES = frozenset({QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE})
SUPPORT = 0.7
# Share of a stem's content words in its evidence, and the cosine that stands in for it.
ABOUT_WORDS = 0.34
ABOUT_MEANING = 0.35
# Share of a stem's content words in another sentence that then makes a wrong option right.
ALSO_TRUE = 0.6


def decimal(text: str) -> Decimal | None:
    """A finite decimal, None for anything else."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _stated(text: str) -> set[Decimal | None]:
    """Every number a text states, in digits or words."""
    return {value_of(word) for word in re.findall(r"[\w.,-]*\w", text)}


def evidence_in_source(question: GeneratedQuestion, around: Surroundings) -> str:
    """A cited sentence does not stand in the source, word for word."""
    missing = [text for text in question.evidence if not contains(around.source, text)]
    return _("The cited sentence is not in the source.") if missing or not question.evidence else ""


def answer_in_evidence(question: GeneratedQuestion, around: Surroundings) -> str:
    """The cited sentence does not entail the key."""
    evidence = " ".join(question.evidence)
    if question.kind == QuestionKind.TRUE_FALSE:
        close = any(
            overlap(question.stem, sentence) >= SUPPORT / 2 for sentence in question.evidence
        )
        same = any(normalised(question.stem) == normalised(text) for text in question.evidence)
        if question.answer == "false" and same:
            return _("The statement is marked false but stands in the text.")
        return "" if close else _("The statement is not about the cited sentence.")
    if question.kind == QuestionKind.NUMERIC:
        found = decimal(question.answer) in _stated(evidence)
        return "" if found else _("The number is not in the sentence.")
    wanted = question.right if question.kind in CHOICES else (question.answer,)
    missing = [text for text in wanted if not _supported(text, question.evidence)]
    if not missing:
        return ""
    return _("“%(text)s” is not in the cited sentence.") % {"text": missing[0]}


def _supported(text: str, evidence: Sequence[str]) -> bool:
    return any(
        contains(sentence, normalised(text)) or overlap(text, sentence) >= SUPPORT
        for sentence in evidence
    )


def about_evidence(question: GeneratedQuestion, around: Surroundings) -> str:
    """The cited sentence speaks of something else than the question.

    Its words, or with an embedder its meaning, must come back in the sentence or the one before,
    which says who "he" is.
    """
    if question.kind in {QuestionKind.TRUE_FALSE, QuestionKind.MULTIPLE_CHOICE}:
        return ""
    asked = content_words(question.stem)
    said = " ".join([*_before(question, around.source), *question.evidence])
    if not asked or len(asked & content_words(said)) >= ABOUT_WORDS * len(asked):
        return ""
    if around.embedder is not None:
        vectors = around.embedder.encode([f"{question.stem} {question.answer}", said])
        if float(vectors[0] @ vectors[1]) >= ABOUT_MEANING:
            return ""
    return _("The cited sentence is about something else than the question.")


def _before(question: GeneratedQuestion, source: str) -> list[str]:
    """The sentences that stand before the cited ones."""
    all_of_them = sentences(source)
    return [
        all_of_them[at - 1]
        for at, sentence in enumerate(all_of_them)
        if at > 0 and any(contains(text, sentence) for text in question.evidence)
    ]


def one_option_supported(question: GeneratedQuestion, around: Surroundings) -> str:
    """A wrong option is what the cited sentence says."""
    if question.kind not in CHOICES:
        return ""
    for text in question.wrong:
        if any(contains(sentence, normalised(text)) for sentence in question.evidence):
            words = _("“%(text)s” is marked wrong but stands in the cited sentence.")
            return words % {"text": text}
        if value_of(text) is not None and value_of(text) in _stated(" ".join(question.evidence)):
            words = _("“%(text)s” is marked wrong but the cited sentence states it.")
            return words % {"text": text}
    return ""


def no_second_key(question: GeneratedQuestion, around: Surroundings) -> str:
    """Another sentence of the source says of a wrong option what the question asks."""
    if question.kind != QuestionKind.SINGLE_CHOICE:
        return ""
    asked = content_words(question.stem)
    if len(asked) < 2:
        return ""
    for sentence in sentences(around.source):
        shared = len(asked & content_words(sentence))
        if shared < max(2, ALSO_TRUE * len(asked)):
            continue
        for text in question.wrong:
            if contains(sentence, normalised(text)):
                words = _("The source makes “%(text)s” right as well: %(sentence)s")
                return words % {"text": text, "sentence": sentence[:120]}
    return ""


def key_not_in_stem(question: GeneratedQuestion, around: Surroundings) -> str:
    """The question states its own key."""
    if question.kind in {QuestionKind.TRUE_FALSE, QuestionKind.MULTIPLE_CHOICE}:
        return ""
    if question.kind == QuestionKind.NUMERIC:
        stated = decimal(question.answer) in _stated(question.stem)
        return _("The question states its number.") if stated else ""
    found = contains(question.stem, normalised(question.answer))
    return _("The question contains its answer.") if found else ""
