"""Whether two texts say the same: options of one question, and questions of a batch or a bank."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from ai.enums import QuestionKind
from ai.gateway.embeddings import Embedder
from ai.gateway.extractive.numbers import value_of
from ai.gateway.extractive.stems import GAP
from ai.gateway.provider import GeneratedQuestion
from ai.gateway.surroundings import Known, Surroundings
from ai.gateway.text import content_words, normalised, overlap, words

SAME_STEM = 0.85
SAME_CONTENT = 0.75
# Sentences with gaps that share this much were cut from the same sentence.
SAME_SENTENCE = 0.7
# Cosine of two questions with the same answer from which they ask for the same fact.
SAME_QUESTION = 0.88
WORTH_COMPARING = 0.3
MOST_COMPARED = 20
SHORT_WORDS = 6


def distinct_options(question: GeneratedQuestion, around: Surroundings) -> str:
    """Two options are empty, equal, or mean the same."""
    texts = [option.text for option in question.options]
    plain = [normalised(text) for text in texts]
    if "" in plain and texts:
        return _("An option is empty.")
    if len(set(plain)) < len(plain):
        return _("Two options are the same.")
    return _same_number(texts) or _inside(question) or _same_meaning(texts, around.embedder)


def _same_number(texts: Sequence[str]) -> str:
    """Twelve in digits beside twelve in words."""
    values = [value for value in map(value_of, texts) if value is not None]
    return _("Two options are the same number.") if len(set(values)) < len(values) else ""


def _inside(question: GeneratedQuestion) -> str:
    """A short wrong option that only leaves a word of the key out, or adds one, is right too."""
    if question.kind != QuestionKind.SINGLE_CHOICE:
        return ""
    for right in question.right:
        key = content_words(right)
        for wrong in question.wrong:
            other = content_words(wrong)
            short = len(words(right)) <= SHORT_WORDS and len(words(wrong)) <= SHORT_WORDS
            # HTTP and HTTPS: an acronym has no endings.
            short = short and not (right.isupper() and wrong.isupper())
            if short and key and other and (key <= other or other <= key):
                words_why = _("“%(wrong)s” says the same as the right answer “%(right)s”.")
                return words_why % {"wrong": wrong, "right": right}
    return ""


def _same_meaning(texts: Sequence[str], embedder: Embedder | None) -> str:
    # Numbers and whole statements look alike to an embedder without being the same.
    short = [text for text in texts if value_of(text) is None and len(words(text)) <= SHORT_WORDS]
    if embedder is None or len(short) < 2:
        return ""
    vectors = embedder.encode(short)
    similar = vectors @ vectors.T
    for row in range(len(short)):
        for column in range(row):
            if float(similar[row, column]) >= embedder.same:
                words_why = _("“%(one)s” and “%(other)s” say the same.")
                return words_why % {"one": short[column], "other": short[row]}
    return ""


def is_new(question: GeneratedQuestion, around: Surroundings) -> str:
    """The question, or one like it, is in the bank or in this batch already."""
    for known in around.known:
        if words(question.stem) == words(known.stem) and _same_answer(question, known):
            return _("This question exists already.")
        if _alike(question, known):
            return _("A question like this exists already.")
    return _asks_the_same(question, around)


def _same_answer(question: GeneratedQuestion, known: Known) -> bool:
    """Whether the keys are equal; an unknown key counts as equal, and so does true for false."""
    if not known.answer or question.kind == QuestionKind.TRUE_FALSE:
        return True
    return normalised(question.answer) == normalised(known.answer)


def _alike(question: GeneratedQuestion, known: Known) -> bool:
    gaps = GAP in question.stem and GAP in known.stem
    shared = overlap(question.stem, known.stem)
    # One sentence with two gaps: each stem states the other's key.
    if gaps and shared >= SAME_SENTENCE:
        return True
    if not _same_answer(question, known):
        return False
    if shared >= SAME_STEM or _content_overlap(question.stem, known.stem) >= SAME_CONTENT:
        return True
    same_evidence = bool(set(question.evidence) & set(known.evidence))
    return same_evidence and bool(known.answer) and question.kind != QuestionKind.MULTIPLE_CHOICE


def _content_overlap(one: str, two: str) -> float:
    first, second = content_words(one), content_words(two)
    # Two or three words in common prove nothing.
    if min(len(first), len(second)) < 3:
        return 0.0
    return len(first & second) / len(first | second)


def _asks_the_same(question: GeneratedQuestion, around: Surroundings) -> str:
    """The same fact in other words: the same answer, and stems of one meaning."""
    near = [
        known
        for known in around.known
        if _same_answer(question, known) and overlap(question.stem, known.stem) >= WORTH_COMPARING
    ][:MOST_COMPARED]
    if around.embedder is None or not near:
        return ""
    vectors = around.embedder.encode([question.stem, *(known.stem for known in near)])
    if float((vectors[1:] @ vectors[0]).max()) >= SAME_QUESTION:
        return _("A question that asks the same exists already.")
    return ""
