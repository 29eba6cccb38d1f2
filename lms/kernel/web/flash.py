"""Messages after a redirect that can be taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages

if TYPE_CHECKING:
    from django.http import HttpRequest

UNDO = "undo:"


def undoable(request: HttpRequest, words: str, undo: str) -> None:
    """Tell what was done; the next page offers Undo, a POST to the path `undo`."""
    messages.success(request, words, extra_tags=f"{UNDO}{undo}")


def undo_url(message: Any) -> str:
    """The path that takes a message's act back, or "" when it has none."""
    extra = getattr(message, "extra_tags", "") or ""
    return extra.removeprefix(UNDO) if extra.startswith(UNDO) else ""
