"""Courses in the admin."""

import pytest
from django.test import Client

from courses.models import Course, Enrolment
from courses.tests.factories import CourseFactory, EnrolmentFactory, person
from lms.kernel.testing import events_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_site() -> Client:
    """The admin as an administrator."""
    client = Client()
    client.force_login(person(admin=True))
    return client


@pytest.mark.parametrize("path", ["course/", "enrolment/", "lesson/", "invitation/"])
def test_lists_open(admin_site: Client, path: str) -> None:
    EnrolmentFactory()
    assert admin_site.get(f"/admin/courses/{path}?q=x").status_code == 200


def test_actions_go_through_services(admin_site: Client) -> None:
    course = CourseFactory(draft=True)
    for action, state in (("publish", "published"), ("archive", "archived")):
        body = {"action": action, "_selected_action": [course.pk]}
        assert admin_site.post("/admin/courses/course/", body).status_code == 302
        assert Course.objects.get().state == state
    for action, deleted in (("delete_softly", True), ("restore", False)):
        body = {"action": action, "_selected_action": [course.pk]}
        admin_site.post("/admin/courses/course/", body)
        assert (Course.objects.get().deleted_at is not None) is deleted
    assert len(events_of("courses.course_published")) == 1


def test_members_are_removed_but_not_the_last_instructor(admin_site: Client) -> None:
    row = EnrolmentFactory()
    ids = list(Enrolment.objects.values_list("pk", flat=True))
    body = {"action": "remove", "_selected_action": ids}
    page = admin_site.post("/admin/courses/enrolment/", body, follow=True)
    row.refresh_from_db()
    assert row.state == "removed"
    assert Enrolment.objects.get(role="instructor").state == "active"
    assert "needs an instructor" in page.content.decode()


def test_nothing_is_edited_by_hand(admin_site: Client) -> None:
    course = CourseFactory()
    assert admin_site.get(f"/admin/courses/course/{course.pk}/change/").status_code == 200
    admin_site.post(f"/admin/courses/course/{course.pk}/change/", {"title": "x"})
    assert Course.objects.get().title == course.title
    assert admin_site.get("/admin/courses/course/add/").status_code == 403
