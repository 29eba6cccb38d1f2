"""Days and whole numbers as the reader's language writes them, worked out once for each."""

from datetime import date
from functools import lru_cache

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language


def day_words(value: date, pattern: str) -> str:
    """A day by a pattern or the name of a format, as `date_format` has it."""
    return _day(value, pattern, get_language())


def whole(value: int) -> str:
    """A whole number, as `number_format` has it."""
    # Below a thousand there is nothing to group, and digits are the same in every language.
    return str(value) if 0 <= value < 1000 else _whole(value, get_language())


@lru_cache(maxsize=2000)
def _day(value: date, pattern: str, _language: str | None) -> str:
    return date_format(value, pattern)


@lru_cache(maxsize=5000)
def _whole(value: int, _language: str | None) -> str:
    return number_format(value)
