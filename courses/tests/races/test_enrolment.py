"""Many at once: places, counters, publishing beside progress."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import connection

from courses.enums import CourseRole, EnrolmentState
from courses.models import Course, Enrolment, LessonProgress, LessonVersion
from courses.services.enrolment import change_role, enrol_learner, leave_course, remove_member
from courses.services.invitation import accept_invitation, invite_people, token_of
from courses.services.lesson import publish_lesson, save_draft
from courses.services.progress import complete_lesson, record_progress
from courses.tests.factories import (
    SYSTEM,
    CourseFactory,
    EnrolmentFactory,
    LessonFactory,
    actor_for,
    person,
)
from lms.kernel.errors import KernelError
from lms.kernel.testing import events_of

pytestmark = pytest.mark.django_db(transaction=True)


def _all_at_once(acts: list[Callable[[], object]]) -> list[object]:
    """Run every act in a thread of its own from one moment on; results, or codes of errors."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        start.wait(timeout=30)
        try:
            return act()
        except KernelError as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def _learners(course: Course) -> int:
    return Enrolment.objects.filter(
        course=course, role=CourseRole.LEARNER, state=EnrolmentState.ACTIVE
    ).count()


def test_the_last_places_are_given_once() -> None:
    course = CourseFactory(capacity=3)
    actors = [actor_for(person()) for _ in range(10)]

    def enrol(number: int) -> Callable[[], object]:
        return lambda: enrol_learner(actor=actors[number], course=course).state

    found = Counter(map(str, _all_at_once([enrol(n) for n in range(10)])))
    course.refresh_from_db()
    assert found == {"active": 3, "course_full": 7}
    assert (course.learner_count, _learners(course)) == (3, 3)
    assert len(events_of("courses.learner_enrolled")) == 3


def test_enrolling_ten_times_at_once_makes_one_row() -> None:
    course, actor = CourseFactory(), actor_for(person())
    found = _all_at_once([lambda: enrol_learner(actor=actor, course=course).pk] * 10)
    course.refresh_from_db()
    assert len(set(found)) == 1
    assert (course.learner_count, _learners(course)) == (1, 1)


def test_an_invitation_lets_one_account_in() -> None:
    from courses.models import Invitation
    from courses.services.invitation import Invitee

    course = CourseFactory()
    invite_people(actor=SYSTEM, course=course, people=[Invitee(email="a@example.org")])
    token = token_of(Invitation.objects.get())
    actors = [actor_for(person()) for _ in range(6)]

    def accept(number: int) -> Callable[[], object]:
        return lambda: str(accept_invitation(actor=actors[number], token=token).state)

    found = Counter(_all_at_once([accept(n) for n in range(6)]))
    assert found == {"active": 1, "not_found": 5}


def test_the_counter_follows_a_crowd_that_comes_and_goes() -> None:
    course = CourseFactory()
    staying = [EnrolmentFactory(course=course) for _ in range(3)]
    leaving = [EnrolmentFactory(course=course) for _ in range(3)]
    manager = actor_for(course.created_by)
    acts: list[Callable[[], object]] = []
    for row in leaving:
        acts.append(partial(leave_course, actor=actor_for(row.user), course=course))
        acts.append(partial(remove_member, actor=manager, enrolment=row))
    acts.extend(
        partial(change_role, actor=manager, enrolment=row, role=CourseRole.OBSERVER)
        for row in staying
    )
    _all_at_once(acts)
    course.refresh_from_db()
    assert (course.learner_count, _learners(course)) == (0, 0)


def test_two_instructors_cannot_both_go() -> None:
    course = CourseFactory()
    second = EnrolmentFactory(course=course, role=CourseRole.INSTRUCTOR).user
    actors = [actor_for(course.created_by), actor_for(second)]

    def leave(number: int) -> Callable[[], object]:
        return lambda: str(leave_course(actor=actors[number], course=course).state)

    found = Counter(_all_at_once([leave(0), leave(1)]))
    assert found == {"left": 1, "last_instructor": 1}


def test_publishing_and_learning_do_not_wait_for_each_other() -> None:
    course = CourseFactory()
    lessons = [LessonFactory(course=course) for _ in range(3)]
    rows = [EnrolmentFactory(course=course) for _ in range(4)]
    manager = actor_for(course.created_by)

    def republish() -> object:
        for lesson in lessons:
            save_draft(actor=manager, lesson=lesson, markdown="Changed.")
            publish_lesson(actor=manager, lesson=lesson)
        return "published"

    def learn(row: Enrolment) -> Callable[[], object]:
        def act() -> object:
            for lesson in lessons:
                record_progress(actor=actor_for(row.user), lesson=lesson, seconds=1)
                complete_lesson(actor=actor_for(row.user), lesson=lesson)
            return "learned"

        return act

    found = Counter(map(str, _all_at_once([republish, *map(learn, rows)])))
    assert found == {"published": 1, "learned": 4}
    assert LessonProgress.objects.count() == 12
    assert set(Enrolment.objects.filter(role="learner").values_list("completion", flat=True)) == {
        1.0
    }
    assert len(events_of("courses.course_completed")) == 4


def test_two_editors_make_one_draft() -> None:
    lesson = LessonFactory(text=None, published=False)
    manager = actor_for(lesson.course.created_by)

    def save(number: int) -> Callable[[], object]:
        return lambda: save_draft(actor=manager, lesson=lesson, markdown=f"Text {number}.").number

    assert _all_at_once([save(n) for n in range(5)]) == [1] * 5
    assert LessonVersion.objects.count() == 1
    lesson.refresh_from_db()
    assert lesson.version == 6
