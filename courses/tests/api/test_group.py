"""Groups of learners through the API."""

from collections.abc import Callable
from typing import Any

import pytest

from courses.api.group import GroupInputSerializer, NewGroupSerializer
from courses.models import LearnerGroup
from courses.services.group import create_group
from courses.tests.factories import CourseFactory, EnrolmentFactory, actor_for
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db
Ask = Callable[..., Any]


def test_inputs_take_no_field_of_the_server() -> None:  # Z4
    assert sorted(GroupInputSerializer().fields) == ["learners", "name"]
    assert sorted(NewGroupSerializer().fields) == ["course", "learners", "name"]


def test_a_group_is_made_read_changed_and_deleted(ask: Ask) -> None:
    course = CourseFactory()
    teacher, learner = course.created_by, EnrolmentFactory(course=course).user
    body = {"course": course.public_id, "name": "Row", "learners": [learner.public_id]}
    made = ask(teacher, "post", "groups/", body)
    assert made.status_code == 201
    shown = made.json()
    people = [{"id": learner.public_id, "name": learner.display_name}]
    assert (shown["name"], shown["learners"], shown["version"]) == ("Row", people, 1)
    path = f"groups/{shown['id']}/"
    assert ask(learner, "get", path).json()["learners"] == people
    changed = ask(teacher, "patch", path, {"learners": []})
    assert (changed.json()["name"], changed.json()["learners"]) == ("Row", [])
    assert ask(learner, "get", path).status_code == 404
    assert ask(teacher, "delete", path).status_code == 204
    assert not LearnerGroup.objects.exists()


def test_strangers_are_refused_by_name_of_the_field(ask: Ask) -> None:
    course, stranger = CourseFactory(), EnrolmentFactory().user
    body = {"course": course.public_id, "name": "Row", "learners": [stranger.public_id]}
    answer = ask(course.created_by, "post", "groups/", body)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["learners"]


def test_the_list_asks_no_more_for_more(ask: Ask) -> None:
    course = CourseFactory()
    actor = actor_for(course.created_by)

    def add() -> None:
        create_group(actor=actor, course=course, name=f"Row {LearnerGroup.objects.count()}")

    add()
    path = f"groups/?course={course.public_id}"
    assert_constant_queries(lambda: ask(course.created_by, "get", path), add)
