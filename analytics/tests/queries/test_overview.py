"""Class totals: what staff see, what observers do not (V6)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.models import CourseTotals, CourseWeek
from analytics.queries.overview import LessonStep, QuizScores, Week, course_overview, withhold
from analytics.tests.factories import make_learner
from assessments.tests.factories import School, make_lesson, make_school
from lms.kernel import clock
from lms.kernel.errors import Denied, SignInRequired
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db

WEDNESDAY = datetime(2026, 3, 18, 12, tzinfo=UTC)


@pytest.fixture
def school() -> School:
    """Twelve learners, of whom six were here this week and five are through."""
    with clock.travel(WEDNESDAY):
        made = make_school()
        for i in range(10):
            recent = WEDNESDAY - timedelta(days=1 if i < 6 else 30)
            made_through = 1.0 if i < 5 else 0.4
            make_learner(made.course, completion=made_through, last_active_at=recent)
    return made


def test_overview_counts_learners(school: School) -> None:
    with clock.travel(WEDNESDAY):
        found = course_overview(school.actor("instructor"), school.course)
    assert (found.learners, found.active, found.completed) == (12, 6, 5)
    assert found.mean_completion == pytest.approx((5 + 5 * 0.4) / 12)
    assert (found.weeks, found.funnel, found.quizzes) == ([], [], [])
    assert (found.counted_at, found.withheld) == (None, False)


def test_who_has_finished_stays_so_when_lessons_are_added(school: School) -> None:
    with clock.travel(WEDNESDAY):
        make_learner(school.course, completion=0.5, completed_at=WEDNESDAY)
        make_learner(school.course, completion=0.5)
        assert course_overview(school.actor("instructor"), school.course).completed == 6


def test_overview_fills_weeks_in_which_nothing_happened(school: School) -> None:
    for day, people in ((date(2026, 2, 23), 7), (date(2026, 3, 9), 1)):
        CourseWeek.objects.create(course=school.course, week=day, people=people, seconds=50)
    CourseWeek.objects.create(course=school.course, week=date(2025, 3, 3), people=9)
    with clock.travel(WEDNESDAY):
        staff = course_overview(school.actor("assistant"), school.course).weeks
        watched = course_overview(school.actor("observer"), school.course).weeks
    assert staff == [
        Week(date(2026, 2, 23), 7, 50, 0, 0, 0),
        Week(date(2026, 3, 2), 0, 0, 0, 0, 0),
        Week(date(2026, 3, 9), 1, 50, 0, 0, 0),
        Week(date(2026, 3, 16), 0, 0, 0, 0, 0),
    ]
    assert watched[0] == staff[0]
    assert watched[2] == Week(date(2026, 3, 9), None, None, None, None, None)


def test_overview_withholds_small_numbers_from_observers(school: School) -> None:  # V6
    one, two = make_lesson(school, ordinal=1), make_lesson(school, ordinal=2)
    even = [5, 0, 0, 0, 0, 0, 0, 0, 0, 7]
    uneven = [5, 0, 0, 3, 0, 0, 0, 0, 0, 4]
    CourseTotals.objects.create(
        course=school.course,
        counted_at=WEDNESDAY,
        funnel=[
            {"lesson": one.pk, "started": 12, "completed": 7},
            {"lesson": two.pk, "started": 9, "completed": 3},
            {"lesson": 10**6, "started": 9, "completed": 9},
        ],
        scores=[
            {"quiz": one.pk, "n": 12, "mean": 0.6, "bins": even},
            {"quiz": two.pk, "n": 12, "mean": 0.3, "bins": uneven},
            {"quiz": 10**6, "n": 12, "mean": 0.3, "bins": even},
        ],
    )
    seen = course_overview(school.actor("observer"), school.course)
    assert seen.withheld
    assert (seen.learners, seen.completed) == (12, 5)
    assert seen.funnel == [
        LessonStep(one.public_id, one.title, 12, 7),
        LessonStep(two.public_id, two.title, None, None),
    ]
    assert seen.quizzes == [
        QuizScores(one.public_id, one.title, 12, 0.6, even),
        QuizScores(two.public_id, two.title, 12, 0.3, None),
    ]
    full = course_overview(school.actor("instructor"), school.course)
    assert full.funnel[1] == LessonStep(two.public_id, two.title, 9, 3)
    assert full.quizzes[1].bins == uneven


def test_overview_of_a_small_class_tells_an_observer_nothing() -> None:  # V6
    school = make_school()
    lesson = make_lesson(school)
    CourseTotals.objects.create(
        course=school.course,
        funnel=[{"lesson": lesson.pk, "started": 2, "completed": 1}],
        scores=[{"quiz": lesson.pk, "n": 2, "mean": 0.4, "bins": [0] * 9 + [2]}],
    )
    CourseWeek.objects.create(course=school.course, week=date(2026, 3, 16), people=2, seconds=9)
    with clock.travel(WEDNESDAY):
        seen = course_overview(school.actor("observer"), school.course)
    assert (seen.learners, seen.active, seen.mean_completion) == (None, None, None)
    assert seen.funnel == [LessonStep(lesson.public_id, lesson.title, None, None)]
    assert seen.quizzes == [QuizScores(lesson.public_id, lesson.title, None, None, None)]
    assert seen.weeks == [Week(date(2026, 3, 16), None, None, None, None, None)]


@pytest.mark.parametrize(
    ("count", "of", "shown"),
    [(0, 12, 0), (1, 12, None), (4, 12, None), (5, 12, 5), (7, 12, 7), (8, 12, None), (12, 12, 12)],
)
def test_withhold_hides_few_and_all_but_few(count: int, of: int, shown: int | None) -> None:
    assert withhold(count, of, blind=True) == shown
    assert withhold(count, of, blind=False) == count


@pytest.mark.parametrize("name", ["learner", "outsider", "other_instructor"])
def test_overview_is_for_staff_and_observers(school: School, name: str) -> None:
    with pytest.raises(Denied):
        course_overview(school.actor(name), school.course)
    with pytest.raises(SignInRequired):
        course_overview(school.actor("anonymous"), school.course)


def test_overview_asks_the_same_however_many_lessons(school: School) -> None:
    actor = school.actor("instructor")
    assert_constant_queries(
        lambda: course_overview(actor, school.course), lambda: make_lesson(school), most=5
    )
