"""The course's socket: who gets in, what is said, what closes it."""

import asyncio
import contextlib
import json
import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session
from pytest_django.fixtures import Settings
from websockets.exceptions import ConnectionClosed, InvalidStatus

from accounts.models import ApiToken
from accounts.services.tokens import issue_token
from courses.enums import CourseRole, CourseState, EnrolmentState
from courses.models import Course, Enrolment
from lms.kernel import actors
from lms.kernel.actors import system
from lms.kernel.push.connection import SLOW_READER
from realtime.consumers import watch
from realtime.consumers.limits import Bucket
from realtime.models import Message, Presence, Room, WsTicket
from realtime.services.chat import delete_message, send_message
from realtime.tests.consumers.conftest import Stage
from realtime.tests.factories import enrol, person

pytestmark = pytest.mark.services

DOOR = {
    "anonymous": 403,
    "outsider": 403,
    "other_instructor": 403,
    "observer": 403,
    "learner": 101,
    "learner2": 101,
    "assistant": 101,
    "instructor": 101,
    "admin": 101,
}


async def refused(stage: Stage, *args: Any, **kwargs: Any) -> int:
    try:
        await stage.open(*args, **kwargs)
    except InvalidStatus as status:
        return status.response.status_code
    return 101


async def test_chat_door_lets_members_in(theatre: Stage) -> None:  # R1
    assert {who: await refused(theatre, who) for who in DOOR} == DOOR


async def test_chat_door_asks_for_our_own_origin(theatre: Stage) -> None:  # R1
    port = theatre.port
    for origin in (
        None,
        "null",
        "https://evil.example",
        f"http://127.0.0.1.evil.example:{port}",
        f"http://127.0.0.1:{port + 1}",
        f"file://127.0.0.1:{port}",
    ):
        assert await refused(theatre, "learner", origin=origin) == 403, origin
    assert await refused(theatre, "learner", origin="http://127.0.0.1:8000") == 101  # public URL


async def test_chat_door_refuses_missing_courses_and_paths(theatre: Stage) -> None:  # Z2
    for path in ("/ws/courses/nothing/chat/", "/ws/", "/ws/nowhere/", "/"):
        assert await refused(theatre, "admin", path) == 403


async def test_chat_door_takes_a_ticket_once_without_origin(theatre: Stage) -> None:
    ticket = await theatre.ticket("learner")
    path = f"{theatre.chat}?ticket={ticket}"
    talker = await theatre.open("anonymous", path, origin=None)
    await talker.tell({"type": "join", "last_seq": 0})
    assert (await talker.hear("joined"))["last_seq"] == 0
    assert await refused(theatre, "anonymous", path, origin=None) == 403
    # A bad ticket does not fall back to the session.
    assert await refused(theatre, "learner", f"{theatre.chat}?ticket=wrong") == 403


async def test_chat_door_refuses_tickets_late_foreign_or_of_outsiders(theatre: Stage) -> None:
    late = await theatre.ticket("learner")
    await sync_to_async(WsTicket.objects.update)(expires_at="2020-01-01T00:00:00Z")
    assert await refused(theatre, "anonymous", f"{theatre.chat}?ticket={late}", origin=None) == 403
    admins = await theatre.ticket("admin")
    elsewhere = f"/ws/courses/{theatre.cast.other_course.public_id}/chat/?ticket={admins}"
    assert await refused(theatre, "anonymous", elsewhere, origin=None) == 403
    outsiders = await theatre.ticket("outsider", course=False)
    path = f"{theatre.chat}?ticket={outsiders}"
    assert await refused(theatre, "anonymous", path, origin=None) == 403
    general = await theatre.ticket("learner", course=False)
    path = f"{theatre.chat}?ticket={general}"
    assert await refused(theatre, "anonymous", path, origin=None) == 101


async def test_a_session_of_an_earlier_secret_comes_in_and_stays(
    theatre: Stage, settings: Settings
) -> None:
    cookie = await sync_to_async(theatre.cookie)(theatre.cast.people["learner"])
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 8
    for _again in range(2):
        assert await refused(theatre, "learner", cookie=cookie) == 101
    settings.SECRET_KEY_FALLBACKS = []
    assert await refused(theatre, "learner", cookie=cookie) == 403


async def test_chat_message_reaches_the_room_and_acknowledges(theatre: Stage) -> None:  # R2 R4
    learner, teacher = await theatre.join("learner"), await theatre.join("instructor")
    forged = {"sender": "x", "course": "y", "created_at": "2001-01-01", "seq": 77}
    client_id = str(uuid.uuid4())
    await learner.tell({"type": "send", "client_id": client_id, "body": "Hi **all**", **forged})
    mine, theirs = await learner.hear("message"), await teacher.hear("message")
    assert mine == theirs
    user = theatre.cast.people["learner"]
    stored = await Message.objects.aget()
    wanted = {
        "type": "message",
        "id": stored.public_id,
        "seq": 1,
        "change": 1,
        "client_id": client_id,
        "sender": {"id": user.public_id, "name": user.name},
        "body": "Hi **all**",
        "html": "<p>Hi <strong>all</strong></p>\n",
        "created_at": stored.created_at.isoformat().replace("+00:00", "Z"),
        "deleted": False,
    }
    assert {name: mine[name] for name in wanted} == wanted
    assert stored.room_id == (await Room.objects.aget(course=theatre.cast.course)).pk


async def test_chat_repeated_send_is_acknowledged_to_the_sender_alone(theatre: Stage) -> None:
    learner, other = await theatre.join("learner"), await theatre.join("learner2")
    client_id = uuid.uuid4()
    await learner.say("once", client_id)
    first = await learner.hear("message")
    await learner.say("once", client_id)
    assert await learner.hear("message") == first
    await learner.say("twice")
    await other.hear("message")
    assert (await other.hear("message"))["body"] == "twice"
    assert await Message.objects.acount() == 2


async def test_chat_gap_is_filled_by_sequence(theatre: Stage) -> None:  # R4
    learner = await theatre.join("learner")
    await learner.say("one")
    await learner.hear("message")
    await learner.socket.close()

    def speak() -> None:
        for number in range(2, 124):
            actor = actors.for_user(theatre.cast.people["learner2"])
            send_message(
                actor=actor,
                course=theatre.cast.course,
                client_id=uuid.uuid4(),
                body=f"m{number}",
            )

    await sync_to_async(speak)()
    back = await theatre.join("learner", last_seq=1)
    assert [body["seq"] for body in back.joined["missed"]] == list(range(2, 102))
    assert (back.joined["last_seq"], back.joined["has_more"]) == (123, True)
    await back.tell({"type": "join", "last_seq": 101})
    rest = await back.hear("joined")
    assert [body["seq"] for body in rest["missed"]] == list(range(102, 124))
    assert not rest["has_more"]


async def test_chat_deletion_reaches_open_sockets(theatre: Stage) -> None:
    learner = await theatre.join("learner")
    await learner.say("oops")
    seen = await learner.hear("message")
    message = await Message.objects.select_related("room__course").aget()
    staff = theatre.cast.actor("assistant")
    await sync_to_async(delete_message)(actor=staff, message=message)
    gone = await learner.hear("message")
    assert (gone["id"], gone["seq"], gone["deleted"], gone["body"], gone["html"]) == (
        seen["id"],
        1,
        True,
        "",
        "",
    )


async def test_chat_presence_and_typing_are_told(theatre: Stage) -> None:
    teacher = await theatre.join("instructor")
    user = theatre.cast.people["learner"]
    member = {"id": user.public_id, "name": user.name}
    learner = await theatre.join("learner")
    arrived = await teacher.hear("presence")
    if member not in arrived["joined"]:  # their own arrival comes first
        arrived = await teacher.hear("presence")
    assert member in arrived["joined"]
    assert (arrived["left"], arrived["present"]) == ([], 2)
    assert member in learner.joined["members"]
    assert len(learner.joined["members"]) == learner.joined["present"] == 2
    await learner.tell({"type": "typing"})
    await learner.tell({"type": "typing"})  # too soon: not told twice
    assert await teacher.hear("typing") == {"type": "typing", "member": member}
    await learner.say("written")
    await teacher.hear("message")
    assert [frame["type"] for frame in teacher.heard].count("typing") == 1
    await learner.socket.close()
    assert (await teacher.hear("presence"))["left"] == [member]
    assert [row.user_id async for row in Presence.objects.all()] == [
        theatre.cast.people["instructor"].pk
    ]


BAD_FRAMES: list[tuple[Any, str]] = [
    ("not json", "bad_json"),
    ("[1]", "bad_frame"),
    (b"\x00\x01", "bad_frame"),
    ('{"type": "join", "last_seq": -1}', "invalid"),
    ('{"type": "join", "last_seq": "1"}', "invalid"),
    ('{"type": "join", "last_seq": true}', "invalid"),
    ('{"type": "join", "last_seq": 99999999999999999999999}', "invalid"),
    ('{"type": "send", "client_id": "x", "body": "y"}', "invalid"),
    ('{"type": "send", "client_id": "c7bd7e0e-4d3c-4c0a-a1f6-0d4f0f7f0001"}', "invalid"),
    (
        '{"type": "send", "client_id": "c7bd7e0e-4d3c-4c0a-a1f6-0d4f0f7f0001", "body": ""}',
        "invalid",
    ),
    ('{"type": "a\\u0000b"}', "bad_text"),
    ('{"type": "dance"}', "unknown_type"),
    ("{}", "unknown_type"),
    ("[" * 5000, "too_deep"),
]


async def test_chat_bad_frames_are_answered_and_survived(theatre: Stage) -> None:  # P6 C3 C4
    learner = await theatre.join("learner")
    for frame, code in BAD_FRAMES:
        await learner.tell(frame)
        error = await learner.hear("error")
        assert error["code"] == code, frame
        assert error["detail"]
    await asyncio.sleep(1)  # the bucket fills again
    client_id = await learner.say("x" * 4001)
    error = await learner.hear("error")
    assert (error["code"], error["client_id"]) == ("invalid", client_id)
    await learner.say("fine")
    assert (await learner.hear("message"))["body"] == "fine"


async def test_chat_large_frame_closes(theatre: Stage) -> None:  # R3
    learner = await theatre.join("learner")
    body = "ä" * 9000
    await learner.say(body)
    assert await learner.closed() == 1009
    assert not await Message.objects.aexists()


def test_bucket_gives_ten_a_second_after_a_burst_of_thirty(
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # R3
    now = 100.0
    monkeypatch.setattr("realtime.consumers.limits.time.monotonic", lambda: now)
    bucket = Bucket()
    assert [bucket.take() for _ in range(32)] == [True] * 30 + [False] * 2
    assert bucket.refused == 2
    now = 100.5
    assert [bucket.take() for _ in range(6)] == [True] * 5 + [False]
    assert bucket.refused == 1
    now = 1000.0
    assert [bucket.take() for _ in range(31)] == [True] * 30 + [False]


async def test_chat_throttles_a_flood_and_closes_it(theatre: Stage) -> None:  # R3
    learner = await theatre.join("learner")
    codes: list[str] = []

    async def read() -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                codes.append(json.loads(await learner.socket.recv())["type"])

    reader = asyncio.create_task(read())
    with contextlib.suppress(ConnectionClosed):
        for number in range(20_000):
            await learner.tell({"type": "dance"})
            if number % 20 == 0:
                await asyncio.sleep(0.001)
    assert await learner.closed() == 4429
    await reader
    assert set(codes) - {"presence", "typing"} == {"error"}  # the last ones may be cut off


async def test_chat_rechecks_membership_at_each_message(theatre: Stage) -> None:  # R1
    learner = await theatre.join("learner")
    member = theatre.cast.people["learner"]
    rows = Enrolment.objects.filter(user=member, course=theatre.cast.course)
    await rows.aupdate(state=EnrolmentState.REMOVED)
    await learner.say("still here?")
    assert await learner.closed() == 4403
    assert not await Message.objects.aexists()


async def test_chat_tells_who_lost_the_right_to_write(theatre: Stage) -> None:  # Z8
    ticket = await theatre.ticket(
        "learner", actor=actors.for_token(theatre.cast.people["learner"], frozenset({"read"}))
    )
    reader = await theatre.open("anonymous", f"{theatre.chat}?ticket={ticket}", origin=None)
    await reader.tell({"type": "join", "last_seq": None})
    await reader.hear("joined")
    client_id = await reader.say("may I?")
    error = await reader.hear("error")
    assert (error["code"], error["client_id"]) == ("denied", client_id)
    assert not await Message.objects.aexists()


async def test_chat_closes_when_the_person_is_deactivated(theatre: Stage) -> None:  # A3
    learner = await theatre.join("learner")
    person_row = theatre.cast.people["learner"]
    person_row.is_active = False
    await person_row.asave()
    await learner.say("hello?")
    assert await learner.closed() == 4401


async def _leave(stage: Stage) -> None:
    rows = Enrolment.objects.filter(user=stage.cast.people["learner"])
    await rows.aupdate(state=EnrolmentState.LEFT)


async def _change_role(stage: Stage) -> None:
    rows = Enrolment.objects.filter(user=stage.cast.people["learner"])
    await rows.aupdate(role=CourseRole.ASSISTANT)


async def _unpublish(stage: Stage) -> None:
    await Course.objects.filter(pk=stage.cast.course.pk).aupdate(state=CourseState.DRAFT)


async def _log_out(_stage: Stage) -> None:
    await Session.objects.all().adelete()


async def _change_password(stage: Stage) -> None:
    user = stage.cast.people["learner"]
    await sync_to_async(user.set_password)("another long password")
    await user.asave()


async def _archive(stage: Stage) -> None:
    await Course.objects.filter(pk=stage.cast.course.pk).aupdate(state=CourseState.ARCHIVED)


ENDS = [
    (_leave, 4403),
    (_change_role, 4403),
    (_unpublish, 4403),
    (_log_out, 4401),
    (_change_password, 4401),
    (_archive, None),
]


@pytest.mark.parametrize(("act", "code"), ENDS, ids=[act.__name__ for act, _ in ENDS])
async def test_chat_idle_socket_closes_within_ten_seconds(  # R5 A3 R7
    theatre: Stage, act: Any, code: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert watch.EVERY_SECONDS <= 8
    monkeypatch.setattr(watch, "EVERY_SECONDS", 0.2)
    learner = await theatre.join("learner")
    await act(theatre)
    if code is None:
        await asyncio.sleep(0.8)
        await learner.tell({"type": "join", "last_seq": 0})
        assert (await learner.hear("joined"))["last_seq"] == 0
    else:
        assert await learner.closed() == code


async def test_chat_socket_of_a_token_closes_when_the_token_ends(
    theatre: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:  # R5 A3
    monkeypatch.setattr(watch, "EVERY_SECONDS", 0.2)
    user = theatre.cast.people["learner"]
    issued = await sync_to_async(issue_token)(
        actor=actors.for_user(user), person=user, name="Robot", scopes=actors.ALL_SCOPES, days=1
    )
    actor = actors.for_token(user, actors.ALL_SCOPES, f"token:{issued.token.pk}")
    ticket = await theatre.ticket("learner", actor=actor)
    talker = await theatre.open("anonymous", f"{theatre.chat}?ticket={ticket}", origin=None)
    await talker.tell({"type": "join", "last_seq": 0})
    await talker.hear("joined")
    await ApiToken.objects.aupdate(expires_at="2020-01-01T00:00:00Z")
    assert await talker.closed() == 4401


async def test_chat_room_of_forty_gets_everything(theatre: Stage) -> None:
    def fill() -> list[Any]:
        people = [person("Crowd") for _ in range(40)]
        for user in people:
            enrol(user, theatre.cast.course)
        return people

    people = await sync_to_async(fill)()
    crowd = await asyncio.gather(*(theatre.join(user) for user in people))
    speaker = await theatre.join("instructor")
    for number in range(10):
        await speaker.say(f"m{number}")
    for talker in [*crowd, speaker]:
        bodies = [(await talker.hear("message"))["body"] for _ in range(10)]
        assert bodies == [f"m{number}" for number in range(10)]


def test_slow_readers_are_closed_with_the_documented_code() -> None:
    assert SLOW_READER == 4408
    assert system("x").is_system
