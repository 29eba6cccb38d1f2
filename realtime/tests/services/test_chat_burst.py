"""What several people say at the same moment: as if each had said it alone."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lms.kernel.errors import KernelError
from lms.kernel.search import find
from lms.kernel.testing import events_of
from realtime.models import Message, Room, RoomRead
from realtime.queries.chat import messages_of
from realtime.queries.frames import message_body
from realtime.services.chat import Sent, send_message
from realtime.services.chat_burst import Outcome, Said, is_plain, send_plain
from realtime.services.moderation import set_room
from realtime.tests.factories import Cast, enrol, person

pytestmark = pytest.mark.django_db


def said(cast: Cast, who: str, body: str, client_id: uuid.UUID | None = None) -> Said:
    return Said(cast.actor(who), client_id or uuid.uuid4(), body)


def burst(cast: Cast, *lines: tuple[str, str]) -> list[Outcome]:
    return send_plain(course=cast.course, said=[said(cast, who, body) for who, body in lines])


def codes(outcomes: list[Outcome]) -> list[str]:
    return [one.code if isinstance(one, KernelError) else "sent" for one in outcomes]


def test_everybody_gets_the_next_number_in_their_order(cast: Cast) -> None:
    lines = [("learner", "one"), ("assistant", "*two*"), ("learner", "three"), ("learner2", "4")]
    outcomes = burst(cast, *lines)
    rows = list(messages_of(cast.actor("learner"), cast.course))
    assert [(row.seq, row.change, row.body) for row in rows] == [
        (1, 1, "one"),
        (2, 2, "*two*"),
        (3, 3, "three"),
        (4, 4, "4"),
    ]
    assert [one.message for one in outcomes if isinstance(one, Sent)] == rows
    room = Room.objects.get(course=cast.course)
    assert (room.last_seq, room.last_change) == (4, 4)
    read = dict(RoomRead.objects.filter(course=cast.course).values_list("user", "last_seq"))
    ids = {name: one.pk for name, one in cast.people.items()}
    assert read == {ids["learner"]: 3, ids["assistant"]: 2, ids["learner2"]: 4}
    told = events_of("realtime.message_sent")
    assert [one["actor_id"] for one in told] == [row.sender_id for row in rows]
    assert find("message", "three", allowed=None) == [rows[2].pk]


def test_a_message_looks_as_if_it_had_been_said_alone(cast: Cast) -> None:
    body = "Is `x` the **second** step?\n\n<script>alert(1)</script> $x^2$"
    alone = send_message(
        actor=cast.actor("learner"), course=cast.course, client_id=uuid.uuid4(), body=body
    )
    together = burst(cast, ("learner", body))[0]
    assert isinstance(together, Sent)
    own = {"id", "client_id", "seq", "change", "created_at"}
    frames = [
        {k: v for k, v in message_body(one.message).items() if k not in own}
        for one in (alone, together)
    ]
    assert frames[0] == frames[1]
    stored = Message.objects.values("pipeline_version", "indexed", "mentions", "reply_count")
    assert len({str(row) for row in stored}) == 1


def test_the_error_of_one_stops_no_other(cast: Cast) -> None:
    set_room(
        actor=cast.actor("instructor"), course=cast.course, slow_seconds=0, blocked_words="darn"
    )
    outcomes = burst(
        cast,
        ("learner", "fine"),
        ("outsider", "let me in"),
        ("learner2", "  "),
        ("observer", "I look on"),
        ("assistant", "Darn it"),
        ("learner2", "fine too"),
    )
    assert [isinstance(one, Sent) for one in outcomes] == [True, False, False, False, False, True]
    assert "blocked_word" in codes(outcomes)
    rows = messages_of(cast.actor("learner"), cast.course)
    assert [(row.seq, row.body) for row in rows] == [(1, "fine"), (2, "fine too")]


def test_nobody_may_write_and_nothing_is_stored(cast: Cast) -> None:
    outcomes = burst(cast, ("outsider", "a"), ("observer", "b"))
    assert all(isinstance(one, KernelError) for one in outcomes)
    assert not Message.objects.exists()


def test_what_is_sent_again_is_stored_once(cast: Cast) -> None:
    known, twice = uuid.uuid4(), uuid.uuid4()
    first = send_message(
        actor=cast.actor("learner"), course=cast.course, client_id=known, body="before"
    )
    outcomes = send_plain(
        course=cast.course,
        said=[
            said(cast, "learner", "before", known),
            said(cast, "learner", "other words", known),
            said(cast, "learner", "now", twice),
            said(cast, "learner", "now", twice),
            said(cast, "learner2", "now", twice),
        ],
    )
    assert codes(outcomes) == ["sent", "client_id_reused", "sent", "sent", "sent"]
    sent = [one for one in outcomes if isinstance(one, Sent)]
    assert [one.fresh for one in sent] == [False, True, False, True]
    assert sent[0].message == first.message
    assert sent[1].message == sent[2].message
    assert Message.objects.count() == 3


def test_a_slow_room_stays_slow(cast: Cast) -> None:
    set_room(actor=cast.actor("instructor"), course=cast.course, slow_seconds=30, blocked_words="")
    outcomes = burst(cast, ("learner", "a"), ("learner", "b"), ("learner2", "c"))
    assert codes(outcomes) == ["sent", "slow_mode", "sent"]


def test_the_statements_do_not_grow_with_the_crowd(cast: Cast) -> None:
    people = [person() for _ in range(20)]
    for one in people:
        enrol(one, cast.course)
        cast.people[one.email] = one

    def queries(count: int) -> int:
        lines = [(one.email, "Hello") for one in people[:count]]
        with CaptureQueriesContext(connection) as found:
            burst(cast, *lines)
        return len(found)

    queries(2)
    few, many = queries(2), queries(20)
    # Each is asked whether they may write: role (twice), exam, restriction. Nothing else grows.
    assert many - few == 18 * 4


@pytest.mark.parametrize(
    ("body", "reply_to", "files", "plain"),
    [
        ("hello", "", (), True),
        ("hello @tutor", "", (), False),
        ("hello", "abc", (), False),
        ("hello", "", ("file",), False),
    ],
)
def test_plain_is_what_concerns_nothing_else(
    body: str, reply_to: str, files: tuple[str, ...], plain: bool
) -> None:
    assert is_plain(body, reply_to, files) is plain
