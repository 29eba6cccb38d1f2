"""Folding events: exact sums, exactly once, the same as counting from zero."""

import random
import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections, transaction

from accounts.models import User
from analytics.models import (
    CourseHour,
    CourseTotals,
    CourseWeek,
    DailyActivity,
    FoldState,
    LearnerFeature,
)
from analytics.services.fold import STATE, fold, rebuild
from analytics.tests.factories import (
    completed,
    drain,
    graded,
    make_learner,
    started,
    submitted,
    tell,
    viewed,
)
from assessments.tests.factories import make_course, make_school
from courses.events import CoursePublished, LessonViewed
from lms.kernel import actors, clock
from lms.kernel.errors import Denied
from lms.kernel.events import publish
from lms.kernel.models import EventRecord

pytestmark = pytest.mark.django_db(transaction=True)

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
ADMIN = actors.system("test")


def rows(model: Any) -> list[dict[str, Any]]:
    """Everything a table says, keys aside."""
    values = model.objects.values()
    return sorted(({k: v for k, v in r.items() if k != "id"} for r in values), key=str)


def roll_ups() -> list[list[dict[str, Any]]]:
    return [rows(DailyActivity), rows(LearnerFeature), rows(CourseWeek), rows(CourseHour)]


def test_fold_adds_up_a_day_a_person_and_a_week() -> None:
    school = make_school()
    course, learner = school.course, school.learner
    viewed(course, learner, 60, at=MONDAY)
    viewed(course, learner, 40, at=MONDAY + timedelta(hours=1))
    completed(course, learner, at=MONDAY + timedelta(days=1))
    started(course, learner, at=MONDAY + timedelta(days=1))
    submitted(course, learner, at=MONDAY + timedelta(days=1, hours=1))
    graded(course, learner, None, "3", at=MONDAY + timedelta(days=9))
    viewed(course, school.classmate, 10, at=MONDAY + timedelta(days=6))
    viewed(course, learner, 5, at=MONDAY + timedelta(days=7))
    drain()
    own = {"course_id": course.pk, "user_id": learner.pk}
    day = DailyActivity.objects.filter(user=learner).order_by("day").values()
    assert [(d["day"], d["seconds"], d["events"]) for d in day] == [
        (date(2026, 3, 2), 100, 2),
        (date(2026, 3, 3), 0, 3),
        (date(2026, 3, 9), 5, 1),
    ]
    feature = LearnerFeature.objects.get(**own)
    assert (feature.seconds, feature.active_days, feature.lessons_completed) == (105, 3, 1)
    assert (feature.attempts_started, feature.attempts_submitted) == (1, 1)
    assert (feature.score_sum, feature.scored) == (Decimal("0.75"), 1)
    assert feature.last_seen == MONDAY + timedelta(days=7)
    weeks = CourseWeek.objects.order_by("week").values_list(
        "week", "people", "seconds", "lessons_completed", "attempts"
    )
    assert list(weeks) == [(date(2026, 3, 2), 2, 110, 1, 1), (date(2026, 3, 9), 1, 5, 0, 0)]
    assert CourseTotals.objects.get(course=course).stale


def test_fold_reads_each_event_once() -> None:
    school = make_school()
    viewed(school.course, school.learner, 60)
    drain()
    before = roll_ups()
    assert fold() == 0
    assert roll_ups() == before
    viewed(school.course, school.learner, 1)
    drain()
    assert LearnerFeature.objects.get().seconds == 61


def test_fold_follows_a_changed_grade() -> None:
    school = make_school()
    graded(school.course, school.learner, None, "1")
    graded(school.course, school.learner, "1", "4")
    drain()
    feature = LearnerFeature.objects.get()
    assert (feature.score_sum, feature.scored, feature.active_days) == (Decimal(1), 1, 0)
    assert not DailyActivity.objects.exists()


def test_fold_passes_events_that_tell_of_nobody() -> None:
    school = make_school()
    tell(CoursePublished(course_id=school.course.pk))
    tell(LessonViewed(course_id=None, lesson_id=1, learner_id=school.learner.pk, seconds=9))
    tell(LessonViewed(course_id=10**9, lesson_id=1, learner_id=school.learner.pk, seconds=9))
    tell(LessonViewed(course_id=school.course.pk, lesson_id=1, learner_id=10**9, seconds=9))
    drain()
    assert not LearnerFeature.objects.exists()
    assert FoldState.objects.get(name=STATE).event_id == EventRecord.objects.latest("id").pk


def some_history(seed: int) -> None:
    """A few weeks of several people in two courses, told out of order of time."""
    draw = random.Random(seed)
    school = make_school()
    courses = [school.course, make_course(school.instructor)]
    people: list[User] = [make_learner(courses[0]) for _ in range(4)]
    grades: dict[tuple[int, int], str] = {}
    for _ in range(90):
        course, person = draw.choice(courses), draw.choice(people)
        at = MONDAY + timedelta(minutes=draw.randrange(40_000))
        act = draw.randrange(5)
        if act == 0:
            completed(course, person, at=at)
        elif act == 1:
            started(course, person, at=at)
        elif act == 2:
            submitted(course, person, at=at, by_clock=draw.random() < 0.3)
        elif act == 3:
            after = str(draw.randrange(5))
            graded(course, person, grades.get((course.pk, person.pk)), after, at=at)
            grades[course.pk, person.pk] = after
        else:
            viewed(course, person, draw.randrange(300), at=at)


@pytest.mark.parametrize("seed", [1, 2])
def test_rebuild_equals_the_increments(seed: int) -> None:
    some_history(seed)
    draw = random.Random(seed)
    for _ in range(30):
        fold(limit=draw.randrange(1, 9))
    drain()
    folded = roll_ups()
    assert len(folded[0]) > 20
    assert rebuild(actor=ADMIN) == EventRecord.objects.count()
    assert roll_ups() == folded
    assert fold() == 0


def test_rebuild_leaves_out_who_was_erased() -> None:  # V7
    school = make_school()
    viewed(school.course, school.learner, 60)
    viewed(school.course, school.classmate, 7)
    drain()
    User.objects.filter(pk=school.learner.pk).update(erased_at=clock.now())
    rebuild(actor=ADMIN)
    assert list(LearnerFeature.objects.values_list("user", "seconds")) == [(school.classmate.pk, 7)]
    assert CourseWeek.objects.get().people == 1


def test_rebuild_is_for_administrators() -> None:
    school = make_school()
    viewed(school.course, school.learner, 60)
    drain()
    before = roll_ups()
    for name in ("anonymous", "learner", "instructor"):
        with pytest.raises(Denied):
            rebuild(actor=school.actor(name))
    assert roll_ups() == before
    assert rebuild(actor=school.actor("admin")) == 1


needs_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time"
)


@needs_postgresql
def test_fold_does_not_pass_an_event_that_commits_late() -> None:
    school = make_school()
    course, late, early = school.course, school.learner, school.classmate
    wrote, go_on = threading.Event(), threading.Event()

    def slow_writer() -> None:
        try:
            with transaction.atomic():
                publish(
                    LessonViewed(course_id=course.pk, lesson_id=1, learner_id=late.pk, seconds=11),
                    actor=ADMIN,
                )
                wrote.set()
                assert go_on.wait(20)
        finally:
            connections.close_all()

    thread = threading.Thread(target=slow_writer)
    thread.start()
    assert wrote.wait(20)
    last = viewed(course, early, 22)
    fold()
    assert not LearnerFeature.objects.filter(seconds=22).exists()
    go_on.set()
    thread.join()
    drain()
    assert set(LearnerFeature.objects.values_list("user", "seconds")) == {
        (late.pk, 11),
        (early.pk, 22),
    }
    assert FoldState.objects.get(name=STATE).event_id == last


@needs_postgresql
def test_fold_reads_on_after_a_restore_into_another_server() -> None:
    school = make_school()
    course, learner = school.course, school.learner
    viewed(course, learner, 1)
    viewed(course, learner, 2)
    drain()
    viewed(course, learner, 4)
    # As a restored copy looks: all rows bear transaction ids that this server has not reached.
    EventRecord.objects.update(transaction_id=10**12)
    FoldState.objects.update(transaction_id=10**12)
    viewed(course, learner, 8)
    drain()
    assert LearnerFeature.objects.get().seconds == 15
    viewed(course, learner, 16)
    drain()
    assert LearnerFeature.objects.get().seconds == 31
    rebuild(actor=ADMIN)
    drain()
    assert LearnerFeature.objects.get().seconds == 31


@needs_postgresql
def test_fold_twice_at_once_counts_once() -> None:
    school = make_school()
    for _ in range(40):
        viewed(school.course, school.learner, 1)

    def run() -> None:
        try:
            drain()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert LearnerFeature.objects.get().seconds == 40
