"""The permission table of a course's forum."""

from lms.tests.matrix import profiles as p
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


API: list[Row] = []
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
