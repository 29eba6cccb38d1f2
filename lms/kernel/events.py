"""Everything that happens is one row, written with the change it tells of.

`publish` writes the event and one delivery per subscriber inside the caller's transaction, and
delivers on commit. What a dead process left undelivered, `sweep` delivers later. A subscriber
never vetoes and its failure never reaches the publisher.
"""

import dataclasses
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar, TypeVar

from django.db import connection, transaction
from django.db.models.expressions import RawSQL

from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.models import DeliveryState, EventDelivery, EventRecord

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
SWEEP_AFTER = timedelta(seconds=20)
PRIMITIVES = (int, str, bool, float, type(None))


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of all events: ids and small primitives, no text that people wrote.

    Subclasses are frozen keyword-only dataclasses under `@event("app.what_happened")`.
    """

    kind: ClassVar[str] = ""
    course_id: int | None = None


E = TypeVar("E", bound=Event)
Subscriber = Callable[[Any, int], None]

_kinds: dict[str, type[Event]] = {}
_subscribers: dict[str, dict[str, Subscriber]] = {}


def event(kind: str) -> Callable[[type[E]], type[E]]:
    """Register an event class under its stable name, "app.what_happened"."""

    def register(cls: type[E]) -> type[E]:
        if kind in _kinds and _kinds[kind].__qualname__ != cls.__qualname__:
            msg = f"event {kind} is registered twice"
            raise ValueError(msg)
        cls.kind = kind
        _kinds[kind] = cls
        return cls

    return register


def subscribe(
    cls: type[E], *, name: str
) -> Callable[[Callable[[E, int], None]], Callable[[E, int], None]]:
    """Register `fn(event, record_id)` for an event class; `name` is stable and unique."""

    def register(fn: Callable[[E, int], None]) -> Callable[[E, int], None]:
        _subscribers.setdefault(cls.kind, {})[name] = fn
        return fn

    return register


def is_heard(cls: type[Event]) -> bool:
    """Whether anybody subscribed to an event class."""
    return bool(_subscribers.get(cls.kind))


def publish(event: Event, *, actor: Actor) -> int:
    """Record an event inside the current transaction and deliver it once that commits.

    Returns the record's id. Raises RuntimeError outside a transaction and TypeError for a value
    that is not a small primitive.
    """
    return publish_each([(event, actor)])[0]


def publish_each(told: Sequence[tuple[Event, Actor]]) -> list[int]:
    """Publish several events, each with who did it; the ids in their order. Raises as `publish`."""
    if not connection.in_atomic_block:
        msg = "publish() belongs inside the transaction of the change it tells of"
        raise RuntimeError(msg)
    records = EventRecord.objects.bulk_create(_record(event, actor) for event, actor in told)
    waiting = [
        EventDelivery(event_id=record.pk, subscriber=name)
        for record in records
        for name in _subscribers.get(record.kind, {})
    ]
    if waiting:
        EventDelivery.objects.bulk_create(waiting)
    for record_id in dict.fromkeys(delivery.event_id for delivery in waiting):
        transaction.on_commit(partial(deliver, record_id), robust=True)
    return [record.pk for record in records]


def _record(event: Event, actor: Actor) -> EventRecord:
    return EventRecord(
        kind=event.kind,
        occurred_at=clock.now(),
        transaction_id=_transaction_id(),
        actor_kind=actor.kind,
        actor_id=actor.user_id,
        course_id=event.course_id,
        data=_primitive(event),
    )


def deliver(record_id: int) -> None:
    """Hand one event to its waiting subscribers, each in a transaction of its own."""
    record = EventRecord.objects.filter(pk=record_id).first()
    waiting = EventDelivery.objects.filter(event_id=record_id, state=DeliveryState.WAITING)
    for delivery_id in waiting.values_list("pk", flat=True):
        _deliver_one(delivery_id, record)


def sweep(limit: int = 500) -> int:
    """Deliver what a dead process left; returns how many events were tried."""
    overdue = EventDelivery.objects.filter(
        state=DeliveryState.WAITING, created_at__lt=clock.now() - SWEEP_AFTER
    )
    ids = list(overdue.order_by("event_id").values_list("event_id", flat=True).distinct()[:limit])
    for record_id in ids:
        deliver(record_id)
    return len(ids)


def rebuild(record: EventRecord) -> Event | None:
    """The typed event of a record, or None for a kind that no longer exists."""
    cls = _kinds.get(record.kind)
    if cls is None:
        return None
    names = {field.name for field in dataclasses.fields(cls)}
    return cls(**{name: value for name, value in record.data.items() if name in names})


def _deliver_one(delivery_id: int, record: EventRecord | None) -> None:
    try:
        with transaction.atomic():
            row = (
                lock(EventDelivery.objects.filter(pk=delivery_id), skip_locked=True)
                .filter(state=DeliveryState.WAITING)
                .first()
            )
            if row is None:
                return
            fn = _subscribers.get(record.kind, {}).get(row.subscriber) if record else None
            told = rebuild(record) if record else None
            if fn is None or told is None or record is None:
                _finish(row, DeliveryState.DEAD, "nobody listens under this name any more")
                return
            fn(told, record.pk)
            _finish(row, DeliveryState.DONE)
    except Exception as problem:
        log.exception("event delivery %s failed", delivery_id)
        _note_failure(delivery_id, problem)


def _finish(row: EventDelivery, state: DeliveryState, error: str = "") -> None:
    row.state, row.error, row.attempts = state, error, row.attempts + 1
    row.save(update_fields=["state", "error", "attempts"])


def _note_failure(delivery_id: int, problem: Exception) -> None:
    row = EventDelivery.objects.filter(pk=delivery_id).first()
    if row is None:
        return
    dead = row.attempts + 1 >= MAX_ATTEMPTS
    _finish(row, DeliveryState.DEAD if dead else DeliveryState.WAITING, type(problem).__name__)


def _primitive(event: Event) -> dict[str, Any]:
    data = {field.name: getattr(event, field.name) for field in dataclasses.fields(event)}
    for name, value in data.items():
        if not isinstance(value, PRIMITIVES):
            msg = f"{event.kind}.{name} must be a small primitive, not {type(value).__name__}"
            raise TypeError(msg)
    return data


def _transaction_id() -> Any:
    """What the insert itself asks the database for, so that no query of its own does."""
    asked = RawSQL("pg_current_xact_id()::text::bigint", ())
    return asked if connection.vendor == "postgresql" else 0
