"""Numbers added to rows: new rows, known rows, both at once; the latest moment stays."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import UserFactory
from analytics.models import LearnerFeature
from analytics.services.upsert import Into, add_rows
from courses.tests.factories import CourseFactory

pytestmark = pytest.mark.django_db

SUMS = (
    "seconds",
    "lessons_completed",
    "active_days",
    "attempts_started",
    "attempts_submitted",
    "score_sum",
    "scored",
    "messages",
)
INTO = Into(LearnerFeature, ("course", "user"), SUMS, latest=("last_seen",))
EARLY, LATE = datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2026, 3, 2, 9, tzinfo=UTC)


def _row(course: int, user: int, seen: datetime | None, score: str = "0.5") -> tuple[object, ...]:
    return (course, user, 60, 1, 1, 2, 1, Decimal(score), 1, 3, seen)


def _stored(user: int) -> tuple[object, ...]:
    row: tuple[object, ...] = LearnerFeature.objects.values_list(*SUMS, "last_seen").get(user=user)
    return row


def test_rows_are_made_and_added_to() -> None:
    course, first, second = CourseFactory(), UserFactory(), UserFactory()
    add_rows(INTO, [_row(course.pk, first.pk, EARLY)])
    add_rows(INTO, [_row(course.pk, first.pk, LATE, "0.25"), _row(course.pk, second.pk, None)])
    assert _stored(first.pk) == (120, 2, 2, 4, 2, Decimal("0.75"), 2, 6, LATE)
    assert _stored(second.pk) == (60, 1, 1, 2, 1, Decimal("0.5"), 1, 3, None)


@pytest.mark.parametrize("then", [EARLY, None])
def test_the_latest_moment_stays(then: datetime | None) -> None:
    course, person = CourseFactory(), UserFactory()
    add_rows(INTO, [_row(course.pk, person.pk, LATE)])
    add_rows(INTO, [_row(course.pk, person.pk, then)])
    assert _stored(person.pk)[-1] == LATE


def test_nothing_to_add_is_no_query() -> None:
    with CaptureQueriesContext(connection) as queries:
        add_rows(INTO, [])
    assert len(queries) == 0
