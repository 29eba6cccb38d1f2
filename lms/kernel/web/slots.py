"""Slots: named places on lower pages where upper apps show something, rendered on the server."""

import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

log = logging.getLogger(__name__)

Render = Callable[[HttpRequest, dict[str, Any]], str]
_slots: dict[str, list[tuple[int, Render]]] = {}


def register(name: str, render: Render, *, order: int = 100) -> None:
    """Fill a slot; called from an app's `ready()`. Lower `order` comes first."""
    entries = _slots.setdefault(name, [])
    if all(known is not render for _, known in entries):
        entries.append((order, render))
        entries.sort(key=lambda entry: entry[0])


def render(name: str, request: HttpRequest, context: dict[str, Any]) -> SafeString:
    """Everything registered for a slot, in order; a part that fails is left out and logged."""
    parts: list[str] = []
    for _, part in _slots.get(name, []):
        try:
            parts.append(part(request, context))
        except Exception:
            log.exception("slot %s failed", name)
    return mark_safe("".join(parts))
