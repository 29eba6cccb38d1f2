"""Every rule of the app: predicate and rows agree for every actor and every state (Z1)."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Model

from courses.enums import CourseRole, EnrolmentState
from courses.models import Attachment, Course, Enrolment, Lesson, Section
from courses.rules import VIEW_COURSE
from courses.tests.factories import (
    CourseFactory,
    EnrolmentFactory,
    LessonFactory,
    SectionFactory,
    people_around,
)
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound
from lms.kernel.rules import Rule, all_rules, fetch
from lms.kernel.testing import assert_rule_agrees

pytestmark = pytest.mark.django_db

RULES = [rule for rule in all_rules() if rule.name.startswith("courses.")]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Actor]]:
    """Built once for all rules; what a test adds is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield _world()
        transaction.set_rollback(True)


def _world() -> dict[str, Actor]:
    """Courses in every state with the same people in each, and lessons in every state."""
    first = CourseFactory()
    actors = people_around(first)
    states = [
        first,
        CourseFactory(draft=True),
        CourseFactory(archived=True),
        CourseFactory(deleted=True),
        CourseFactory(draft=True, deleted=True),
    ]
    for course in states[1:]:
        for name in ("learner", "observer", "assistant", "instructor"):
            EnrolmentFactory(course=course, user_id=actors[name].user_id, user=None, role=name)
    for course in states:
        gone = SectionFactory(course=course, deleted_at=clock.now())
        for options in (
            {},
            {"published": False},
            {"free_preview": True},
            {"deleted_at": clock.now(), "free_preview": True},
            {"section": gone, "free_preview": True},
        ):
            lesson = LessonFactory(course=course, **options)
            Attachment.objects.create(
                course=course, lesson=lesson, file="a", name="a", content_type="a/b", size=1
            )
        Attachment.objects.create(course=course, file="a", name="a", content_type="a/b", size=1)
    return actors


def _invitations() -> list[Model]:
    from courses.models import Invitation

    return [
        Invitation.objects.create(
            course=course,
            email=f"a{course.pk}@example.org",
            token_digest=str(course.pk),
            expires_at=clock.now() + timedelta(days=1),
        )
        for course in Course.objects.all()
    ]


def _groups() -> list[Model]:
    from courses.models import LearnerGroup, LearnerGroupMember

    made: list[Model] = []
    for course in Course.objects.all():
        group = LearnerGroup.objects.create(course=course, name="Row")
        for row in Enrolment.objects.filter(course=course):
            LearnerGroupMember.objects.create(group=group, learner_id=row.user_id)
        made += [group, LearnerGroup.objects.create(course=course, name="Empty row")]
    return made


OBJECTS: dict[str, Callable[[], list[Model]]] = {
    "course": lambda: list(Course.objects.all()),
    "lesson": lambda: list(Lesson.objects.all()),
    "section": lambda: list(Section.objects.all()),
    "enrolment": lambda: list(Enrolment.objects.all()),
    "attachment": lambda: list(Attachment.objects.all()),
    "invitation": _invitations,
    "group": _groups,
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_rule_predicate_agrees_with_its_rows(  # Z1
    rule: Rule[Model], world: dict[str, Actor]
) -> None:
    # The system passes by `is_admin`; nobody ever asks for its rows in a preview.
    things = OBJECTS[rule.name.split(".")[1]]()
    assert_rule_agrees(rule, world, things)


@pytest.mark.parametrize("key", ["slug", "public_id", "pk"])
def test_fetch_gives_whole_courses_to_those_whose_rows_they_are(  # Z1
    key: str, world: dict[str, Actor]
) -> None:
    for actor in world.values():
        seen = set(VIEW_COURSE.rows(actor).values_list("pk", flat=True))
        for course in Course.objects.all():
            lookup = {key: getattr(course, key)}
            if course.pk not in seen:
                with pytest.raises(NotFound):
                    fetch(actor, VIEW_COURSE, **lookup)
                continue
            found = fetch(actor, VIEW_COURSE, **lookup)
            assert not found.get_deferred_fields()
            for field in Course._meta.concrete_fields:
                assert getattr(found, field.attname) == getattr(course, field.attname)


def test_every_role_and_state_is_in_the_world(world: dict[str, Actor]) -> None:
    assert {row.role for row in Enrolment.objects.all()} == set(CourseRole.values)
    assert EnrolmentState.LEFT in {row.state for row in Enrolment.objects.all()}
