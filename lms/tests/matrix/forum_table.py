"""The permission table of a course's forum."""

from collections.abc import Callable

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import HIDDEN, V1, body, cid, course, thing
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
from realtime.models import ForumBoard

F, D = f"{C}/discuss", f"{T}/discuss"
READ, WRITE = p.chatters(), p.talkers(SENT)
THREAD, ASKED, REPLY = at(thread_id="thread"), at(post_id="first post"), at(post_id="reply")
GRADED = at(thread_id="graded thread")
# The reply is the second learner's: the first one sees it and changes nothing of it.
KEPT = p.staff(SENT, writes=True)


def board(world: World) -> str:
    """The public id of the spare board."""
    return str(world.things["spare board"].public_id)


def learner2(world: World) -> str:
    """The public id of a learner."""
    return world.people["learner2"].public_id


A = f"{V1}/forum"
# Whoever does not see the forum does not see what is in it.
UNSEEN = dict.fromkeys(("outsider", "other instructor", "observer"), HIDDEN)
COURSE, BY_COURSE = course(), "?course={course}"
WRITERS = p.talkers()
NEW = {"client_id": "6f9619ff-8b86-4011-b42d-00c04fc964ff", "body": "So."}


def doors(kind: str, name: str) -> Callable[..., Row]:
    """Doors of one thing: `door(verb, path, profile, **fields)`."""

    def door(verb: str, path: str, profile: p.Profile, **fields: object) -> Row:
        sent = None if verb == "GET" else body(**fields)
        return Row(f"{verb} {A}/{kind}/{{id}}/{path}", profile | UNSEEN, thing(name), sent)

    return door


def boards(world: World) -> list[str]:
    """Every board of the course."""
    rows = ForumBoard.objects.filter(course=world.course).order_by("pk")
    return list(rows.values_list("public_id", flat=True))


on_board, on_thread, on_task = (
    doors("boards", "spare board"),
    doors("threads", "thread"),
    doors("tasks", "graded thread"),
)
on_reply, nameless = doors("posts", "reply"), doors("posts", "nameless reply")
STAFF, READ_STAFF = p.staff(writes=True), p.staff()
API: list[Row] = [
    Row(f"GET {A}/boards/", READ, query=BY_COURSE),
    Row(
        f"POST {A}/boards/",
        p.staff(201, writes=True),
        body=body(course=cid, title="Field trips"),
    ),
    Row(f"PUT {A}/boards/order/", STAFF, body=body(course=cid, boards=boards)),
    on_board("PUT", "", STAFF, title="Trips"),
    on_board("DELETE", "", p.staff(204, writes=True)),
    on_board("POST", "follow/", WRITERS, on=True),
    Row(f"GET {A}/courses/{{id}}/", READ, COURSE),
    Row(f"PUT {A}/courses/{{id}}/", STAFF, COURSE, body(anonymous_allowed=True)),
    Row(f"POST {A}/courses/{{id}}/read/", p.talkers(204), COURSE, body()),
    Row(f"GET {A}/courses/{{id}}/reports/", READ_STAFF, COURSE),
    Row(f"GET {A}/courses/{{id}}/export/", READ_STAFF, COURSE),
    Row(f"GET {A}/threads/", READ, query=BY_COURSE),
    Row(f"POST {A}/threads/", p.talkers(201), body=body(course=cid, title="Why?", **NEW)),
    on_thread("GET", "", READ),
    on_thread("GET", "posts/", READ),
    on_thread("POST", "posts/", p.talkers(201), **NEW),
    on_thread("GET", "news/", READ),
    on_thread("POST", "read/", WRITERS, seq=1),
    on_thread("POST", "follow/", WRITERS, on=True),
    on_thread("POST", "solve/", WRITERS, post=None),
    on_thread("POST", "pin/", STAFF, on=True),
    on_thread("POST", "lock/", STAFF, on=True),
    on_thread("POST", "move/", STAFF, board=board),
    on_thread("POST", "restore/", STAFF),
    on_reply("GET", "", READ),
    on_reply("PATCH", "", STAFF, body="Other words", reason="Names"),
    on_reply("DELETE", "", STAFF, reason="Rude"),
    on_reply("POST", "helpful/", WRITERS, on=True),
    on_reply("POST", "report/", p.talkers(204), reason="Rude"),
    on_reply("POST", "settle/", STAFF, remove=False),
    nameless("POST", "reveal/", STAFF),
    on_reply("GET", "history/", READ_STAFF),
    on_reply("POST", "promote/", p.managers(204), question="Why?", answer="So."),
    Row(f"GET {A}/tasks/", READ, query=BY_COURSE),
    Row(
        f"GET {A}/tasks/{{id}}/",
        p.own("learner") | {"preview": 200},
        thing("graded thread"),
        note="what is asked of a learner",
    ),
    on_task("PUT", "", p.managers(), points="5"),
    on_task("DELETE", "", p.managers(204)),
    on_task("GET", "marks/", READ_STAFF),
    on_task("POST", "marks/", STAFF, learner=learner2, score="4"),
]
PAGES = [
    get(f"{F}/", READ),
    get(f"{F}/new/", p.talkers()),
    post(f"{F}/new/", WRITE, kind="question", title="Why?", body="Tell me."),
    post(f"{F}/preview/", p.talkers(), body="**So**"),
    post(f"{F}/do/{{verb}}/", WRITE, plus(at(), verb="read")),
    post(f"{F}/do/{{verb}}/", WRITE, plus(at(), verb="follow"), board=board, on="1"),
    get(f"{F}/t/{{thread_id}}/", READ, THREAD),
    get(
        f"{F}/t/{{thread_id}}/",
        READ | {"preview": 404},
        at(thread_id="group thread"),
        note="of a group",
    ),
    post(f"{F}/t/{{thread_id}}/", WRITE, THREAD, body="So it is."),
    get(f"{F}/t/{{thread_id}}/news/", READ, THREAD),
    post(f"{F}/t/{{thread_id}}/do/{{verb}}/", WRITE, plus(THREAD, verb="follow"), on="1"),
    post(f"{F}/t/{{thread_id}}/do/{{verb}}/", KEPT, plus(THREAD, verb="lock"), on="1"),
    get(f"{F}/p/{{post_id}}/", p.chatters(SENT), REPLY),
    get(f"{F}/p/{{post_id}}/edit/", p.only("learner", "assistant", "instructor", "admin"), ASKED),
    post(f"{F}/p/{{post_id}}/edit/", KEPT, REPLY, body="Other words", reason="Names"),
    get(f"{F}/p/{{post_id}}/delete/", p.staff(writes=True), REPLY),
    post(f"{F}/p/{{post_id}}/delete/", KEPT, REPLY, reason="Rude"),
    get(f"{F}/p/{{post_id}}/report/", p.talkers(), REPLY),
    post(f"{F}/p/{{post_id}}/report/", WRITE, REPLY, reason="Rude"),
    get(f"{F}/p/{{post_id}}/faq/", p.managers(), REPLY),
    post(f"{F}/p/{{post_id}}/faq/", p.managers(SENT), REPLY, question="Why?", answer="So."),
    get(f"{F}/p/{{post_id}}/history/", READ_BY_STAFF | {"preview": 403}, REPLY),
    post(f"{F}/p/{{post_id}}/do/{{verb}}/", WRITE, plus(REPLY, verb="helpful"), on="1"),
    post(
        f"{F}/p/{{post_id}}/do/{{verb}}/",
        p.staff(writes=True),
        plus(at(post_id="nameless reply"), verb="reveal"),
    ),
    get(f"{D}/", READ_BY_STAFF),
    post(f"{D}/settings/", SENT_BY_STAFF, anonymous_allowed="on"),
    post(f"{D}/boards/", SENT_BY_STAFF, title="Field trips", kind="discussion"),
    post(
        f"{D}/boards/{{board_id}}/",
        SENT_BY_STAFF,
        at(board_id="spare board"),
        title="Trips",
        kind="discussion",
    ),
    post(f"{D}/reports/{{post_id}}/", SENT_BY_STAFF, REPLY, act="close"),
    get(f"{D}/export/", READ_BY_STAFF),
    get(f"{D}/t/{{thread_id}}/task/", p.managers(), THREAD),
    post(
        f"{D}/t/{{thread_id}}/task/",
        p.managers(SENT),
        GRADED,
        points="5",
        posts_needed="1",
        replies_needed="0",
    ),
    get(f"{D}/t/{{thread_id}}/marks/", READ_BY_STAFF, GRADED),
    post(f"{D}/t/{{thread_id}}/marks/", SENT_BY_STAFF, GRADED, learner=learner2, score="4"),
]
