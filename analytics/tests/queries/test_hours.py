from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from analytics.models import CourseHour
from analytics.queries.hours import WEEKS, busy_hours
from analytics.tests.factories import drain, submitted, viewed
from assessments.tests.factories import make_school
from lms.kernel import clock
from lms.kernel.errors import Denied
from lms.kernel.testing import count_queries

# What is folded must be committed: PostgreSQL shows no reader the end of an open transaction.
pytestmark = pytest.mark.django_db(transaction=True)
# Sunday, half past eleven in the evening (UTC): Monday morning in Auckland.
SUNDAY = datetime(2026, 3, 15, 23, 30, tzinfo=UTC)


def test_acts_stand_at_the_hour_of_the_reader() -> None:
    school = make_school()
    assert busy_hours(school.actor("instructor"), school.course) is None
    viewed(school.course, school.learner, at=SUNDAY)
    viewed(school.course, school.classmate, at=SUNDAY.replace(minute=5))
    submitted(school.course, school.learner, by_clock=True, at=SUNDAY)
    drain()
    with clock.travel(SUNDAY), timezone.override("UTC"):
        week = busy_hours(school.actor("assistant"), school.course)
        assert week is not None
        assert week[6][23] == 2
        assert sum(map(sum, week)) == 2
        with timezone.override("Pacific/Auckland"):
            week = busy_hours(school.actor("assistant"), school.course)
            assert week is not None
            assert week[0][12] == 2
        assert count_queries(lambda: busy_hours(school.actor("admin"), school.course)) == 1


@pytest.mark.parametrize(
    "zone",
    [
        "UTC",
        "CET",
        "Europe/Brussels",
        "America/St_Johns",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
    ],
)
@pytest.mark.parametrize(
    "now", [datetime(2026, 4, 20, 9, 40, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)]
)
def test_every_hour_stands_where_the_clock_of_its_zone_stood(zone: str, now: datetime) -> None:
    school = make_school()
    hours = [now.replace(minute=0) - timedelta(hours=back) for back in range(1, 24 * 7 * WEEKS)]
    CourseHour.objects.bulk_create(
        CourseHour(course=school.course, hour=hour, events=1 + number % 5)
        for number, hour in enumerate(hours)
    )
    expected = [[0] * 24 for _ in range(7)]
    for number, hour in enumerate(hours):
        local = hour.astimezone(ZoneInfo(zone))
        expected[local.weekday()][local.hour] += 1 + number % 5
    admin = school.actor("admin")
    with clock.travel(now), timezone.override(zone):
        assert busy_hours(admin, school.course) == expected
        changed = zone not in {"UTC", "Asia/Kathmandu"}
        assert count_queries(lambda: busy_hours(admin, school.course)) == 1 + changed


def test_hours_are_not_for_observers() -> None:  # V6
    school = make_school()
    for who in ("observer", "learner"):
        with pytest.raises(Denied):
            busy_hours(school.actor(who), school.course)
