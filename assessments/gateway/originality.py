"""What a finder of similar texts is, whoever runs it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Document:
    """A text under a key of the caller's."""

    key: int
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Characters `start` to `end` of a text that stand, word for word, at others of another."""

    start: int
    end: int
    other_start: int
    other_end: int


@dataclass(frozen=True, slots=True)
class Match:
    """A similar text: `jaccard` of both, `shared` of the text in question, both 0 to 1."""

    key: int
    jaccard: float
    shared: float
    passages: tuple[Passage, ...]


class Finder(Protocol):
    """Compares one text with others; the most similar first."""

    def compare(self, text: str, others: Sequence[Document]) -> list[Match]:
        """Texts that share more than chance would, with the passages that match."""
        ...
