"""The permission table of messages between two people, and of files that go with messages."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import HIDDEN, V1, body, course, thing
from lms.tests.matrix.page_table import SENT, SENT_BY_STAFF, T, at, get, post
from lms.tests.matrix.run import Row
from lms.tests.world import World
from realtime.services.files import grant_file

ME = "/me/messages"
DIRECT = f"{V1}/direct-messages"
TALK, OWN, OTHERS = (
    thing("talk"),
    thing("direct of learner"),
    thing("direct of instructor"),
)
# Nobody else knows that two people talk, administrators no more than others.
TWO = p.own("learner") | {"instructor": 200, "staff token": 200, "preview": 200}
TWO_WRITE = TWO | dict.fromkeys(("token", "staff token", "preview"), 403)
AUTHOR = p.own("learner", reads=False) | dict.fromkeys(
    ("instructor", "staff token", "preview"), 403
)
# To whoever shares no course with the instructor they are nobody.
WRITERS = p.only("learner", "assistant", ok=201, others=HIDDEN) | dict.fromkeys(
    ("token", "staff token", "preview"), 403
)


def teacher(world: World) -> str:
    """The public id of the instructor."""
    return world.people["instructor"].public_id


def reported(world: World) -> dict[str, str]:
    """The room and a report in it."""
    return {**course()(world), "report": world.things["direct report"].public_id}


def a_file(_world: World) -> dict[str, Any]:
    """A form with a file of text."""
    return {"file": SimpleUploadedFile("a.txt", b"words")}


UNSENT = thing("unsent file")
BRINGERS = p.signed_in(201, writes=True) | dict.fromkeys(("outsider", "observer"), 403)
STAFF_SETTLE = p.staff(204, writes=True)
API = [
    Row(f"GET {V1}/conversations/", p.signed_in()),
    Row(f"GET {V1}/conversations/people/", p.signed_in()),
    Row(f"GET {V1}/conversations/search/", p.signed_in(), query="?q=alone"),
    Row(f"GET {V1}/conversations/unread-count/", p.signed_in()),
    Row(f"GET {V1}/conversations/{{id}}/", TWO, TALK),
    Row(f"POST {V1}/conversations/{{id}}/read/", TWO_WRITE, TALK, body(seq=1)),
    Row(f"PUT {V1}/conversations/{{id}}/block/", TWO_WRITE, TALK, body()),
    Row(f"DELETE {V1}/conversations/{{id}}/block/", TWO_WRITE, TALK, body()),
    Row(
        f"GET {DIRECT}/",
        p.own("learner") | {"instructor": 200, "staff token": 200, "preview": 200},
        query="?conversation={conversation}",
    ),
    Row(
        f"POST {DIRECT}/",
        WRITERS | {"instructor": HIDDEN, "staff token": HIDDEN, "preview": HIDDEN},
        body=body(
            person=teacher, client_id="7f8d0c3e-6c1f-4b9a-9d53-1d0b6a1c2f11", body="Only you"
        ),
    ),
    Row(f"PATCH {DIRECT}/{{id}}/", AUTHOR, OWN, body(body="Other words")),
    Row(
        f"DELETE {DIRECT}/{{id}}/",
        AUTHOR | {"learner": 204},
        OWN,
        body(),
    ),
    Row(
        f"POST {DIRECT}/{{id}}/report/",
        TWO_WRITE | {"learner": 204, "instructor": 409},
        OTHERS,
        body(reason="Rude"),
    ),
    Row(f"GET {V1}/rooms/{{id}}/direct-reports/", p.staff(), course()),
    Row(
        f"POST {V1}/rooms/{{id}}/direct-reports/{{report}}/settle/",
        STAFF_SETTLE | {"staff token": 403},
        reported,
        body(remove=False),
    ),
    Row(f"POST {V1}/message-files/", BRINGERS, body=a_file, form=True),
    Row(f"GET {V1}/message-files/{{id}}/", p.own("learner"), UNSENT),
    Row(f"DELETE {V1}/message-files/{{id}}/", p.own("learner", 204, reads=False), UNSENT, body()),
]


def address(world: World) -> dict[str, str]:
    """A short-lived address of a file."""
    return {"token": grant_file(world.things["unsent file"]).url.split("/")[-2]}


TALK_AT = at(conversation_id="talk")
OWN_AT = at(message_id="direct of learner")
OTHERS_AT = at(message_id="direct of instructor")
PAGE_TWO = p.only("learner", "instructor", "preview", others=HIDDEN)
PAGE_TWO_SENT = p.only("learner", "instructor", ok=SENT, others=HIDDEN) | {"preview": 403}


def teacher_at(world: World) -> dict[str, str]:
    """The instructor, to be written to."""
    return {"person_id": teacher(world)}


PAGES = [
    get(f"{ME}/", p.signed_in()),
    get(f"{ME}/{{conversation_id}}/", PAGE_TWO, TALK_AT),
    post(f"{ME}/{{conversation_id}}/", PAGE_TWO_SENT, TALK_AT, body="Once more"),
    post(f"{ME}/{{conversation_id}}/block/", PAGE_TWO_SENT, TALK_AT, on="1"),
    get(
        f"{ME}/to/{{person_id}}/",
        p.only("assistant", others=HIDDEN) | {"learner": SENT},
        teacher_at,
    ),
    post(
        f"{ME}/to/{{person_id}}/",
        p.only("assistant", "learner", ok=SENT, others=HIDDEN),
        teacher_at,
        body="Hello",
    ),
    get(
        f"{ME}/said/{{message_id}}/edit/",
        p.only("learner", others=HIDDEN) | {"instructor": 403, "preview": 403},
        OWN_AT,
    ),
    post(
        f"{ME}/said/{{message_id}}/edit/",
        p.only("learner", ok=SENT, others=HIDDEN) | {"instructor": 403, "preview": 403},
        OWN_AT,
        body="New",
    ),
    post(
        f"{ME}/said/{{message_id}}/delete/",
        p.only("learner", ok=SENT, others=HIDDEN) | {"instructor": 403, "preview": 403},
        OWN_AT,
    ),
    get(
        f"{ME}/said/{{message_id}}/report/",
        p.only("learner", "instructor", others=HIDDEN) | {"preview": 403},
        OTHERS_AT,
    ),
    post(f"{ME}/said/{{message_id}}/report/", PAGE_TWO_SENT, OTHERS_AT, reason="Rude"),
    post(
        f"{T}/chat/direct/{{report_id}}/", SENT_BY_STAFF, at(report_id="direct report"), act="close"
    ),
    get(
        "/message-files/{file_id}/",
        p.only("learner", ok=SENT, others=HIDDEN),
        at(file_id="unsent file"),
    ),
    get("/message-files/signed/{token}/", p.public(), address),
]
