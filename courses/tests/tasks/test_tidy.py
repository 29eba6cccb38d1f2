"""Nightly work: counters that agree, invitations that are forgotten."""

from datetime import timedelta

import pytest

from accounts.events import PersonErased
from courses.enums import InvitationState
from courses.models import Course, Enrolment, Invitation
from courses.services.invitation import Invitee, invite_people
from courses.services.progress import complete_lesson
from courses.services.reconcile import reconcile
from courses.subscribers import recount_after_erasure
from courses.tasks import tidy
from courses.tests.factories import (
    SYSTEM,
    CourseFactory,
    EnrolmentFactory,
    LessonFactory,
    actor_for,
)
from lms.kernel import clock

pytestmark = pytest.mark.django_db


def test_services_leave_nothing_to_set_right() -> None:  # D6
    course = CourseFactory()
    lesson = LessonFactory(course=course)
    LessonFactory(course=course, published=False)
    complete_lesson(actor=actor_for(EnrolmentFactory(course=course).user), lesson=lesson)
    assert reconcile() == 0


@pytest.mark.parametrize("field", ["learner_count", "lesson_count", "minutes"])
def test_a_wrong_counter_of_a_course_is_set_right(field: str) -> None:  # D6
    course = CourseFactory()
    LessonFactory(course=course)
    EnrolmentFactory(course=course)
    course.refresh_from_db()
    before = getattr(course, field)
    Course.objects.filter(pk=course.pk).update(**{field: 77})
    assert (reconcile(), reconcile()) == (1, 0)
    course.refresh_from_db()
    assert getattr(course, field) == before


def test_a_wrong_counter_of_an_enrolment_is_set_right() -> None:  # D6
    row = EnrolmentFactory()
    LessonFactory(course=row.course)
    Enrolment.objects.filter(pk=row.pk).update(completed_lessons=1, completion=1.0)
    assert (reconcile(), reconcile()) == (1, 0)
    row.refresh_from_db()
    assert (row.completed_lessons, row.completion) == (0, 0.0)


def test_an_erased_person_leaves_the_counter() -> None:  # V2
    row = EnrolmentFactory()
    Enrolment.objects.filter(pk=row.pk).delete()
    recount_after_erasure(PersonErased(person_id=row.user_id), 0)
    assert Course.objects.get(pk=row.course_id).learner_count == 0


def test_old_invitations_are_forgotten(caplog: pytest.LogCaptureFixture) -> None:  # V3
    people = [Invitee(email=f"{name}@b.co") for name in "abc"]
    invite_people(actor=SYSTEM, course=CourseFactory(), people=people)
    Invitation.objects.filter(email="a@b.co").update(state=InvitationState.ACCEPTED)
    Invitation.objects.filter(email="b@b.co").update(expires_at=clock.now() + timedelta(days=900))
    with clock.travel(clock.now() + timedelta(days=80)):
        tidy()
    assert Invitation.objects.count() == 3
    with clock.travel(clock.now() + timedelta(days=110)):
        tidy()
    assert [row.email for row in Invitation.objects.all()] == ["b@b.co"]
    assert caplog.records == []
    Course.objects.update(learner_count=5)
    tidy()
    assert "counters of 1 courses" in caplog.text
