"""The scheduled fold and the rebuild job."""

from typing import Any

import pytest

from analytics.models import CourseAffinity, CourseTotals, LearnerFeature
from analytics.services.fold import start_rebuild
from analytics.tasks import compare_courses, fold
from analytics.tests.factories import drain, make_learner, viewed
from assessments.tests.factories import make_course, make_school
from courses.models import Enrolment
from lms.kernel.errors import Denied
from lms.kernel.models import EventRecord, Job
from lms.kernel.testing import run_jobs

pytestmark = pytest.mark.django_db(transaction=True)


def test_fold_task_counts_everything_that_is_due() -> None:
    school = make_school()
    viewed(school.course, school.learner, 30)
    drain()
    fold()
    assert LearnerFeature.objects.get().seconds == 30
    assert CourseTotals.objects.get(course=school.course).stale is False
    fold()
    assert LearnerFeature.objects.get().seconds == 30


def test_courses_are_compared_by_a_task_of_their_own() -> None:
    school = make_school()
    other = make_course(school.other_instructor)
    for _ in range(5):
        Enrolment.objects.create(course=other, user=make_learner(school.course))
    compare_courses()
    # Five learners cannot say which model ranks better, so that the cosine is the weight.
    rows = CourseAffinity.objects.values_list("together", "similarity", "weight")
    assert [(n, like) for n, like, _weight in rows] == [(n, weight) for n, _like, weight in rows]
    assert len(rows) == 2


def test_rebuild_job_is_for_administrators() -> None:
    school = make_school()
    viewed(school.course, school.learner, 30)
    drain()
    LearnerFeature.objects.update(seconds=7)
    with pytest.raises(Denied):
        start_rebuild(actor=school.actor("instructor"))
    assert not Job.objects.exists()
    start_rebuild(actor=school.actor("admin"))
    job: Any = run_jobs()[0]
    assert (job.state, job.result) == ("succeeded", {"events": EventRecord.objects.count()})
    assert LearnerFeature.objects.get().seconds == 30
