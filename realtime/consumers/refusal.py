"""Every other socket address."""

from realtime.consumers.door import Caller, Scope
from realtime.consumers.socket import Socket


class Refusal(Socket):
    """Refused before accept, like a missing course."""

    def admit(self, scope: Scope) -> Caller | None:
        """Nobody."""
        return None
