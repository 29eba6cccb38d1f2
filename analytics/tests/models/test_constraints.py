"""What the database itself refuses (D2)."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from analytics.models import (
    CourseAffinity,
    CourseTotals,
    CourseWeek,
    DailyActivity,
    FoldState,
    HelpContact,
    LearnerFeature,
    PatternPoint,
    PatternRun,
)
from assessments.tests.factories import School, make_course, make_school

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 2)


@pytest.fixture
def school() -> School:
    return make_school()


Make = Callable[[School], object]
ONCE: dict[str, Make] = {
    "activity": lambda s: DailyActivity.objects.create(course=s.course, user=s.learner, day=DAY),
    "week": lambda s: CourseWeek.objects.create(course=s.course, week=DAY),
    "feature": lambda s: LearnerFeature.objects.create(course=s.course, user=s.learner),
    "state": lambda _s: FoldState.objects.create(name="activity"),
    "totals": lambda s: CourseTotals.objects.create(course=s.course),
    "run": lambda s: PatternRun.objects.create(course=s.course, job_id=1, k=3),
    "affinity": lambda s: CourseAffinity.objects.create(
        course=s.course, other=s.course, together=5, similarity=1
    ),
}


@pytest.mark.parametrize("name", sorted(ONCE))
def test_each_row_exists_once(school: School, name: str) -> None:
    ONCE[name](school)
    with pytest.raises(IntegrityError), transaction.atomic():
        ONCE[name](school)


def test_a_learner_is_once_in_a_run(school: School) -> None:
    run = PatternRun.objects.create(course=school.course, job_id=1, k=3)

    def point() -> None:
        PatternPoint.objects.create(run=run, user=school.learner, time_spent=1, completion_rate=0.5)

    point()
    with pytest.raises(IntegrityError), transaction.atomic():
        point()


def test_an_affinity_of_fewer_than_five_people_cannot_be_kept(school: School) -> None:  # V6
    other = make_course(school.instructor)
    with pytest.raises(IntegrityError), transaction.atomic():
        CourseAffinity.objects.create(course=school.course, other=other, together=4, similarity=0.9)


def test_rows_name_themselves_by_ids_alone(school: School) -> None:  # V5
    words = [str(make(school)) for make in ONCE.values()]
    words.append(str(HelpContact.objects.create(course=school.course, learner=school.learner)))
    run = PatternRun.objects.get()
    point = PatternPoint.objects.create(
        run=run, user=school.learner, time_spent=1, completion_rate=0.5
    )
    words.append(str(point))
    assert not [text for text in words if school.learner.name in text or "@" in text]
