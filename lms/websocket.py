"""The WebSocket protocol of uvicorn with a way past ASGI for frames that go to many sockets.

ASGI hands every frame to every socket by itself: a task that wakes, checks of the state, the frame
encoded again. A room's frame is the same bytes for everybody, so the push hub writes it straight
to the transport wherever nothing is in the way. Start uvicorn with
`--ws lms.websocket:RoomProtocol`; under any other server the hub goes through ASGI.
"""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from lms.kernel.push.connection import WIRE


class RoomProtocol(WebSocketsSansIOProtocol):
    """Offers `write_frame` to the application as an extension of the socket's scope."""

    def handle_connect(self, event: Request) -> None:
        """Open the socket, and drop the server's copy of the headers: the scope has its own."""
        super().handle_connect(event)
        event.headers.clear()

    async def run_asgi(self) -> None:
        """Name the extension and serve the socket."""
        self.scope["extensions"][WIRE] = self.write_frame  # type: ignore[assignment]
        await super().run_asgi()

    def write_frame(self, frame: bytes) -> bool:
        """Write one whole encoded frame; False when it has to take the usual way.

        That is before the socket is open, once it closes, while its reader is slow, and where
        compression would have to see it.
        """
        if (
            not self.handshake_complete
            or self.close_sent
            or self.disconnected
            or not self.writable.is_set()
            or self.conn.extensions
            or self.transport.is_closing()
        ):
            return False
        self.transport.write(frame)
        return True
