"""One's own progress through the API: figures of oneself, courses that one learns."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from analytics.models import DailyActivity
from assessments.tests.factories import School, make_course, make_school
from courses.enums import CourseRole
from courses.models import Enrolment
from lms.kernel import clock
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 18, 9, tzinfo=UTC)
HERE = "/api/v1/me/progress/"


@pytest.fixture
def school() -> School:
    return make_school()


def client_of(school: School, name: str) -> Client:
    client = Client()
    client.force_login(getattr(school, name))
    return client


def test_weeks_are_ones_own(school: School) -> None:
    for who, back, seconds in (("learner", 1, 600), ("learner", 9, 300), ("classmate", 1, 7)):
        DailyActivity.objects.create(
            course=school.course,
            user=getattr(school, who),
            day=NOW.date() - timedelta(days=back),
            seconds=seconds,
        )
    with clock.travel(NOW):
        told = client_of(school, "learner").get(HERE).json()
    assert (told["days"], told["of"], told["seconds"], told["row"]) == (2, 28, 900, 2)
    assert len(told["weeks"]) == 12
    assert told["weeks"][-1]["monday"] == "2026-03-16"
    assert told["weeks"][-1]["seconds"] == 600


def test_courses_are_those_one_learns_the_last_used_first(school: School) -> None:
    other = make_course(school.instructor)
    Enrolment.objects.create(
        user=school.learner, course=other, role=CourseRole.LEARNER, last_active_at=NOW
    )
    client = client_of(school, "learner")
    rows = client.get(f"{HERE}courses/").json()["results"]
    assert [row["id"] for row in rows] == [other.public_id, school.course.public_id]
    assert rows[0]["total"] is None
    assert client_of(school, "instructor").get(f"{HERE}courses/").json()["count"] == 0


def test_more_courses_cost_no_more_queries(school: School) -> None:
    client = client_of(school, "learner")

    def grow() -> None:
        made = make_course(school.instructor)
        Enrolment.objects.create(user=school.learner, course=made, role=CourseRole.LEARNER)

    assert_constant_queries(lambda: client.get(f"{HERE}courses/"), grow)
