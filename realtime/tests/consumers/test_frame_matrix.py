"""Every frame of every socket by every kind of asker: what comes back, and what the room hears."""

import pytest
from asgiref.sync import sync_to_async
from websockets.exceptions import InvalidStatus

from realtime.consumers import Refusal
from realtime.models import Message
from realtime.routing import websocket_urlpatterns
from realtime.services.tickets import issue_ticket
from realtime.tests.consumers.conftest import Stage, Talker

pytestmark = pytest.mark.services

SHUT = "refused"
WRITES = {"join": "joined", "send": "message", "typing": "typing"}
READS = {"join": "joined", "send": "error denied", "typing": "nothing"}
STRANGER = dict.fromkeys(WRITES, SHUT)
CHAT = {
    "anonymous": STRANGER,
    "outsider": STRANGER,
    "other_instructor": STRANGER,
    "observer": STRANGER,
    "learner": WRITES,
    "assistant": WRITES,
    "instructor": WRITES,
    "admin": WRITES,
    "read_token": READS,
    "preview": READS,
}
ME = {who: {"": SHUT if who == "anonymous" else "ready"} for who in CHAT}
TABLE = {"ws/courses/<str:public_id>/chat/": CHAT, "ws/me/": ME}
SENT = {
    "join": {"type": "join", "last_seq": 0},
    "send": {
        "type": "send",
        "client_id": "7f8d0c3e-6c1f-4b9a-9d53-1d0b6a1c2f10",
        "body": "Granite",
    },
    "typing": {"type": "typing"},
}


def doors() -> dict[str, tuple[str, ...]]:
    """The frames that each address of a socket takes."""
    found = {}
    for route in websocket_urlpatterns:
        consumer = route.callback.consumer_class
        if consumer is not Refusal:
            found[str(route.pattern)] = consumer.frames or ("",)
    return found


def test_every_frame_has_a_row_for_every_asker() -> None:  # Z6
    rows = {
        address: {frozenset(answers) for answers in by_asker.values()}
        for address, by_asker in TABLE.items()
    }
    assert rows == {address: {frozenset(frames)} for address, frames in doors().items()}
    assert {frozenset(by_asker) for by_asker in TABLE.values()} == {frozenset(CHAT)}


async def knock(stage: Stage, who: str, path: str, *, course: bool = True) -> Talker | None:
    """A socket of that asker, by session or by a ticket; None when it is refused."""
    try:
        if who not in {"read_token", "preview"}:
            return await stage.open(who, path)
        actor = await sync_to_async(stage.cast.actor)(who)
        room = stage.cast.course if course else None
        ticket = (await sync_to_async(issue_ticket)(actor=actor, course=room)).ticket
        return await stage.open("anonymous", f"{path}?ticket={ticket}", origin=None)
    except InvalidStatus:
        return None


async def answer_to(talker: Talker, kind: str) -> str:
    """The type that comes back, with the code of an error; "nothing" when the room is silent."""
    await talker.tell(SENT[kind])
    if kind != "join":
        await talker.tell({"type": "join", "last_seq": 10_000})
    wanted = {"join": "joined", "send": "message", "typing": "typing"}[kind]
    for _frame in range(20):
        if any(frame["type"] == wanted for frame in talker.heard):
            return wanted
        frame = await talker.hear_any()
        if frame["type"] == "error":
            return f"error {frame['code']}"
        if frame["type"] == "joined" and kind == "typing":
            return "typing" if await talker.hears_soon("typing") else "nothing"
    return "nothing"


@pytest.mark.parametrize("kind", SENT)
async def test_a_frame_of_the_room_answers_each_asker(theatre: Stage, kind: str) -> None:  # R1 Z6
    got = {}
    for who in CHAT:
        talker = await knock(theatre, who, theatre.chat)
        got[who] = SHUT if talker is None else await answer_to(talker, kind)
        if talker is not None:
            await talker.socket.close()
        await Message.objects.all().adelete()
    assert got == {who: answers[kind] for who, answers in CHAT.items()}


async def test_the_personal_socket_answers_each_asker(theatre: Stage) -> None:  # R1 R6
    got = {}
    for who in ME:
        talker = await knock(theatre, who, "/ws/me/", course=False)
        got[who] = SHUT if talker is None else (await talker.hear("ready"))["type"]
    assert got == {who: answers[""] for who, answers in ME.items()}
