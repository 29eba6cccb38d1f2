"""Graded discussions are due like any other work: in the calendar and in what is due next."""

from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from accounts.models import User
from assessments.enums import GradeStatus
from assessments.models import Grade, GradeItem
from assessments.queries.agenda import due_lines
from courses.models import LearnerGroup
from interop.queries.calendar import Span, entries, my_courses
from lms.kernel import clock
from lms.kernel.testing import assert_constant_queries
from realtime.models import ForumPost, ForumThread
from realtime.queries.forum_dates import graded_work
from realtime.services.forum_task import TaskWish, set_task
from realtime.tests.factories import Cast, answer, begin
from realtime.tests.factories import cast as make_cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def graded(cast: Cast, title: str = "Discuss", **wish: object) -> ForumPost:
    root = begin(cast, "instructor", title=title)
    given = {"points": Decimal(10), "due_at": clock.now() + DAY, "replies_needed": 0, **wish}
    set_task(actor=cast.actor("instructor"), thread=root.thread, wish=TaskWish(**given))  # type: ignore[arg-type]
    return root


def due(cast: Cast, who: str = "learner") -> list[tuple[str, str, bool]]:
    return [(one.kind, one.title, one.begun) for one in due_lines(cast.actor(who))]


def planned(cast: Cast, who: str) -> list[str]:
    today = clock.now().date()
    actor, span = cast.actor(who), Span(today, today + 7 * DAY, ZoneInfo("UTC"))
    return [one.title for one in entries(actor, span, courses=my_courses(actor))]


def test_a_graded_discussion_is_due_until_it_is_met(cast: Cast) -> None:
    root = graded(cast, posts_needed=2)
    assert due(cast) == [("discussion", "Discuss", False)]
    answer(cast, "learner", root)
    assert due(cast) == [("discussion", "Discuss", True)]
    answer(cast, "learner", root)
    assert due(cast) == []
    assert due(cast, "instructor") == due(cast, "outsider") == []


def test_who_only_looks_on_asks_for_no_thread_of_the_site(cast: Cast) -> None:
    graded(cast)
    assert len(graded_work(cast.actor("learner"), None)) == 1
    assert [graded_work(cast.actor(who), None) for who in ("admin", "instructor")] == [[], []]
    assert len(graded_work(cast.actor("instructor"), [cast.course.pk])) == 1


def test_what_counts_no_more_is_not_due(cast: Cast) -> None:
    graded(cast)
    graded(cast, "Whenever", due_at=None)
    with clock.travel(clock.now() + 2 * DAY):
        assert due(cast) == []


def test_it_stands_in_the_calendar_of_who_sees_it(cast: Cast) -> None:
    root = graded(cast)
    assert planned(cast, "learner") == planned(cast, "instructor") == ["Due: Discuss"]
    assert planned(cast, "outsider") == []
    group = LearnerGroup.objects.create(course=cast.course, name="Few")
    ForumThread.objects.filter(pk=root.thread_id).update(group=group, group_only=True)
    assert planned(cast, "learner") == []
    assert due(cast) == []
    assert planned(cast, "instructor") == ["Due: Discuss"]
    ForumThread.objects.filter(pk=root.thread_id).update(deleted_at=clock.now())
    assert planned(cast, "instructor") == []


def test_who_is_excused_is_told_nothing(cast: Cast) -> None:
    graded(cast)
    learner: User = cast.people["learner"]
    item = GradeItem.objects.get(title="Discuss")
    Grade.objects.create(
        item=item, learner=learner, max_score=10, released=True, status=GradeStatus.EXCUSED
    )
    assert due(cast) == []
    assert planned(cast, "learner") == []
    assert len(due(cast, "learner2")) == 1


def test_the_api_and_the_dashboard_lead_to_it(cast: Cast) -> None:
    root = graded(cast)
    client = Client()
    client.force_login(cast.people["learner"])
    (line,) = client.get("/api/v1/me/due/").json()["results"]
    path = f"/c/{cast.course.slug}/discuss/t/{root.thread.public_id}/"
    assert (line["kind"], line["lesson"], line["path"]) == ("discussion", "", path)
    assert path in client.get("/me/").content.decode()
    found = client.get("/api/v1/calendar/").json()["results"]
    assert [one["path"] for one in found] == [path]


def test_more_of_them_cost_no_more_queries(cast: Cast) -> None:
    graded(cast)
    actor = cast.actor("learner")
    assert_constant_queries(lambda: due_lines(actor), lambda: graded(cast))
    assert_constant_queries(lambda: planned(cast, "learner"), lambda: graded(cast))
