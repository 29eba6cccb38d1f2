"""Relevance by words: Okapi BM25 over blocks, their lessons and their sections.

Formula: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009),
with the idf that is never negative, ln(1 + (N - n + 0.5) / (n + 0.5)). A block alone is often too
short to carry all words of a question; its lesson and section say what it is about.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final

K1: Final = 1.2
B: Final = 0.5


@dataclass(frozen=True, slots=True)
class Passage:
    """What is ranked: its terms, and the lesson and section it stands in."""

    terms: tuple[str, ...]
    lesson: Hashable
    section: Hashable


@dataclass(frozen=True, slots=True)
class Weights:
    """How much the lesson's and the section's words count beside the block's own."""

    lesson: float = 1.0
    section: float = 0.6


class Bm25:
    """Scores of documents for a query."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self.size = len(documents)
        self._lengths = [len(document) for document in documents]
        self._mean = sum(self._lengths) / self.size if self.size else 1.0
        self._postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for at, document in enumerate(documents):
            for term, count in Counter(document).items():
                self._postings[term].append((at, count))

    def idf(self, term: str) -> float:
        """How rare a term is; one that never occurs counts most."""
        found = len(self._postings.get(term, ()))
        return math.log(1 + (self.size - found + 0.5) / (found + 0.5))

    def scores(self, query: Sequence[str]) -> list[float]:
        """One score per document, 0 where no term occurs; repeated terms count once."""
        result = [0.0] * self.size
        for term in dict.fromkeys(query):
            weight = self.idf(term)
            for at, count in self._postings.get(term, ()):
                room = K1 * (1 - B + B * self._lengths[at] / (self._mean or 1.0))
                result[at] += weight * count * (K1 + 1) / (count + room)
        return result


class LexicalIndex:
    """BM25 of passages on three levels."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._blocks = Bm25([passage.terms for passage in passages])
        self._lesson_of, self._lessons = _grouped([p.lesson for p in passages], passages)
        self._section_of, self._sections = _grouped([p.section for p in passages], passages)

    def idf(self, term: str) -> float:
        """How rare a term is among the blocks."""
        return self._blocks.idf(term)

    def close(self, query: Sequence[str]) -> list[float]:
        """Scores of each passage by its own words and its lesson's."""
        lessons = self._lessons.scores(query)
        blocks = self._blocks.scores(query)
        return [score + lessons[self._lesson_of[at]] for at, score in enumerate(blocks)]

    def scores(self, query: Sequence[str], weights: Weights) -> list[float]:
        """Weighted sums over the three levels, one per passage."""
        blocks = self._blocks.scores(query)
        lessons = self._lessons.scores(query)
        sections = self._sections.scores(query)
        return [
            score
            + weights.lesson * lessons[self._lesson_of[at]]
            + weights.section * sections[self._section_of[at]]
            for at, score in enumerate(blocks)
        ]


def _grouped(names: Sequence[Hashable], passages: Sequence[Passage]) -> tuple[list[int], Bm25]:
    """Which group each passage is in, and an index of the groups."""
    numbers: dict[Hashable, int] = {}
    texts: list[list[str]] = []
    for name, passage in zip(names, passages, strict=True):
        if name not in numbers:
            numbers[name] = len(texts)
            texts.append([])
        texts[numbers[name]].extend(passage.terms)
    return [numbers[name] for name in names], Bm25(texts)
