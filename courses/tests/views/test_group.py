"""Pages of groups of learners."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from courses.models import Course, LearnerGroup
from courses.queries.group import members
from courses.services.group import create_group
from courses.tests.factories import EnrolmentFactory, actor_for, person
from lms.kernel.testing.queries import assert_constant_queries

pytestmark = pytest.mark.django_db
Browser = Callable[[User], Client]


def test_a_group_is_made_changed_and_deleted(teacher: Client, course: Course) -> None:
    mira = EnrolmentFactory(course=course, user=person(name="Mira Stone")).user
    base = f"/teach/{course.slug}/people/groups/"
    empty = teacher.get(base).content.decode()
    assert "No groups yet" in empty
    sent = teacher.post(f"{base}new/", {"name": "First row", "learner": [mira.public_id]})
    assert sent["Location"] == base
    group = LearnerGroup.objects.get()
    assert "Mira Stone" in teacher.get(base).content.decode()
    form = teacher.get(f"{base}{group.public_id}/").content.decode()
    assert f'value="{mira.public_id}" checked' in form
    teacher.post(f"{base}{group.public_id}/", {"name": "Last row", "version": "1"})
    group.refresh_from_db()
    assert (group.name, list(members(group))) == ("Last row", [])
    teacher.post(f"{base}{group.public_id}/delete/")
    assert not LearnerGroup.objects.exists()


def test_a_refused_form_keeps_what_was_chosen(teacher: Client, course: Course) -> None:
    mira = EnrolmentFactory(course=course).user
    answer = teacher.post(
        f"/teach/{course.slug}/people/groups/new/", {"name": "", "learner": [mira.public_id]}
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "This field is required." in page
    assert f'value="{mira.public_id}" checked' in page


def test_everybody_is_dealt_out(teacher: Client, course: Course) -> None:
    for _number in range(3):
        EnrolmentFactory(course=course)
    base = f"/teach/{course.slug}/people/groups/"
    refused = teacher.post(f"{base}deal/", {"count": "99", "title": "Table"})
    assert refused.status_code == 400
    assert "Give a number of groups" in refused.content.decode()
    assert teacher.post(f"{base}deal/", {"count": "2", "title": "Table"}).status_code == 302
    assert [group.name for group in LearnerGroup.objects.all()] == ["Table 1", "Table 2"]


def test_more_groups_ask_no_more_queries(teacher: Client, course: Course) -> None:
    actor = actor_for(course.created_by)

    def add() -> None:
        create_group(actor=actor, course=course, name=f"Row {LearnerGroup.objects.count()}")

    add()
    assert_constant_queries(lambda: teacher.get(f"/teach/{course.slug}/people/groups/"), add)
