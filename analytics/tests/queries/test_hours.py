from datetime import UTC, datetime

import pytest
from django.utils import timezone

from analytics.queries.hours import busy_hours
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


def test_hours_are_not_for_observers() -> None:  # V6
    school = make_school()
    for who in ("observer", "learner"):
        with pytest.raises(Denied):
            busy_hours(school.actor(who), school.course)
