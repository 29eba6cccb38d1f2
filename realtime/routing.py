"""Addresses of the sockets."""

from collections.abc import Awaitable
from typing import Any

from django.urls import path, re_path

from realtime.consumers import ChatConsumer, MeConsumer, Refusal, Socket


def _view(consumer: type[Socket]) -> Any:
    """The consumer as what `path` takes; Django's stubs know HTTP views alone."""
    return consumer.as_asgi()


def sockets(scope: dict[str, Any], receive: Any, send: Any) -> Awaitable[None]:
    """The consumer's own coroutine for an address.

    Channels' router waits for it in one of its own and copies the scope, for every open socket.
    """
    path = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
    for route in websocket_urlpatterns:
        if match := route.pattern.match(path):
            _, args, kwargs = match
            scope["url_route"] = {"args": args, "kwargs": kwargs}
            return route.callback(scope, receive, send)  # type: ignore[no-any-return]
    raise ValueError(f"No socket at {path!r}.")


websocket_urlpatterns: list[Any] = [
    path("ws/courses/<str:public_id>/chat/", _view(ChatConsumer)),
    path("ws/me/", _view(MeConsumer)),
    re_path(r"", _view(Refusal)),
]
