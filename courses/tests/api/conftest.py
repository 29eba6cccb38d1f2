"""Clients for the API's tests."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User


@pytest.fixture
def ask() -> Callable[..., Any]:
    """Ask `/api/v1/<path>` as a person (None is nobody), each signed in once."""
    clients: dict[int, APIClient] = {}

    def send(who: User | None, method: str, path: str, body: Any = None, **options: Any) -> Any:
        key = who.pk if who is not None else 0
        if key not in clients:
            clients[key] = APIClient()
            if who is not None:
                clients[key].force_login(who)
        options.setdefault("format", "json")
        if method == "get":
            options.pop("format")
        return getattr(clients[key], method)(f"/api/v1/{path}", body, **options)

    return send
