"""The order in which an attempt shows things, drawn once and stored."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

T = TypeVar("T")


def ordered(items: Sequence[T], *, shuffle: bool, random: Random) -> list[T]:
    """The items, shuffled if asked: always the same items, each once."""
    drawn = list(items)
    if shuffle:
        random.shuffle(drawn)
    return drawn


def deadline_of(started_at: datetime, limit_seconds: int | None) -> datetime | None:
    """When time is up, fixed at the start; None without a limit (D4)."""
    return None if limit_seconds is None else started_at + timedelta(seconds=limit_seconds)
