"""The process that serves sockets: gunicorn's supervision around uvicorn with our protocol."""

from typing import Any, ClassVar

from uvicorn_worker import UvicornWorker

from lms.websocket import RoomProtocol


class RoomWorker(UvicornWorker):  # type: ignore[misc]  # it comes without types
    """uvicorn as rooms want it: frames straight to the wire, no compression, no proxy's word."""

    CONFIG_KWARGS: ClassVar[dict[str, Any]] = {
        "access_log": False,
        "lifespan": "off",
        "proxy_headers": False,
        "server_header": False,
        "timeout_graceful_shutdown": 20,
        "ws": RoomProtocol,
        "ws_per_message_deflate": False,
    }
