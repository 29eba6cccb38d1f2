"""Within a request a role is asked once, and again after every write of an enrolment."""

from collections.abc import Callable

import pytest

from courses.enums import CourseRole, EnrolmentState
from courses.models import Course, Enrolment
from courses.models.roles import remembering_roles
from courses.rules import role_in
from courses.tests.factories import CourseFactory, EnrolmentFactory
from lms.kernel.actors import Actor, for_user
from lms.kernel.testing import count_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def course() -> Course:
    return CourseFactory()


@pytest.fixture
def mine(course: Course) -> Enrolment:
    return EnrolmentFactory(course=course)


@pytest.fixture
def actor(mine: Enrolment) -> Actor:
    return for_user(mine.user)


def test_a_role_is_asked_once_per_request(actor: Actor, course: Course) -> None:
    def ask() -> None:
        for _time in range(5):
            assert role_in(actor, course.pk) == CourseRole.LEARNER

    assert count_queries(ask) == 5
    with remembering_roles():
        assert count_queries(ask) == 1


def _saved(mine: Enrolment) -> None:
    mine.role = CourseRole.ASSISTANT
    mine.save(update_fields=["role"])


def _updated(mine: Enrolment) -> None:
    Enrolment.objects.filter(pk=mine.pk).update(role=CourseRole.ASSISTANT)


def _updated_in_bulk(mine: Enrolment) -> None:
    mine.role = CourseRole.ASSISTANT
    Enrolment.objects.bulk_update([mine], ["role"])


def _left(mine: Enrolment) -> None:
    mine.course.enrolments.filter(pk=mine.pk).update(state=EnrolmentState.LEFT)


def _deleted(mine: Enrolment) -> None:
    Enrolment.objects.filter(pk=mine.pk).delete()


@pytest.mark.parametrize(
    ("write", "role"),
    [
        (_saved, CourseRole.ASSISTANT),
        (_updated, CourseRole.ASSISTANT),
        (_updated_in_bulk, CourseRole.ASSISTANT),
        (_left, None),
        (_deleted, None),
    ],
)
def test_writing_an_enrolment_is_seen_at_once(
    actor: Actor,
    course: Course,
    mine: Enrolment,
    write: Callable[[Enrolment], None],
    role: CourseRole | None,
) -> None:
    with remembering_roles():
        assert role_in(actor, course.pk) == CourseRole.LEARNER
        write(mine)
        assert role_in(actor, course.pk) == role


def test_somebody_new_is_seen_at_once(course: Course) -> None:
    stranger = EnrolmentFactory().user
    actor = for_user(stranger)
    with remembering_roles():
        assert role_in(actor, course.pk) is None
        Enrolment.objects.bulk_create([Enrolment(user=stranger, course=course)])
        assert role_in(actor, course.pk) == CourseRole.LEARNER


def test_nothing_outlives_a_request_that_fails(actor: Actor, course: Course) -> None:
    def fail() -> None:
        with remembering_roles():
            role_in(actor, course.pk)
            raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        fail()
    assert count_queries(lambda: role_in(actor, course.pk)) == 1
