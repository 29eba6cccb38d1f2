"""The sending side: one thread per process takes payloads from a queue and sends them in batches.

Request threads, workers and event loops only append to the queue, so a dead Redis costs them
nothing. What cannot be sent is counted, logged once per failing batch and dropped: the row in the
database is the truth, a push is a hint.
"""

import atexit
import contextlib
import logging
import os
import secrets
import threading
import time
from collections import deque
from itertools import islice
from typing import Protocol

import redis
from channels.layers import get_channel_layer
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from lms.kernel.push import metrics
from lms.kernel.push.hub import deliver_in_process

logger = logging.getLogger("cairn.push")

QUEUE_LIMIT = 10_000
BATCH = 500
TIMEOUT_SECONDS = 0.3
REST_SECONDS = 1.0

Payload = tuple[str, str]


class _Origin:
    """A name for this process that a fork changes."""

    def __init__(self) -> None:
        self._pid, self._name = 0, ""

    def name(self) -> str:
        if self._pid != os.getpid():
            self._pid, self._name = os.getpid(), secrets.token_hex(8)
        return self._name


ORIGIN = _Origin()


class Bus(Protocol):
    """Sends a batch of (room, text) to the other processes; raises OSError or RedisError."""

    def send(self, batch: list[Payload]) -> None:
        """Send in the order given."""


class RedisBus:
    """PUBLISH in one pipeline; every process with sockets in the room hears it, this one too."""

    def __init__(self, url: str) -> None:
        self._client = redis.Redis.from_url(
            url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )

    def send(self, batch: list[Payload]) -> None:
        """Publish; tried twice, because a restarted Redis leaves a dead connection behind."""
        try:
            self._publish(batch)
        except redis.ConnectionError:
            self._publish(batch)

    def _publish(self, batch: list[Payload]) -> None:
        from lms.kernel.push.links import redis_channel

        with self._client.pipeline(transaction=False) as pipe:
            for room, text in batch:
                pipe.publish(redis_channel(room), text)
            pipe.execute()


class LayerBus:
    """The channel layer's group; this process's own hub has had the message already."""

    def send(self, batch: list[Payload]) -> None:
        """Send the batch to the group of hubs."""
        from asgiref.sync import async_to_sync

        from lms.kernel.push.links import group

        layer = get_channel_layer()
        messages = [
            {"type": "hub.message", "origin": ORIGIN.name(), "room": room, "text": text}
            for room, text in batch
        ]
        if layer is None:
            return
        if hasattr(layer, "send_group_now"):
            layer.send_group_now(group(), messages)
            return
        for message in messages:
            async_to_sync(layer.group_send)(group(), message)


class Publisher:
    """The queue and its thread; made again in a forked child."""

    def __init__(self) -> None:
        self._queue: deque[Payload] = deque()
        self._condition = threading.Condition()
        self._thread: threading.Thread | None = None
        self._busy = False
        self._rest_until = 0.0
        self._bus: Bus | None = None
        self._bus_key: object = None

    def put(self, room: str, text: str) -> None:
        """Queue one payload; never blocks and never raises."""
        if not getattr(settings, "REDIS_URL", None):
            deliver_in_process(room, text)
        with self._condition:
            if len(self._queue) >= QUEUE_LIMIT:
                metrics.FAILED.inc()
                return
            self._queue.append((room, text))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="push", daemon=True)
                self._thread.start()
            self._condition.notify()

    def flush(self, timeout: float = 1.0) -> bool:
        """Wait until the queue is sent; False when `timeout` seconds were not enough."""
        deadline = time.monotonic() + timeout
        while self._queue or self._busy:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.002)
        return True

    def _run(self) -> None:
        while True:
            with self._condition:
                while not self._queue:
                    self._condition.wait()
                self._busy = True
                batch = list(islice(self._queue, BATCH))
                for _ in batch:
                    self._queue.popleft()
            try:
                self._send(batch)
            finally:
                self._busy = False

    def _send(self, batch: list[Payload]) -> None:
        if time.monotonic() >= self._rest_until:
            try:
                self._configured().send(batch)
            except Exception as error:  # noqa: BLE001  a hint must never take its sender down
                logger.warning("push failed for %d payloads: %s", len(batch), type(error).__name__)
                self._rest_until = time.monotonic() + REST_SECONDS
            else:
                metrics.PUBLISHED.inc(len(batch))
                return
        metrics.FAILED.inc(len(batch))
        if getattr(settings, "REDIS_URL", None):
            # Sockets of this very process need no relay.
            for room, text in batch:
                deliver_in_process(room, text)

    def _configured(self) -> Bus:
        url = getattr(settings, "REDIS_URL", None)
        if self._bus is None or self._bus_key != url:
            self._bus = RedisBus(url) if url else LayerBus()
            self._bus_key = url
        return self._bus


PUBLISHER = Publisher()


def _after_fork() -> None:
    PUBLISHER.__init__()  # type: ignore[misc]  # the child has neither the thread nor its lock


os.register_at_fork(after_in_child=_after_fork)


@atexit.register
def _drain() -> None:
    with contextlib.suppress(Exception):
        PUBLISHER.flush(0.5)
