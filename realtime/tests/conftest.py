"""Fixtures of the realtime tests."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lms.kernel.push import publisher
from realtime.tests.factories import Cast
from realtime.tests.factories import cast as make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def pushed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Every payload handed to push, as (room, payload)."""
    seen: list[tuple[str, dict[str, Any]]] = []
    put: Callable[[str, str], None] = publisher.PUBLISHER.put

    def record(room: str, text: str) -> None:
        seen.append((room, json.loads(text)))
        put(room, text)

    monkeypatch.setattr(publisher.PUBLISHER, "put", record)
    yield seen
    publisher.PUBLISHER.flush()
