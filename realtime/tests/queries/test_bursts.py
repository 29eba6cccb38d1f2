"""The list of notifications: by when things happened, with what belongs together as one."""

from datetime import timedelta

import pytest

from lms.kernel import clock
from lms.kernel.actors import system
from lms.kernel.testing import assert_constant_queries
from realtime.enums import NotificationKind
from realtime.models import Notification
from realtime.queries.bursts import bursts
from realtime.queries.notifications import notifications_of
from realtime.services.forum_occasions import tell_post
from realtime.services.notify import notify
from realtime.tests.api.test_chat import api
from realtime.tests.factories import Cast, answer, begin

pytestmark = pytest.mark.django_db
KIND = NotificationKind


def told(
    cast: Cast, key: str, kind: NotificationKind = KIND.FORUM_REPLY, thread: str = ""
) -> Notification:
    args = {"course": "Rivers", "subject": f"About {thread}"}
    notify(
        actor=system("test"),
        kind=kind,
        recipients=[cast.people["learner"].pk],
        course=cast.course,
        key=key,
        args={**args, "thread": thread} if thread else args,
        url=f"/{key}/",
    )
    return Notification.objects.get(key=key)


def listed(cast: Cast) -> list[tuple[str, int]]:
    """Titles in their order, each with how many stand below it."""
    groups = bursts(notifications_of(cast.actor("learner")))
    return [(group.title, len(group.rest)) for group in groups]


def test_the_newest_stands_first_whatever_was_stored_first(cast: Cast) -> None:
    late = told(cast, "late", KIND.ENROLLED)
    with clock.travel(clock.now() - timedelta(days=3)):
        told(cast, "early", KIND.QUIZ_PUBLISHED)
    rows = list(notifications_of(cast.actor("learner")))
    assert [row.key for row in rows] == ["late", "early"]
    assert rows[0] == late


def test_what_tells_of_one_thread_stands_as_one(cast: Cast) -> None:
    told(cast, "a1", thread="a")
    told(cast, "b1", thread="b")
    told(cast, "quiz", KIND.QUIZ_PUBLISHED)
    told(cast, "a2", thread="a")
    told(cast, "a3", KIND.FORUM_MENTION, thread="a")
    told(cast, "b2", thread="b")
    assert listed(cast) == [
        ("2 replies in “About b”", 1),
        # A mention is named, and not counted as a reply.
        ("You are mentioned in “About a”", 2),
        ("New quiz: About ", 0),
    ]
    assert assert_read(cast, "a2") == ["a1", "a2", "a3"]
    assert listed(cast)[1] == ("You are mentioned in “About a”", 2)
    told(cast, "a4", thread="a")
    assert listed(cast)[0] == ("New reply in “About a”", 0)  # what was read stays apart


def assert_read(cast: Cast, key: str) -> list[str]:
    """Open one on its page; the keys of what is read then."""
    row = Notification.objects.get(key=key)
    answer = api(cast, "learner").post(f"/me/notifications/{row.public_id}/")
    assert answer.headers["Location"] == row.url
    return sorted(Notification.objects.exclude(read_at=None).values_list("key", flat=True))


def test_opening_one_leaves_other_threads_and_other_people(cast: Cast) -> None:
    told(cast, "a1", thread="a")
    told(cast, "b1", thread="b")
    told(cast, "none")
    Notification.objects.create(
        user=cast.people["learner2"],
        course=cast.course,
        kind=KIND.FORUM_REPLY,
        key="theirs",
        args={"course": "Rivers", "subject": "About a", "thread": "a"},
    )
    assert assert_read(cast, "a1") == ["a1"]
    assert assert_read(cast, "none") == ["a1", "none"]


def test_a_forum_tells_which_thread_it_is(cast: Cast) -> None:
    post = begin(cast)
    for body in ("One", "Two"):
        reply = answer(cast, "learner2", post, body)
        assert tell_post(post_id=reply.pk) == 1
    assert listed(cast) == [("2 replies in “Why?”", 1)]
    page = api(cast, "learner").get("/me/notifications/").content.decode()
    assert "1 more of this thread" in page


def test_the_page_takes_the_same_queries_for_any_number(cast: Cast) -> None:
    client, made = api(cast, "learner"), iter(range(100))

    def more() -> None:
        number = next(made)
        told(cast, f"k{number}", thread=f"t{number % 2}")

    more()
    assert_constant_queries(lambda: client.get("/me/notifications/"), more)
