"""What stands in whose calendar."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pytest_django.fixtures import Settings

from assessments.models import Gradebook, Quiz
from assessments.scoring.dates import Change
from assessments.services.override import set_override
from assessments.tests.factories import School, make_quiz, make_school
from assessments.tests.handed_in import make_assignment, make_group
from courses.models import Course, Lesson
from interop.enums import EntryKind
from interop.models import CalendarEvent
from interop.queries import calendar
from interop.queries.calendar import Span, entries, my_courses
from interop.scoring.entry import Entry
from interop.services.event import EventFields, plan_event
from lms.kernel import actors, clock
from lms.kernel.actors import Actor
from lms.kernel.testing import assert_constant_queries

pytestmark = [pytest.mark.django_db, pytest.mark.services]
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MARCH = Span(date(2026, 3, 1), date(2026, 3, 31), ZoneInfo("UTC"))


@pytest.fixture
def school(settings: Settings, tmp_path: Path) -> School:
    settings.MEDIA_ROOT = tmp_path
    return make_school()


def lines(actor: Actor, span: Span = MARCH, **wish: Any) -> list[Entry]:
    with clock.travel(NOW):
        return entries(actor, span, courses=my_courses(actor), **wish)


def told(school: School, who: str, **wish: Any) -> list[tuple[str, int]]:
    return [(str(one.kind), one.start.day) for one in lines(school.actor(who), **wish)]


def test_dates_of_work_are_in_the_calendar_of_everybody_in_the_course(school: School) -> None:
    make_quiz(school, opens_at=NOW, due_at=NOW + DAY, closes_at=NOW + 2 * DAY)
    make_assignment(school, due_at=NOW + 3 * DAY, cutoff_at=NOW + 3 * DAY)
    seen = [("opens", 10), ("due", 11), ("closes", 12), ("due", 13)]
    for who in ("learner", "observer", "assistant", "instructor"):
        assert told(school, who) == seen, who
    for who in ("outsider", "other_instructor", "admin"):
        assert told(school, who) == [], who
    assert lines(actors.ANONYMOUS) == []


def test_drafts_and_hidden_lessons_tell_learners_nothing(school: School) -> None:
    make_quiz(school, due_at=NOW, published=False)
    hidden = make_quiz(school, due_at=NOW + DAY)
    Lesson.objects.filter(pk=hidden.lesson_id).update(published=False)
    binned = make_quiz(school, due_at=NOW + 2 * DAY)
    Lesson.objects.filter(pk=binned.lesson_id).update(deleted_at=NOW)
    assert told(school, "learner") == []
    assert told(school, "instructor") == [("due", 10), ("due", 11)]


def test_dates_are_ones_own(school: School) -> None:
    quiz = make_quiz(school, due_at=NOW, closes_at=NOW)
    set_override(
        actor=school.actor("instructor"),
        work=quiz,
        person=school.learner,
        change=Change(due_at=NOW + 4 * DAY, closes_at=NOW + 5 * DAY),
    )
    assert told(school, "learner") == [("due", 14), ("closes", 15)]
    assert told(school, "classmate") == [("due", 10)]
    assert told(school, "instructor") == [("due", 10)]


def test_a_course_that_is_left_or_a_draft_is_gone(school: School) -> None:
    make_quiz(school, due_at=NOW)
    Course.objects.filter(pk=school.course.pk).update(starts_at=NOW, ends_at=NOW + 9 * DAY)
    assert told(school, "learner") == [("due", 10), ("course", 10), ("course", 19)]
    school.course.enrolments.filter(user=school.learner).update(state="left")
    assert told(school, "learner") == []
    Course.objects.filter(pk=school.course.pk).update(state="draft")
    assert told(school, "classmate") == []


def test_grading_periods_are_for_staff(school: School) -> None:
    period = {"key": "p", "name": "A", "starts": "2026-03-02", "ends": "2026-03-20"}
    periods = [{**period, "closed": False}]
    Gradebook.objects.create(course=school.course, periods=periods)
    assert told(school, "assistant") == [("period", 2)]
    assert told(school, "learner") == told(school, "observer") == []
    (line,) = lines(school.actor("instructor"))
    assert line.last_day(MARCH.zone) == date(2026, 3, 20)


def plan(school: School, **fields: Any) -> CalendarEvent:
    wish = {"title": "A walk", "starts_at": NOW, "ends_at": NOW + timedelta(hours=1), **fields}
    course = wish.pop("course", school.course)
    who = wish.pop("who", "instructor")
    return plan_event(actor=school.actor(who), course=course, fields=EventFields(**wish))


def test_what_a_group_plans_is_for_the_group_and_staff(school: School) -> None:
    group = make_group(school, "learner")
    plan(school, group=group.public_id)
    assert told(school, "learner") == told(school, "assistant") == [("event", 10)]
    assert told(school, "classmate") == told(school, "observer") == []


def test_private_events_are_seen_by_nobody_else(school: School) -> None:
    plan(school, course=None, who="learner", title="Secret")
    assert told(school, "learner") == [("own", 10)]
    assert told(school, "learner", own=False) == []
    for who in ("classmate", "instructor", "admin"):
        assert told(school, who) == [], who


def test_weekly_events_come_every_week_with_names_that_stay(school: School) -> None:
    plan(school, repeat_until=date(2026, 4, 7))
    found = lines(school.actor("learner"))
    assert [one.start.day for one in found] == [10, 17, 24, 31]
    assert len({one.uid for one in found}) == 4
    april = Span(date(2026, 4, 1), date(2026, 4, 30), MARCH.zone)
    (last,) = lines(school.actor("learner"), april)
    assert last.start.day == 7


def test_a_date_at_the_end_of_time_breaks_nobodys_calendar(school: School) -> None:
    last, first = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
    # Such dates are refused now; there are courses that were given them before.
    Quiz.objects.filter(pk=make_quiz(school).pk).update(opens_at=first, due_at=last)
    Course.objects.filter(pk=school.course.pk).update(starts_at=NOW, ends_at=last)
    period = {"key": "p", "name": "A", "starts": "2026-03-02", "ends": "9999-12-31"}
    Gradebook.objects.create(course=school.course, periods=[{**period, "closed": False}])
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
        march = Span(MARCH.first, MARCH.last, ZoneInfo(zone))
        assert [one.kind for one in lines(school.actor("learner"), march)] == ["course"]
        assert {one.kind for one in lines(school.actor("instructor"), march)} == {
            "course",
            "period",
        }


def test_weeks_that_are_over_are_not_made_anew(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan(school, repeat_until=date(2027, 3, 9))
    made: list[str] = []

    def named(*parts: str) -> str:
        made.append("-".join(parts))
        return f"{made[-1]}@test"

    monkeypatch.setattr(calendar, "uid_of", named)
    last = Span(date(2027, 3, 8), date(2027, 3, 14), MARCH.zone)
    (only,) = lines(school.actor("learner"), last)
    assert (only.start.day, only.uid.split("@")[0].split("-")[-1]) == (9, "52")
    assert len(made) <= 4


def test_what_began_before_and_what_ends_at_midnight(school: School) -> None:
    first = datetime(2026, 2, 27, tzinfo=UTC)
    plan(school, title="Over", starts_at=first, ends_at=datetime(2026, 3, 1, tzinfo=UTC))
    plan(school, title="Into", starts_at=first, ends_at=datetime(2026, 3, 1, 1, tzinfo=UTC))
    assert [one.title for one in lines(school.actor("learner"))] == ["Into"]


def test_whole_days_are_the_same_days_in_every_zone(school: School) -> None:
    plan(school, all_day=True, starts_at=NOW, ends_at=NOW + DAY)
    for name in ("Pacific/Auckland", "America/Los_Angeles"):
        span = Span(date(2026, 3, 10), date(2026, 3, 10), ZoneInfo(name))
        (line,) = lines(school.actor("learner"), span)
        assert line.days(span.zone) == [date(2026, 3, 10), date(2026, 3, 11)]
        early = Span(date(2026, 3, 9), date(2026, 3, 9), ZoneInfo(name))
        assert lines(school.actor("learner"), early) == []


def test_kinds_are_chosen(school: School) -> None:
    make_quiz(school, opens_at=NOW, due_at=NOW + DAY)
    assert told(school, "learner", kinds=[EntryKind.DUE]) == [("due", 11)]


def test_a_preview_shows_what_learners_see(school: School) -> None:
    make_quiz(school, due_at=NOW, published=False)
    assert told(school, "instructor") == [("due", 10)]
    assert lines(school.actor("instructor").previewing(school.course.pk)) == []


def test_more_of_everything_costs_no_more_queries(school: School) -> None:
    actor = school.actor("learner")
    Gradebook.objects.create(course=school.course, periods=[])

    def add() -> None:
        make_quiz(school, opens_at=NOW, due_at=NOW + DAY)
        make_assignment(school, due_at=NOW + DAY)
        plan(school)
        plan(school, course=None, who="learner")

    add()
    assert_constant_queries(lambda: lines(actor), add)
