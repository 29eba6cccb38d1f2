"""Every other socket address."""

from typing import Any

from realtime.consumers.door import Caller, Scope
from realtime.consumers.socket import Socket


class Refusal(Socket):
    """Refused before accept, like a missing course."""

    def admit(self, scope: Scope) -> Caller | None:
        """Nobody."""
        return None

    def room(self) -> str:
        """None: nobody comes in to hear it."""
        return ""

    async def hear(self, kind: str, frame: dict[str, Any]) -> None:
        """Nothing: nobody comes in to say it."""
