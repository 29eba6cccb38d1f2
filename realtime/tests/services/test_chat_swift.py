"""What is stored by one statement is what the usual way stores; the rest goes the usual way."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from accounts.models import User
from courses.enums import CourseState, EnrolmentState
from courses.models import Course, Enrolment
from lms.kernel import clock, events
from lms.kernel.errors import KernelError
from lms.kernel.models import EventRecord, SearchDocument
from lms.kernel.search import find
from lms.kernel.testing import events_of
from realtime.enums import RestrictionKind
from realtime.events import MessageSent
from realtime.models import Message, Room, RoomRead
from realtime.queries.chat import messages_of
from realtime.queries.clear import clear_writers
from realtime.services.chat import Sent, send_message
from realtime.services.chat_swift import Line, say_swiftly
from realtime.services.moderation import restrict_member, set_room
from realtime.services.room import require_writing
from realtime.tests.factories import Cast, enrol, person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.services,
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="one statement stores on PostgreSQL alone"
    ),
]


def line(cast: Cast, who: str, body: str, client_id: uuid.UUID | None = None) -> Line:
    return Line(cast.people[who].pk, client_id or uuid.uuid4(), body)


def swiftly(cast: Cast, *lines: tuple[str, str]) -> list[str | None]:
    """What was stored of each line, None for what is left to the usual way."""
    sent = say_swiftly(cast.course.pk, [line(cast, who, body) for who, body in lines])
    return [sent[place].message.body if place in sent else None for place in range(len(lines))]


def usually(cast: Cast, who: str, body: str, client_id: uuid.UUID | None = None) -> Message:
    return send_message(
        actor=cast.actor(who), course=cast.course, client_id=client_id or uuid.uuid4(), body=body
    ).message


def everything(message: Message) -> dict[str, Any]:
    """Every column of what a message left behind, without what is its own."""
    own = {"id", "public_id", "client_id", "seq", "change", "created_at", "object_id", "data"}
    document = SearchDocument.objects.filter(kind="message", object_id=message.pk).values().get()
    record = next(
        row
        for row in EventRecord.objects.filter(kind=MessageSent.kind).values()
        if row["data"]["message_id"] == message.pk
    )
    rows = [Message.objects.filter(pk=message.pk).values().get(), document, record]
    found = [
        {name: value for name, value in row.items() if name not in own | {"occurred_at"}}
        for row in rows
    ]
    found.append({name: type(value).__name__ for name, value in record["data"].items()})
    found[2]["transaction_id"] = record["transaction_id"] > 0
    return {str(place): row for place, row in enumerate(found)}


def test_nothing_tells_the_two_ways_apart(
    cast: Cast, pushed: list[tuple[str, dict[str, Any]]]
) -> None:
    body = "Is `x` the **second** step?\n\n<script>alert(1)</script> $x^2$ \u0661"
    first = usually(cast, "learner", body)
    sent = say_swiftly(cast.course.pk, [line(cast, "learner", body)])
    second = sent[0].message
    assert sent[0] == Sent(second, fresh=True)
    assert everything(first) == everything(Message.objects.get(pk=second.pk))
    assert (second.seq, second.change, second.room_id) == (2, 2, first.room_id)
    assert abs(Message.objects.get(pk=second.pk).created_at - clock.now()) < timedelta(minutes=1)
    assert EventRecord.objects.filter(kind=MessageSent.kind).count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_room_hears_the_same_frame(
    cast: Cast, pushed: list[tuple[str, dict[str, Any]]]
) -> None:
    usually(cast, "learner", "Hello *you*")
    swiftly(cast, ("learner", "Hello *you*"))
    (room, one), (again, two) = pushed
    own = {"id", "client_id", "seq", "change", "created_at"}
    assert room == again
    assert {k: v for k, v in one.items() if k not in own} == {
        k: v for k, v in two.items() if k not in own
    }
    stored = Message.objects.get(public_id=two["id"])
    assert (two["seq"], two["created_at"]) == (
        2,
        stored.created_at.isoformat().replace("+00:00", "Z"),
    )


def test_everybody_gets_the_next_number_in_their_order(cast: Cast) -> None:
    usually(cast, "assistant", "zero")
    lines = [("learner", "one"), ("assistant", "two"), ("learner", "three"), ("learner2", "4")]
    assert swiftly(cast, *lines) == ["one", "two", "three", "4"]
    rows = list(messages_of(cast.actor("learner"), cast.course))
    assert [(row.seq, row.change, row.body) for row in rows] == [
        (1, 1, "zero"),
        (2, 2, "one"),
        (3, 3, "two"),
        (4, 4, "three"),
        (5, 5, "4"),
    ]
    room = Room.objects.get(course=cast.course)
    assert (room.last_seq, room.last_change) == (5, 5)
    read = dict(RoomRead.objects.filter(course=cast.course).values_list("user", "last_seq"))
    ids = {name: one.pk for name, one in cast.people.items()}
    assert read == {ids["learner"]: 4, ids["assistant"]: 3, ids["learner2"]: 5}
    assert [one["message_id"] for one in events_of("realtime.message_sent")] == [
        row.pk for row in rows
    ]
    assert find("message", "three", allowed=None) == [rows[3].pk]


def test_the_first_message_of_a_room_makes_the_room(cast: Cast) -> None:
    assert not Room.objects.exists()
    assert swiftly(cast, ("learner", "One"), ("instructor", "Two")) == ["One", "Two"]
    assert Room.objects.get(course=cast.course).last_seq == 2
    assert list(Message.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2]


def test_who_may_not_write_is_left_to_the_rules(cast: Cast) -> None:
    usually(cast, "learner", "hello")
    names = ["learner", "observer", "outsider", "admin", "assistant"]
    assert swiftly(cast, *[(name, name) for name in names]) == [
        "learner",
        None,
        None,
        None,
        "assistant",
    ]


def test_a_slow_room_and_its_words_are_left_to_the_usual_way(cast: Cast) -> None:
    usually(cast, "learner", "hello")
    for slow, words in [(5, ""), (0, "darn")]:
        set_room(
            actor=cast.actor("instructor"),
            course=cast.course,
            slow_seconds=slow,
            blocked_words=words,
        )
        assert swiftly(cast, ("learner", "fine")) == [None]
    assert Room.objects.get(course=cast.course).last_seq == 1


def test_words_that_cannot_be_stored_stop_nobody_else(cast: Cast) -> None:
    usually(cast, "learner", "hello")
    bodies = ["  ", "x" * 50_000, "nul \0 inside", "fine"]
    found = swiftly(cast, *[("learner", body) for body in bodies])
    assert found[-1] == "fine"
    assert found[:2] == [None, None]


def test_what_was_said_before_leaves_all_to_the_usual_way(cast: Cast) -> None:
    known = uuid.uuid4()
    usually(cast, "learner", "before", known)
    lines = [line(cast, "learner2", "other"), line(cast, "learner", "before", known)]
    assert say_swiftly(cast.course.pk, lines) == {}
    twice = uuid.uuid4()
    lines = [line(cast, "learner", "now", twice), line(cast, "learner", "now", twice)]
    assert say_swiftly(cast.course.pk, lines) == {}
    assert [row.body for row in Message.objects.all()] == ["before"]
    assert Room.objects.get(course=cast.course).last_seq == 1


def test_whoever_listens_to_messages_is_told_the_usual_way(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    usually(cast, "learner", "hello")
    monkeypatch.setitem(events._subscribers, MessageSent.kind, {"test.ear": lambda *_told: None})
    assert swiftly(cast, ("learner", "to whom?")) == [None]


def _gone(cast: Cast, person: User, course: Course) -> None:
    Enrolment.objects.filter(user=person, course=course).update(state=EnrolmentState.REMOVED)


def _asleep(cast: Cast, person: User, course: Course) -> None:
    User.objects.filter(pk=person.pk).update(is_active=False)


def _over(cast: Cast, person: User, course: Course) -> None:
    Course.objects.filter(pk=course.pk).update(ends_at=clock.now() - timedelta(seconds=1))


def _state(state: str) -> Any:
    def change(cast: Cast, person: User, course: Course) -> None:
        Course.objects.filter(pk=course.pk).update(state=state)

    return change


def _removed(cast: Cast, person: User, course: Course) -> None:
    Course.objects.filter(pk=course.pk).update(deleted_at=clock.now())


def _restricted(kind: str, minutes: int | None = None, *, late: bool = False) -> Any:
    def change(cast: Cast, person: User, course: Course) -> None:
        row = restrict_member(
            actor=cast.actor("instructor"),
            course=course,
            person=person,
            kind=kind,
            minutes=minutes,
        )
        if late:
            row.until = clock.now() - timedelta(seconds=1)
            row.save()

    return change


@pytest.mark.parametrize(
    ("change", "clear"),
    [
        (_gone, False),
        (_asleep, False),
        (_over, False),
        (_state(CourseState.ARCHIVED), False),
        (_state(CourseState.DRAFT), False),
        (_removed, False),
        (_restricted(RestrictionKind.MUTE), False),
        (_restricted(RestrictionKind.MUTE, 5), False),
        (_restricted(RestrictionKind.BAN), False),
        (_restricted(RestrictionKind.MUTE, 5, late=True), True),
        (lambda *_nothing: None, True),
    ],
)
def test_the_short_cut_knows_what_the_rules_know(cast: Cast, change: Any, clear: bool) -> None:
    learner = cast.people["learner"]
    change(cast, learner, cast.course)
    course = Course.objects.get(pk=cast.course.pk)
    fresh = User.objects.get(pk=learner.pk)
    try:
        require_writing(cast.actor("learner"), course)
        passes = fresh.is_active
    except KernelError:
        passes = False
    assert (learner.pk in clear_writers(course.pk, [learner.pk])[1]) is passes is clear


def test_two_statements_however_many_speak_and_without_preparing_too(
    cast: Cast, settings: Settings
) -> None:
    usually(cast, "learner", "hello")
    people = [person() for _ in range(20)]
    for one in people:
        enrol(one, cast.course)
        cast.people[one.email] = one
    for prepare in (True, False):
        settings.DATABASE_PREPARE = prepare
        for count in (1, 3, 20):
            lines = [(one.email, "Hello") for one in people[:count]]
            with CaptureQueriesContext(connection) as found:
                assert swiftly(cast, *lines) == ["Hello"] * count
            # In a test's transaction the storing one stands between a savepoint's two.
            assert len(found) == 4
