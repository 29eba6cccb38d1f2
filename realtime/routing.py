"""Addresses of the sockets."""

from typing import Any

from django.urls import path, re_path

from realtime.consumers import ChatConsumer, MeConsumer, Refusal, Socket


def _view(consumer: type[Socket]) -> Any:
    """The consumer as what `path` takes; Django's stubs know HTTP views alone."""
    return consumer.as_asgi()


websocket_urlpatterns: list[Any] = [
    path("ws/courses/<str:public_id>/chat/", _view(ChatConsumer)),
    path("ws/me/", _view(MeConsumer)),
    re_path(r"", _view(Refusal)),
]
