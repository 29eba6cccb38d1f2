"""A text cut at the places that remarks speak of. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text and the numbers of the remarks about it, in order."""

    text: str
    marks: tuple[int, ...] = ()


def pieces(text: str, ranges: Sequence[tuple[int, int, int]]) -> list[Piece]:
    """Cut a text at (start, end, number) ranges, which may overlap; joined it is the text again."""
    cuts = {0, len(text)}
    for start, end, _number in ranges:
        cuts |= {min(max(start, 0), len(text)), min(max(end, 0), len(text))}
    borders = sorted(cuts)
    return [
        Piece(text[a:b], tuple(number for start, end, number in ranges if start <= a and b <= end))
        for a, b in pairwise(borders)
    ]
