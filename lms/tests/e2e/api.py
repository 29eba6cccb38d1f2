"""The API of a running stack as one person."""

import time
from typing import Any

import httpx

from lms.tests.e2e.stack import Stack
from lms.tests.world import PASSWORD


class Api:
    """The API as one person; waits out restarts."""

    def __init__(self, stack: Stack, email: str) -> None:
        self.client = httpx.Client(base_url=f"{stack.url}/api/v1", timeout=20)
        signed = self.patiently("POST", "/auth/token/", {"email": email, "password": PASSWORD})
        self.client.headers["Authorization"] = f"Bearer {signed.json()['token']}"

    def patiently(
        self, method: str, path: str, body: Any = None, tries: int = 120
    ) -> httpx.Response:
        """One request, again while the server is away."""
        for _ in range(tries):
            try:
                return self.client.request(method, path, json=body)
            except httpx.TransportError:
                time.sleep(0.5)
        msg = f"{method} {path}: no answer"
        raise AssertionError(msg)

    def get(self, path: str) -> Any:
        """The JSON of a page of the API."""
        answer = self.patiently("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()
