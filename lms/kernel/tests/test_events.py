from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from lms.kernel import clock, events
from lms.kernel.actors import Actor, ActorKind
from lms.kernel.events import Event, event, publish, subscribe, sweep
from lms.kernel.models import DeliveryState, EventDelivery, EventRecord

ACTOR = Actor(kind=ActorKind.USER, user_id=5)


@event("kernel.stone_laid")
@dataclass(frozen=True, kw_only=True)
class StoneLaid(Event):
    stone_id: int


@dataclass(frozen=True, kw_only=True)
class Untidy(Event):
    kind = "kernel.untidy"
    words: Any


@pytest.fixture
def heard() -> Iterator[list[tuple[StoneLaid, int]]]:
    told: list[tuple[StoneLaid, int]] = []

    @subscribe(StoneLaid, name="kernel.test_ear")
    def ear(stone: StoneLaid, record_id: int) -> None:
        if stone.stone_id < 0:
            msg = "a broken ear"
            raise RuntimeError(msg)
        told.append((stone, record_id))

    yield told
    events._subscribers.pop("kernel.stone_laid")


@pytest.mark.django_db(transaction=True)
def test_publish_records_and_delivers_after_commit(heard: list[Any]) -> None:  # J4
    with transaction.atomic():
        record_id = publish(StoneLaid(stone_id=3, course_id=9), actor=ACTOR)
        assert heard == []
    record = EventRecord.objects.get(pk=record_id)
    assert (record.kind, record.actor_id, record.course_id) == ("kernel.stone_laid", 5, 9)
    assert record.data == {"stone_id": 3, "course_id": 9}
    assert heard == [(StoneLaid(stone_id=3, course_id=9), record_id)]
    assert EventDelivery.objects.get().state == DeliveryState.DONE


@pytest.mark.django_db(transaction=True)
def test_publish_tells_nothing_when_the_change_is_rolled_back(heard: list[Any]) -> None:
    def change_and_fail() -> None:
        with transaction.atomic():
            publish(StoneLaid(stone_id=3), actor=ACTOR)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    assert heard == []
    assert not EventRecord.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_publish_belongs_inside_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        publish(StoneLaid(stone_id=1), actor=ACTOR)


@pytest.mark.django_db
def test_publish_refuses_what_is_no_primitive() -> None:
    with pytest.raises(TypeError, match="small primitive"):
        publish(Untidy(words=["text"]), actor=ACTOR)


@pytest.mark.django_db(transaction=True)
def test_a_failing_subscriber_never_reaches_the_publisher_and_dies_after_five(
    heard: list[Any],
) -> None:
    with transaction.atomic():
        publish(StoneLaid(stone_id=-1), actor=ACTOR)
    row = EventDelivery.objects.get()
    assert (row.state, row.attempts, row.error) == (DeliveryState.WAITING, 1, "RuntimeError")
    with clock.travel(clock.now() + timedelta(minutes=5)):
        for _ in range(6):
            sweep()
    row.refresh_from_db()
    assert (row.state, row.attempts) == (DeliveryState.DEAD, 5)


@pytest.mark.django_db(transaction=True)
def test_sweep_delivers_what_a_dead_process_left_once(heard: list[Any]) -> None:
    record = EventRecord.objects.create(
        kind="kernel.stone_laid", actor_kind="user", data={"stone_id": 8, "course_id": None}
    )
    EventDelivery.objects.create(event_id=record.pk, subscriber="kernel.test_ear")
    assert sweep() == 0  # too young: its own process may still be at it
    with clock.travel(clock.now() + timedelta(minutes=1)):
        assert sweep() == 1
        assert sweep() == 0
    assert [stone.stone_id for stone, _ in heard] == [8]


@pytest.mark.django_db(transaction=True)
def test_a_delivery_nobody_listens_to_is_put_aside() -> None:
    record = EventRecord.objects.create(kind="kernel.gone", actor_kind="user")
    EventDelivery.objects.create(event_id=record.pk, subscriber="kernel.gone_ear")
    events.deliver(record.pk)
    assert EventDelivery.objects.get().state == DeliveryState.DEAD
    assert events.rebuild(record) is None


def test_two_classes_cannot_share_a_kind() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        event("kernel.stone_laid")(Untidy)
