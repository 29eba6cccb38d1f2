"""The order in which an attempt shows things, drawn once and stored."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


def ordered(items: Sequence[T], *, shuffle: bool, random: Random) -> list[T]:
    """The items, shuffled if asked: always the same items, each once."""
    drawn = list(items)
    if shuffle:
        random.shuffle(drawn)
    return drawn
