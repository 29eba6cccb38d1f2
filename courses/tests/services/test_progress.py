"""Time, completion and the counters that lists read."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courses.enums import CourseRole, EnrolmentState, LessonKind, ProgressState
from courses.models import Course, Enrolment, LessonProgress
from courses.services.enrolment import add_member, leave_course
from courses.services.lesson import hide_lesson, publish_lesson
from courses.services.outline import delete_lesson, delete_section, restore_lesson, restore_section
from courses.services.progress import (
    MAX_STEP_SECONDS,
    complete_for_learner,
    complete_lesson,
    open_lesson,
    record_progress,
)
from courses.tests.factories import (
    SYSTEM,
    CourseFactory,
    EnrolmentFactory,
    LessonFactory,
    actor_for,
    person,
)
from lms.kernel import actors, clock
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound, SignInRequired
from lms.kernel.testing import events_of

pytestmark = pytest.mark.django_db


@given(
    st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 5000), st.integers(0, 1)), max_size=8)
)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_seconds_never_pass_the_wall_clock(pings: list[tuple[int, int, int]]) -> None:
    course = CourseFactory()
    lessons = [LessonFactory(course=course), LessonFactory(course=course)]
    start = now = clock.now()
    row = EnrolmentFactory(course=course, created_at=start)
    for passed, claimed, tab in pings:
        now += timedelta(seconds=passed)
        with clock.travel(now):
            record_progress(actor=actor_for(row.user), lesson=lessons[tab], seconds=claimed)
    row.refresh_from_db()
    assert row.seconds <= (now - start).total_seconds()
    assert row.seconds == sum(p.seconds for p in LessonProgress.objects.filter(enrolment=row))
    Course.objects.filter(pk=course.pk).update(title="done")


def test_a_long_silence_counts_for_one_step() -> None:
    start = clock.now()
    row = EnrolmentFactory(created_at=start)
    lesson = LessonFactory(course=row.course)
    with clock.travel(start + timedelta(days=2)):
        found = record_progress(actor=actor_for(row.user), lesson=lesson, seconds=10_000)
    assert found.seconds == MAX_STEP_SECONDS


def test_opening_a_lesson_starts_its_clock_and_is_where_to_resume() -> None:
    row = EnrolmentFactory()
    lesson = LessonFactory(course=row.course)
    start = clock.now() + timedelta(hours=1)
    with clock.travel(start):
        open_lesson(actor=actor_for(row.user), lesson=lesson)
        open_lesson(actor=actor_for(row.user), lesson=lesson)
    with clock.travel(start + timedelta(seconds=7)):
        found = record_progress(actor=actor_for(row.user), lesson=lesson, seconds=60)
    row.refresh_from_db()
    assert found.seconds == 7
    assert row.resume_lesson == lesson
    assert row.last_active_at == start + timedelta(seconds=7)
    assert [event["seconds"] for event in events_of("courses.lesson_viewed")] == [0, 7]


def test_completing_is_told_once() -> None:
    row = EnrolmentFactory()
    lesson = LessonFactory(course=row.course)
    actor = actor_for(row.user)
    first = complete_lesson(actor=actor, lesson=lesson)
    assert complete_lesson(actor=actor, lesson=lesson).completed_at == first.completed_at
    assert len(events_of("courses.lesson_completed")) == 1
    assert len(events_of("courses.course_completed")) == 1


def test_a_quiz_is_completed_by_its_attempt_alone() -> None:
    row = EnrolmentFactory()
    lesson = LessonFactory(course=row.course, kind=LessonKind.QUIZ, text=None)
    actor = actor_for(row.user)
    with pytest.raises(Conflict) as caught:
        complete_lesson(actor=actor, lesson=lesson)
    assert caught.value.code == "quiz_decides"
    done = complete_for_learner(actor=actor, lesson=lesson, learner=row.user)
    assert done is not None
    assert done.state == ProgressState.COMPLETED
    assert complete_for_learner(actor=SYSTEM, lesson=lesson, learner=person()) is None
    with pytest.raises(Denied):
        complete_for_learner(actor=actor, lesson=lesson, learner=person())


def test_progress_is_refused_to_everybody_else() -> None:
    course = CourseFactory()
    lesson, hidden = LessonFactory(course=course), LessonFactory(course=course, published=False)
    learner = EnrolmentFactory(course=course).user
    left = EnrolmentFactory(course=course, state=EnrolmentState.LEFT).user
    observer = EnrolmentFactory(course=course, role=CourseRole.OBSERVER).user
    cases = [
        (actors.ANONYMOUS, lesson, SignInRequired),
        (actor_for(left), lesson, NotFound),
        (actor_for(observer), lesson, Denied),
        (actor_for(course.created_by), lesson, Denied),
        (actor_for(course.created_by).previewing(course.pk), lesson, Denied),
        (actors.for_token(learner, frozenset({"read"})), lesson, Denied),
        (actor_for(learner), hidden, NotFound),
    ]
    for actor, item, refusal in cases:
        with pytest.raises(refusal):
            record_progress(actor=actor, lesson=item, seconds=1)
    assert LessonProgress.objects.count() == 0


@pytest.mark.parametrize(("seconds", "position"), [(-1, 0), (10**7, 0), (0, -1), (0, 10**7)])
def test_progress_names_the_number_it_refuses(seconds: int, position: int) -> None:
    row = EnrolmentFactory()
    lesson = LessonFactory(course=row.course)
    with pytest.raises(Invalid):
        record_progress(
            actor=actor_for(row.user), lesson=lesson, seconds=seconds, position=position
        )


def test_counters_follow_every_change_of_the_outline() -> None:
    course = CourseFactory()
    manager = actor_for(course.created_by)
    one = LessonFactory(course=course, minutes=10)
    two = LessonFactory(course=course, minutes=20)
    row = EnrolmentFactory(course=course)
    complete_lesson(actor=actor_for(row.user), lesson=one)

    def state() -> tuple[int, int, int, float]:
        course.refresh_from_db()
        row.refresh_from_db()
        return course.lesson_count, course.minutes, row.completed_lessons, row.completion

    assert state() == (2, 30, 1, 0.5)
    delete_lesson(actor=manager, lesson=one)
    assert state() == (1, 20, 0, 0.0)
    restore_lesson(actor=manager, lesson=one)
    assert state() == (2, 30, 1, 0.5)
    hide_lesson(actor=manager, lesson=two)
    assert state() == (1, 10, 1, 1.0)
    assert row.completed_at is not None
    assert len(events_of("courses.course_completed")) == 1
    publish_lesson(actor=manager, lesson=two)
    assert state() == (2, 30, 1, 0.5)
    delete_section(actor=manager, section=one.section)
    assert state() == (0, 0, 0, 0.0)
    restore_section(actor=manager, section=one.section)
    assert state() == (2, 30, 1, 0.5)
    assert len(events_of("courses.course_completed")) == 1
    assert Enrolment.objects.get(pk=row.pk).completed_at is not None


def test_who_comes_back_to_nothing_left_has_finished() -> None:
    course = CourseFactory()
    manager, learner = actor_for(course.created_by), person()
    one, two = LessonFactory(course=course), LessonFactory(course=course)
    row = EnrolmentFactory(course=course, user=learner)
    complete_lesson(actor=actor_for(learner), lesson=one)
    leave_course(actor=actor_for(learner), course=course)
    hide_lesson(actor=manager, lesson=two)
    assert not events_of("courses.course_completed")
    add_member(actor=manager, course=course, user=learner)
    row.refresh_from_db()
    assert (row.completion, row.completed_at is not None) == (1.0, True)
    assert len(events_of("courses.course_completed")) == 1
