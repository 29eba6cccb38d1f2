"""Wrong answers that are neither absurd nor true, taken from the same text."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ai.enums import Difficulty
from ai.gateway.embeddings import Embedder
from ai.gateway.extractive.analysis import Analysis
from ai.gateway.extractive.answers import Answer, find_answers
from ai.gateway.extractive.numbers import wrong_numbers
from ai.gateway.extractive.stems import shares_words
from ai.gateway.text import contains, normalised

if TYPE_CHECKING:
    from ai.gateway.embeddings import Matrix

WANTED = 3
TRUTH_OVERLAP = 0.5
TOO_ALIKE = 0.80
# Where in the band of usable similarity the best wrong answer lies.
TARGET = {Difficulty.EASY: 0.25, Difficulty.MEDIUM: 0.5, Difficulty.HARD: 0.8}
_PEOPLE, _COMMON = frozenset({"PERSON", "NORP", "NAME"}), frozenset({"ONE", "MANY"})


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Every phrase of a text with its vector, to choose wrong answers from."""

    phrases: tuple[Answer, ...]
    vectors: "Matrix"
    rows: dict[str, int]
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
        return cls(phrases, vectors, rows, embedder, analysis)


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
    similar = pool.vectors @ pool.vectors[row]
    low, high = pool.embedder.band
    target = low + TARGET[difficulty] * (high - low)
    ranked = sorted(
        (
            (_misfit(answer, phrase) + abs(float(similar[at]) - target), at)
            for at, phrase in enumerate(pool.phrases)
            if low <= float(similar[at]) <= high
            and (not swap or phrase.bare == answer.bare)
            and _may_stand_for(answer, phrase, pool)
        ),
        key=lambda pair: pair[0],
    )
    return _apart([at for _, at in ranked], pool, count)


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
