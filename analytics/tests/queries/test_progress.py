from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from analytics.models import DailyActivity
from analytics.queries.progress import own_days
from assessments.models import CourseTotal, Gradebook
from assessments.queries.own_totals import own_totals
from assessments.tests.factories import make_course, make_school
from courses.enums import CourseRole
from courses.models import Enrolment
from lms.kernel import clock
from lms.kernel.errors import SignInRequired
from lms.kernel.testing import assert_constant_queries, count_queries

pytestmark = pytest.mark.django_db
# A Wednesday.
NOW = datetime(2026, 3, 18, 9, tzinfo=UTC)


def test_days_of_two_courses_are_one_day_and_an_unfinished_week_breaks_no_row() -> None:
    school = make_school()
    other = make_course(school.instructor)
    learner = school.learner
    # Nothing this week yet; the two weeks before, a week off, and one long ago.
    for course, back in ((school.course, 5), (other, 5), (school.course, 12), (other, 27)):
        DailyActivity.objects.create(
            course=course,
            user=learner,
            day=NOW.date() - timedelta(days=back),
            seconds=600,
            lessons_completed=1,
        )
    DailyActivity.objects.create(course=other, user=school.classmate, day=NOW.date(), seconds=9)
    with clock.travel(NOW):
        found = own_days(school.actor("learner"))
        assert (found.days, found.of, found.seconds, found.row) == (3, 28, 2400, 2)
        assert [week.days for week in found.weeks[-5:]] == [1, 0, 1, 1, 0]
        assert sum(week.lessons_completed for week in found.weeks) == 4
        assert count_queries(lambda: own_days(school.actor("learner"))) == 1
    with pytest.raises(SignInRequired):
        own_days(school.actor("anonymous"))


def test_totals_are_posted_ones_of_courses_that_show_them() -> None:  # Z7
    school = make_school()
    shut = make_course(school.instructor)
    hidden = make_course(school.instructor)
    Gradebook.objects.create(course=hidden, show_totals=False)
    for course in (school.course, shut, hidden):
        CourseTotal.objects.create(
            course=course, learner=school.learner, total=Decimal(90), posted=Decimal(40)
        )
    for course in (hidden,):
        Enrolment.objects.create(course=course, user=school.learner, role=CourseRole.LEARNER)
    ids = [school.course.pk, shut.pk, hidden.pk]
    assert own_totals(school.actor("learner"), ids) == {school.course.pk: Decimal(40)}
    assert own_totals(school.actor("classmate"), ids) == {}
    assert own_totals(school.actor("anonymous"), ids) == {}
    assert own_totals(school.actor("learner").previewing(school.course.pk), ids) == {}


def test_page_says_how_far_one_came_and_costs_the_same_for_more_courses() -> None:
    school = make_school()
    client = Client()
    client.force_login(school.outsider)
    assert "Nothing to show yet" in client.get("/me/progress/").content.decode()
    client.force_login(school.learner)
    CourseTotal.objects.create(course=school.course, learner=school.learner, posted=Decimal("62.5"))
    shown = client.get("/me/progress/").content.decode()
    assert school.course.title in shown
    assert "Grade so far 62.5%" in shown
    assert "You learned on 0 of the last 28 days." in shown

    def grow() -> None:
        course = make_course(school.instructor)
        Enrolment.objects.create(course=course, user=school.learner, role=CourseRole.LEARNER)

    assert_constant_queries(lambda: client.get("/me/progress/"), grow)
