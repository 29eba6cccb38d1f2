"""Refuse text that no database or protocol of ours can hold (C4).

PostgreSQL raises on NUL in text and in JSON; lone surrogates cannot be encoded as UTF-8. Both are
refused where text enters, with the field named, instead of failing in a driver.
"""

import unicodedata
from collections.abc import Mapping
from typing import Final, TypeVar

from django.utils.translation import gettext as _

from lms.kernel.errors import Invalid

T = TypeVar("T")

_FIRST_SURROGATE: Final = "\ud800"
_LAST_SURROGATE: Final = "\udfff"
_NOT_IN_A_LINE: Final = {"Cc", "Zl", "Zp"}
# Marks that turn the order of what follows, beyond their own name or title (Trojan names).
_TURNS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def is_storable(text: str) -> bool:
    """Tell whether ``text`` holds neither NUL nor a lone surrogate."""
    return "\0" not in text and not any(_FIRST_SURROGATE <= c <= _LAST_SURROGATE for c in text)


def require_text(value: str, *, field: str | None = None, max_length: int | None = None) -> str:
    """Return ``value`` unchanged; raise ``Invalid`` for ``field`` when it cannot be stored."""
    if not is_storable(value):
        raise Invalid(_("This text contains characters that cannot be stored."), field=field)
    if max_length is not None and len(value) > max_length:
        message = _("At most %(limit)d characters are allowed.") % {"limit": max_length}
        raise Invalid(message, field=field)
    return value


def is_line(text: str) -> bool:
    """Tell whether ``text`` can be stored and holds no line break or other control character.

    Those that turn the direction of writing count among them; U+200E and U+200F do not.
    """
    return is_storable(text) and not any(
        c in _TURNS or unicodedata.category(c) in _NOT_IN_A_LINE for c in text
    )


def require_line(value: str, *, field: str, max_length: int | None = None) -> str:
    """Return a name or title unchanged; raise ``Invalid`` for ``field`` unless it is one line."""
    require_text(value, field=field, max_length=max_length)
    if not is_line(value):
        raise Invalid(_("Write this on one line, without control characters."), field=field)
    return value


def require_clean(value: T, *, field: str | None = None) -> T:
    """Return a JSON-like ``value`` unchanged after checking every string and key inside it."""
    stack: list[object] = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            require_text(item, field=field)
        elif isinstance(item, Mapping):
            stack.extend(item.keys())
            stack.extend(item.values())
        elif isinstance(item, list | tuple):
            stack.extend(item)
    return value
