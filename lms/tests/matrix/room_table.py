"""The permission table of what happens in a course's room beside talk."""

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import HIDDEN, V1, body, course, thing
from lms.tests.matrix.page_table import (
    READ_BY_STAFF,
    SENT,
    SENT_BY_STAFF,
    C,
    T,
    at,
    get,
    plus,
    post,
)
from lms.tests.matrix.run import Row
from lms.tests.world import World

# Whoever does not see the room does not see its messages.
UNSEEN = dict.fromkeys(("outsider", "other instructor", "observer"), HIDDEN)


def _sent(status: int) -> dict[str, int]:
    return dict.fromkeys(("learner", "assistant", "instructor", "admin"), status)


ROOM = p.chatters() | dict.fromkeys(("token", "staff token", "preview"), 403)
MESSAGE = ROOM | UNSEEN
STAFF = p.staff(writes=True)
STAFF_READ = p.staff() | {"preview": 403}
MINE, ROOMS = thing("learner message"), course()


def message(verb: str, path: str, profile: p.Profile, **fields: object) -> Row:
    """A door of a message."""
    sent = body(**fields) if verb != "GET" else None
    return Row(f"{verb} {V1}/messages/{{id}}/{path}", profile, MINE, sent)


def room(verb: str, path: str, profile: p.Profile, **fields: object) -> Row:
    """A door of a room."""
    return Row(f"{verb} {V1}/rooms/{{id}}/{path}", profile, ROOMS, body(**fields))


def emoji(world: World) -> dict[str, str]:
    """A message and an emoji."""
    return {**MINE(world), "emoji": "heart"}


def member_of_room(world: World) -> dict[str, str]:
    """The room and a learner in it."""
    return {**ROOMS(world), "member": world.people["learner2"].public_id}


def learner2(world: World) -> str:
    """The public id of a learner."""
    return world.people["learner2"].public_id


REACT = f"{V1}/messages/{{id}}/reactions/{{emoji}}/"
OWN_WORDS = p.only("learner") | UNSEEN
API = [
    message("PATCH", "", OWN_WORDS, body="Other words"),
    Row(f"PUT {REACT}", MESSAGE, emoji),
    Row(f"DELETE {REACT}", MESSAGE, emoji),
    message("GET", "thread/", p.chatters() | UNSEEN),
    message("GET", "history/", p.staff() | UNSEEN),
    message("POST", "pin/", STAFF | UNSEEN, on=True),
    Row(f"POST {V1}/messages/{{id}}/report/", MESSAGE | _sent(204), MINE, body(reason="Rude")),
    message("POST", "settle/", STAFF | UNSEEN, remove=False),
    message("POST", "reopen/", STAFF | UNSEEN),
    room("POST", "read/", ROOM, seq=1),
    Row(f"GET {V1}/rooms/{{id}}/search/", p.chatters(), ROOMS, query="?q=Hello"),
    Row(f"GET {V1}/rooms/{{id}}/pins/", p.chatters(), ROOMS),
    Row(f"GET {V1}/rooms/{{id}}/members/", p.chatters(), ROOMS, query="?q=Le"),
    Row(f"GET {V1}/rooms/{{id}}/settings/", p.staff(), ROOMS),
    room("PUT", "settings/", STAFF, slow_seconds=5, blocked_words=""),
    Row(f"GET {V1}/rooms/{{id}}/restrictions/", p.staff(), ROOMS),
    room("POST", "restrictions/", p.staff(201, writes=True), member=learner2, kind="mute"),
    Row(
        f"DELETE {V1}/rooms/{{id}}/restrictions/{{member}}/",
        p.staff(204, writes=True),
        member_of_room,
    ),
    Row(f"GET {V1}/rooms/{{id}}/reports/", p.staff(), ROOMS),
    Row(f"GET {V1}/rooms/{{id}}/export/", p.staff(), ROOMS),
    Row(
        f"POST {V1}/messages/{{id}}/promote/",
        p.managers() | UNSEEN,
        thing("learner message"),
        body(question="When?", answer="Now."),
    ),
    Row(f"GET {V1}/messages/{{id}}/tutor/", p.own("learner"), thing("room question")),
    Row(
        f"POST {V1}/messages/{{id}}/tutor/",
        p.own("learner", ok=202, reads=False),
        thing("room question"),
    ),
]

LEARNERS_WORDS = at(message_id="learner message")
PAGES = [
    get(f"{C}/chat/search/", p.chatters()),
    get(f"{C}/chat/{{message_id}}/thread/", p.chatters(), LEARNERS_WORDS),
    post(
        f"{C}/chat/{{message_id}}/thread/",
        p.talkers(SENT),
        LEARNERS_WORDS,
        body="A reply",
    ),
    get(f"{C}/chat/{{message_id}}/edit/", p.only("learner"), LEARNERS_WORDS),
    post(f"{C}/chat/{{message_id}}/edit/", p.only("learner", ok=SENT), LEARNERS_WORDS, body="New"),
    get(f"{C}/chat/{{message_id}}/report/", p.talkers(), LEARNERS_WORDS),
    post(f"{C}/chat/{{message_id}}/report/", p.talkers(SENT), LEARNERS_WORDS, reason="Rude"),
    post(
        f"{C}/chat/{{message_id}}/do/{{verb}}/",
        p.talkers(SENT),
        plus(LEARNERS_WORDS, verb="react"),
        emoji="heart",
        on="1",
    ),
    get(f"{T}/chat/", READ_BY_STAFF),
    post(f"{T}/chat/settings/", SENT_BY_STAFF, slow_seconds="5", blocked_words=""),
    post(f"{T}/chat/members/", SENT_BY_STAFF, member=learner2, kind="mute", minutes="60"),
    get(f"{T}/chat/export/", READ_BY_STAFF),
    post(f"{T}/chat/reports/{{message_id}}/", SENT_BY_STAFF, LEARNERS_WORDS, act="close"),
    get(f"{C}/chat/{{message_id}}/faq/", p.managers(), at(message_id="learner message")),
    post(
        f"{C}/chat/{{message_id}}/faq/",
        p.managers(SENT),
        at(message_id="learner message"),
        question="When?",
        answer="Now.",
    ),
    post(
        f"{C}/chat/{{message_id}}/again/",
        p.only("learner", ok=SENT, others=HIDDEN)
        | dict.fromkeys(("outsider", "other instructor", "observer"), 403),
        at(message_id="room question"),
    ),
]
