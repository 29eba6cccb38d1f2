"""The built-in finder: runs of five words, compared as sets.

Two texts are compared by the Jaccard measure of their word shingles (every run of five words,
without case and punctuation). It finds copies and light edits, and no paraphrase, no translation
and nothing outside the texts it is given.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assessments.gateway.originality import Document, Match, Passage

RUN: Final = 5
LEAST_SHARED: Final = 0.1
LEAST_WORDS: Final = 8
MOST_MATCHES: Final = 10
MOST_PASSAGES: Final = 20
_WORD: Final = re.compile(r"\w+")
Shingle = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """A text as words with their places, and where each shingle stands first."""

    words: list[str]
    spans: list[tuple[int, int]]
    places: dict[Shingle, int]


class ShingleFinder:
    """Compares texts by their word shingles."""

    def compare(self, text: str, others: Sequence[Document]) -> list[Match]:
        """Texts that share at least a tenth of this one's shingles, the most similar first."""
        mine = _read(text)
        if not mine.places:
            return []
        found = []
        for other in others:
            theirs = _read(other.text)
            common = len(mine.places.keys() & theirs.places.keys())
            shared = common / len(mine.places)
            if not theirs.places or shared < LEAST_SHARED:
                continue
            jaccard = common / (len(mine.places) + len(theirs.places) - common)
            found.append(Match(other.key, jaccard, shared, _passages(mine, theirs)))
        found.sort(key=lambda match: (-match.shared, match.key))
        return found[:MOST_MATCHES]


def _read(text: str) -> _Read:
    found = list(_WORD.finditer(text))
    words = [match.group().casefold() for match in found]
    places: dict[Shingle, int] = {}
    for at in range(len(words) - RUN + 1):
        places.setdefault(tuple(words[at : at + RUN]), at)
    return _Read(words, [match.span() for match in found], places)


def _passages(mine: _Read, theirs: _Read) -> tuple[Passage, ...]:
    """Runs of at least eight words that both have, from left to right, not overlapping."""
    found: list[Passage] = []
    at = 0
    while at <= len(mine.words) - RUN and len(found) < MOST_PASSAGES:
        there = theirs.places.get(tuple(mine.words[at : at + RUN]))
        length = 0 if there is None else _common(mine.words, at, theirs.words, there)
        if there is None or length < LEAST_WORDS:
            at += max(1, length - RUN + 1) if length else 1
            continue
        found.append(
            Passage(
                mine.spans[at][0],
                mine.spans[at + length - 1][1],
                theirs.spans[there][0],
                theirs.spans[there + length - 1][1],
            )
        )
        at += length
    return tuple(found)


def _common(mine: list[str], at: int, theirs: list[str], there: int) -> int:
    """How many words are the same from two places on."""
    length = 0
    most = min(len(mine) - at, len(theirs) - there)
    while length < most and mine[at + length] == theirs[there + length]:
        length += 1
    return length
