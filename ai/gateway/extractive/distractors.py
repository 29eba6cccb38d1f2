"""Wrong answers that are neither absurd nor true, taken from the same text."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ai.enums import Difficulty
from ai.gateway.embeddings import Embedder
from ai.gateway.extractive.analysis import Analysis
from ai.gateway.extractive.answers import Answer, find_answers
from ai.gateway.extractive.classes import EXAMPLES, classes_of, fits
from ai.gateway.extractive.numbers import wrong_numbers
from ai.gateway.extractive.stems import shares_words
from ai.gateway.text import contains, normalised

if TYPE_CHECKING:
    from ai.gateway.minilm import Matrix

WANTED = 3
TRUTH_OVERLAP = 0.5
TOO_ALIKE = 0.80
# Where in the band of usable similarity the best wrong answer lies.
TARGET = {Difficulty.EASY: 0.25, Difficulty.MEDIUM: 0.5, Difficulty.HARD: 0.8}
# Common nouns more alike than this name the same thing ("minster", "church").
SYNONYMS = 0.62
# Cosine to the nearest example from which the class of a key is sure enough to borrow from.
SURE = 0.45
_PEOPLE, _COMMON = frozenset({"PERSON", "NORP", "NAME"}), frozenset({"ONE", "MANY"})


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Every phrase of a text with its vector and class, to choose wrong answers from."""

    phrases: tuple[Answer, ...]
    vectors: "Matrix"
    rows: dict[str, int]
    classes: tuple[str, ...]
    embedder: Embedder
    analysis: Analysis

    @classmethod
    def of(cls, analysis: Analysis, embedder: Embedder) -> "Pool":
        """The pool of a text: distinct phrases of all its sentences, usable or not."""
        seen: dict[str, Answer] = {}
        for phrase in find_answers(analysis, only_usable=False):
            seen.setdefault(normalised(phrase.text), phrase)
        phrases = tuple(seen.values())
        rows = {key: at for at, key in enumerate(seen)}
        vectors = embedder.encode([phrase.text for phrase in phrases])
        classes = classes_of([phrase.text for phrase in phrases], vectors, embedder)
        return cls(phrases, vectors, rows, tuple(classes), embedder, analysis)


def wrong_answers(
    answer: Answer,
    pool: Pool,
    *,
    difficulty: Difficulty,
    rng: random.Random,
    count: int = WANTED,
    swap: bool = False,
) -> list[str]:
    """Up to `count` wrong answers of the same kind, best first.

    With `swap` they are to be read in the sentence itself, so articles must match too.
    """
    if answer.kind in {"YEAR", "NUMBER"}:
        return wrong_numbers(answer.text, count=count, rng=rng)
    row = pool.rows.get(normalised(answer.text))
    if row is None:
        return []
    found = _apart(_ranked(answer, row, pool, difficulty, swap=swap), pool, count)
    if len(found) < count and not swap:
        found += _from_examples(answer, row, pool, found, rng=rng, count=count - len(found))
    return found if _alike_in_form(answer, found) else []


def _ranked(
    answer: Answer, row: int, pool: Pool, difficulty: Difficulty, *, swap: bool
) -> list[int]:
    """Rows of the phrases that may stand for the answer, best first."""
    similar = pool.vectors @ pool.vectors[row]
    low, high = pool.embedder.band
    high = min(high, SYNONYMS) if answer.kind in _COMMON else high
    target = low + TARGET[difficulty] * (high - low)
    ranked = sorted(
        (
            (
                _misfit(answer, phrase)
                + abs(float(similar[at]) - target)
                + 0.2 * (pool.classes[at] != pool.classes[row]),
                at,
            )
            for at, phrase in enumerate(pool.phrases)
            if low <= float(similar[at]) <= high
            and (not swap or phrase.bare == answer.bare)
            and _same_sort(answer, phrase, pool.classes[row], pool.classes[at])
            and _may_stand_for(answer, phrase, pool)
        ),
        key=lambda pair: pair[0],
    )
    return [at for _, at in ranked]


def _same_sort(answer: Answer, phrase: Answer, one: str, other: str) -> bool:
    """Whether two phrases name things of one sort.

    Names must also agree in taking an article: "the India" gives itself away.
    """
    if answer.is_name:
        return phrase.bare == answer.bare
    return fits(one, other)


def _alike_in_form(answer: Answer, wrong: Sequence[str]) -> bool:
    """Whether a key of several words is not the only one of several words."""
    if answer.is_name or " " not in answer.text or not wrong:
        return True
    return 2 * sum(" " in text for text in wrong) >= len(wrong)


def _from_examples(
    answer: Answer,
    row: int,
    pool: Pool,
    there: Sequence[str],
    *,
    rng: random.Random,
    count: int,
) -> list[str]:
    """Common nouns of the key's class that the text does not have, when it has too few itself."""
    name = pool.classes[row]
    if not name or answer.kind != "ONE" or " " in answer.text or answer.bare:
        return []
    text = " ".join(sentence.text for sentence in pool.analysis.sentences)
    free = [word for word in EXAMPLES[name] if not contains(text, word)]
    rng.shuffle(free)
    vectors = pool.embedder.encode([answer.text, *there, *free])
    low, _ = pool.embedder.band
    if free and max(float(one @ vectors[0]) for one in vectors[1 + len(there) :]) < SURE:
        return []
    chosen: list[str] = []
    for at, word in enumerate(free, 1 + len(there)):
        alike = [float(vectors[at] @ vectors[other]) for other in range(1 + len(there))]
        if low <= alike[0] <= SYNONYMS and max(alike) <= TOO_ALIKE:
            chosen.append(word)
        if len(chosen) == count:
            break
    return chosen


def _apart(rows: Sequence[int], pool: Pool, count: int) -> list[str]:
    """The first phrases that are not near-copies of each other."""
    chosen: list[int] = []
    for row in rows:
        text = pool.phrases[row].text
        near = any(
            float(pool.vectors[row] @ pool.vectors[other]) > TOO_ALIKE
            or normalised(text) in normalised(pool.phrases[other].text)
            or normalised(pool.phrases[other].text) in normalised(text)
            for other in chosen
        )
        if not near:
            chosen.append(row)
        if len(chosen) == count:
            break
    return [pool.phrases[row].text for row in chosen]


def _misfit(answer: Answer, phrase: Answer) -> float:
    """How much a phrase differs in form from the answer: kind, length in words, capitals."""
    cost = 0.0 if phrase.kind == answer.kind else 0.3
    cost += 0.08 * abs(len(phrase.text.split()) - len(answer.text.split()))
    cost += 0.3 * (phrase.text.isupper() != answer.text.isupper())
    # "a process called theory": a word that needs an article does not fit where none stands.
    cost += 0.3 * (phrase.kind != "MANY" and phrase.bare != answer.bare)
    return cost - 0.1 * min(phrase.score, 1.0)


def _may_stand_for(answer: Answer, phrase: Answer, pool: Pool) -> bool:
    """Whether a phrase fits the gap grammatically and no sentence of the text makes it true."""
    if not _same_class(answer, phrase) or phrase.text.isupper() != answer.text.isupper():
        return False
    if contains(answer.sentence.text, phrase.text) or contains(
        answer.sentence.context, phrase.text
    ):
        return False
    if shares_words(phrase.text, answer.text) or phrase.key == answer.key:
        return False
    return not _made_true(answer, phrase, pool)


def _same_class(answer: Answer, phrase: Answer) -> bool:
    if answer.plural != phrase.plural:
        return False
    if answer.kind == phrase.kind:
        return True
    if answer.kind in _COMMON or phrase.kind in _COMMON:
        return False
    if answer.kind in _PEOPLE and phrase.kind in _PEOPLE:
        return True
    return answer.is_name and phrase.is_name and "PERSON" not in {answer.kind, phrase.kind}


def _made_true(answer: Answer, phrase: Answer, pool: Pool) -> bool:
    """Whether a sentence that holds the phrase says about it what the stem says of the answer."""
    stem = _content(answer, leave_out=answer)
    if not stem:
        return True
    for sentence in pool.analysis.sentences:
        if sentence is answer.sentence or not contains(sentence.text, phrase.text):
            continue
        said = {t.lemma_.lower() for t in sentence.span if t.is_alpha and not t.is_stop}
        if len(stem & said) >= max(2, TRUTH_OVERLAP * len(stem)):
            return True
    return False


def _content(answer: Answer, *, leave_out: Answer) -> set[str]:
    return {
        token.lemma_.lower()
        for token in answer.sentence.span
        if token.is_alpha and not token.is_stop and not leave_out.start <= token.i < leave_out.end
    }
