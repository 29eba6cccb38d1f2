"""What every socket of ours has in common: the door, the limits, the hub, the end."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, ClassVar, ParamSpec, TypeVar

from channels.consumer import AsyncConsumer
from django.db import close_old_connections, connection

from lms.kernel.errors import Invalid, KernelError, SignInRequired
from lms.kernel.push.connection import WIRE, Connection
from lms.kernel.push.hub import running_hub
from lms.kernel.rest.wire import parse_json
from realtime.consumers.door import Caller, Scope
from realtime.consumers.limits import Bucket
from realtime.enums import MAX_FRAME_BYTES, CloseCode
from realtime.errors import NotAMember
from realtime.queries.frames import error_frame

log = logging.getLogger("cairn.sockets")

P = ParamSpec("P")
R = TypeVar("R")
Receive = Callable[[], Awaitable[dict[str, Any]]]

# Channels' own helper runs every socket's database work of a process in one thread; a slow query
# there would hold up everybody.
_POOL = ThreadPoolExecutor(max_workers=8, thread_name_prefix="sockets")
PATIENCE = 60


async def in_thread(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run database work beside the event loop, giving its connection back afterwards.

    It sees the context of the caller and leaves nothing there: what a thread notes in one would
    stay with the socket for its whole life.
    """

    def run() -> R:
        try:
            return work(*args, **kwargs)
        finally:
            # SQLite has no server to spare connections of, and closing the last one costs a
            # checkpoint.
            if connection.vendor != "sqlite":
                close_old_connections()

    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_POOL, copy_context().run, run)


class Socket(AsyncConsumer, ABC):
    """One WebSocket. Subclasses say who may come in, which room it is in, and what frames do.

    A Channels consumer by its place in the routing; its frames do not pass a channel layer, the
    push hub hands them to its connection.
    """

    open_sockets: ClassVar[set["Socket"]] = set()
    frames: ClassVar[tuple[str, ...]] = ()  # the types that a client may send

    def __init__(self) -> None:
        self.bucket = Bucket()
        self.caller: Caller
        self.connection: Connection

    @classmethod
    def as_asgi(cls, **given: Any) -> Any:
        """The application of one socket each; its call gives the socket's own coroutine."""

        def application(scope: Scope, receive: Receive, send: Any) -> Awaitable[None]:
            return cls(**given)(scope, receive, send)

        application.consumer_class = cls  # type: ignore[attr-defined]  # as Channels has it
        return application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """The socket's life: door, hub, frames, end."""
        await receive()
        if not await self._enter(scope):
            await send({"type": "websocket.close"})  # before the accept: HTTP 403
            return
        await send({"type": "websocket.accept"})
        wire = scope.get("extensions", {}).get(WIRE)
        scope.clear()  # nobody asks for it again, and sockets live for hours
        self.connection = Connection(send, user_id=self.caller.user_id, wire=wire)
        hub = running_hub()
        try:
            self.open_sockets.add(self)
            await hub.join(self.room(), self.connection)
            await self.entered()
            while (event := await receive())["type"] != "websocket.disconnect":
                if not self.connection.closed:
                    await self._hear(event)
        finally:
            self.open_sockets.discard(self)
            await hub.leave(self.connection)
            await self.connection.gone()
            await asyncio.shield(self.left())

    # --- what subclasses say ----------------------------------------------------------------

    @abstractmethod
    def admit(self, scope: Scope) -> Caller | None:
        """Who comes in, or None; called in a thread. May raise a kernel error to refuse."""

    @abstractmethod
    def room(self) -> str:
        """The push room this socket hears."""

    @abstractmethod
    async def hear(self, kind: str, frame: dict[str, Any]) -> None:
        """Act on one frame whose type is in `frames`. Kernel errors become error frames."""

    async def entered(self) -> None:
        """Called once the socket is open and hears its room."""

    async def left(self) -> None:
        """Called once the socket is closed, however that came."""

    # --- the same for all ---------------------------------------------------------------------

    async def _enter(self, scope: Scope) -> bool:
        try:
            caller = await in_thread(self.admit, scope)
        except KernelError:
            return False
        if caller is None:
            return False
        self.caller = caller
        return True

    async def _hear(self, event: dict[str, Any]) -> None:
        text = event.get("text")
        size = len(text.encode()) if text is not None else len(event.get("bytes") or b"")
        if size > MAX_FRAME_BYTES:
            self.connection.close(CloseCode.TOO_LARGE)
            return
        if not self.bucket.take():
            self._throttled()
            return
        frame: dict[str, Any] = {}
        try:
            frame = _parsed(text)
            await self.hear(self._kind_of(frame), frame)
        except SignInRequired:
            self.connection.close(CloseCode.SIGNED_OUT)
        except NotAMember:
            self.connection.close(CloseCode.NOT_ALLOWED)
        except KernelError as problem:
            self.refuse(problem.code, problem.detail, frame)
        except Exception:
            log.exception("a frame failed")
            self.refuse("failed", "That did not work. Try again.", frame)

    def _kind_of(self, frame: dict[str, Any]) -> str:
        kind = frame.get("type")
        if kind in self.frames:
            return str(kind)
        if not self.frames:
            raise Invalid("This socket only speaks.", code="unknown_type")
        raise Invalid(f"Known frames are {', '.join(self.frames)}.", code="unknown_type")

    def _throttled(self) -> None:
        if self.bucket.refused > PATIENCE:
            self.connection.close(CloseCode.TOO_FAST)
        else:
            self.refuse("throttled", "Too many frames. Wait a moment.", {})

    def refuse(self, code: str, detail: str, frame: dict[str, Any]) -> None:
        """Tell the sender alone why a frame was refused."""
        given = frame.get("client_id")
        client_id = given if isinstance(given, str) and len(given) <= 64 else None
        self.connection.send_json(dict(error_frame(code, str(detail), client_id)))


def _parsed(text: str | None) -> dict[str, Any]:
    if text is None:
        raise Invalid("Frames are text with one JSON object.", code="bad_frame")
    frame = parse_json(text.encode("utf-8", "surrogatepass"))
    if not isinstance(frame, dict):
        raise Invalid("A frame is one JSON object.", code="bad_frame")
    return frame
