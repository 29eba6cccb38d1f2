"""Sending bytes to an address that somebody else chose, through the gate of `fetching`.

One POST: names are resolved here, all addresses must be public, the connection goes to the one
that was checked, and no redirect is followed.
"""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass

from ai.gateway.fetching import (
    FetchRefused,
    Guard,
    _ascii,
    _bracketed,
    _checked,
    _connect,
    _cut_when_late,
    _left,
    _pin,
)


@dataclass(frozen=True, slots=True)
class Sent:
    """How the other side answered; what it said is not read."""

    status: int
    retry_after: str


def send_bytes(
    address: str, body: bytes, headers: Mapping[str, str], guard: Guard | None = None
) -> Sent:
    """POST a body. Raises FetchRefused where the address may not or cannot be reached."""
    guard = guard or Guard()
    deadline = guard.clock() + guard.seconds
    parts = _checked(address, guard)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    path = _ascii((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
    name = f"{_bracketed(host)}{f':{parts.port}' if parts.port else ''}"
    try:
        connection = _connect(parts.scheme, host, port, _pin(host, port, guard), guard, deadline)
        try:
            with _cut_when_late(connection.sock, _left(guard, deadline)):
                sent = {"Host": name, "Connection": "close", **headers}
                connection.request("POST", path, body=body, headers=sent)
                answer = connection.getresponse()
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError):
        raise FetchRefused("The address could not be reached.") from None
    return Sent(answer.status, answer.headers.get("Retry-After", ""))
