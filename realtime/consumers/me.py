"""`/ws/me/`: a person's own frames, which carry ids alone (R6)."""

from typing import Any

from lms.kernel.push import person_room
from realtime.consumers.door import Caller, Scope, arrival_at
from realtime.consumers.socket import Socket
from realtime.consumers.watch import watch


class MeConsumer(Socket):
    """Notifications and job progress; the client only listens."""

    def admit(self, scope: Scope) -> Caller | None:
        """Anybody signed in."""
        arrival = arrival_at(scope, course_id=None)
        return arrival.caller if arrival is not None else None

    def room(self) -> str:
        """The person's own room."""
        return person_room(self.caller.user_id)

    async def entered(self) -> None:
        """Say that the socket hears from now on: the client asks once for what it missed."""
        watch()
        self.connection.send_json({"type": "ready"})

    async def hear(self, kind: str, frame: dict[str, Any]) -> None:
        """The client has nothing to say here: no frame comes this far."""
