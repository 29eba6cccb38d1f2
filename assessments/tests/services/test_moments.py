"""Dates that no clock shows in some zones are refused wherever they are written (P6)."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from assessments.scoring.dates import Change
from assessments.services.override import set_override
from assessments.tests.factories import School, make_quiz, make_school
from assessments.tests.handed_in import make_assignment
from lms.kernel.errors import Invalid

pytestmark = [pytest.mark.django_db, pytest.mark.services]
ODD = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]


@pytest.fixture
def school(settings: Any, tmp_path: Any) -> School:
    settings.MEDIA_ROOT = tmp_path
    return make_school()


def patch(school: School, path: str, **change: str) -> Any:
    client = Client()
    client.force_login(school.instructor)
    return client.patch(f"/api/v1/{path}/", change, content_type="application/json")


@pytest.mark.parametrize("odd", ODD)
def test_courses_and_work_keep_to_years_that_clocks_show(school: School, odd: str) -> None:
    quiz, work = make_quiz(school), make_assignment(school)
    for path, field in (
        (f"courses/{school.course.public_id}", "starts_at"),
        (f"courses/{school.course.public_id}", "ends_at"),
        (f"quizzes/{quiz.public_id}", "due_at"),
        (f"assignments/{work.public_id}", "due_at"),
    ):
        answer = patch(school, path, **{field: odd})
        assert answer.status_code == 400, (path, field, answer.content)
        assert field in answer.content.decode()
        later = "2089-12-31T00:00:00Z" if field == "starts_at" else "2090-01-01T00:00:00Z"
        assert patch(school, path, **{field: later}).status_code == 200


@pytest.mark.parametrize("year", [1, 9999])
def test_so_do_dates_of_some(school: School, year: int) -> None:
    with pytest.raises(Invalid) as problem:
        set_override(
            actor=school.actor("instructor"),
            work=make_quiz(school),
            person=school.learner,
            change=Change(closes_at=datetime(year, 1, 1, tzinfo=UTC)),
        )
    assert list(problem.value.errors) == ["closes_at"]
