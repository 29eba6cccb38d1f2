"""Learning patterns as a job: for rows, for a course, once at a time."""

import json
from typing import Any

import pytest

from analytics.models import CourseTotals, DailyActivity, PatternPoint, PatternRun
from analytics.queries.patterns import KIND, latest_patterns, running_job
from analytics.services.patterns import start_for_course, start_for_rows
from analytics.tests.factories import make_figures, make_learner
from assessments.tests.factories import School, make_course, make_school
from courses.models import Enrolment
from lms.kernel import clock
from lms.kernel.errors import Denied, Invalid, SignInRequired
from lms.kernel.models import Job
from lms.kernel.testing import assert_constant_queries, run_jobs

pytestmark = pytest.mark.django_db

ROWS = [
    {"student": f"Secret Name {i}", "time_spent": t, "completion_rate": c, "performance": p}
    for i, (t, c, p) in enumerate(
        [(10, 0.9, 80), (12, 0.95, 85), (1, 0.1, 30), (2, 0.15, 35), (30, 0.2, 40), (33, 0.1, 45)]
    )
]


@pytest.fixture
def school() -> School:
    return make_school()


def fill(school: School, count: int = 6) -> None:
    """Learners with all kinds of figures."""
    for i in range(count):
        user = make_learner(school.course, seconds=600 * i, completion=min(1.0, i / 6))
        make_figures(school.course, user, mean=str(i / 10), seconds=600 * i)


def test_rows_are_answered_in_order(school: School) -> None:
    job = start_for_rows(actor=school.actor("instructor"), rows=ROWS)
    assert (job.kind, job.queue, job.course_id) == (KIND, "analytics", None)
    done = run_jobs(KIND)[0]
    assert done.state == "succeeded"
    result: Any = done.result
    assert result["labels"] == [0, 0, 2, 2, 1, 1]
    assert [c["name"] for c in result["clusters"]] == [
        "Steady finishers",
        "Busy but stuck",
        "Barely started",
    ]
    assert result["n"] == 6


def test_rows_leave_no_name_in_the_job(school: School) -> None:
    start_for_rows(actor=school.actor("instructor"), rows=ROWS)
    job: Any = run_jobs(KIND)[0]
    assert "Secret Name" not in json.dumps([job.params, job.result])


def test_rows_are_for_people_who_teach(school: School) -> None:
    for name in ("instructor", "other_instructor", "assistant", "admin"):
        start_for_rows(actor=school.actor(name), rows=[])
    count = Job.objects.count()
    for name in ("learner", "observer", "outsider"):
        with pytest.raises(Denied):
            start_for_rows(actor=school.actor(name), rows=ROWS)
    with pytest.raises(SignInRequired):
        start_for_rows(actor=school.actor("anonymous"), rows=ROWS)
    assert Job.objects.count() == count


def test_rows_that_are_refused_start_nothing(school: School) -> None:
    with pytest.raises(Invalid) as refused:
        start_for_rows(actor=school.actor("instructor"), rows=[{"student": "a"}])
    assert list(refused.value.errors) == ["rows[0].time_spent"]
    with pytest.raises(Invalid):
        start_for_rows(actor=school.actor("instructor"), rows=ROWS, k=9)
    assert not Job.objects.exists()


def test_course_keeps_its_patterns_with_its_learners(school: School) -> None:
    fill(school)
    actor = school.actor("instructor")
    start_for_course(actor=actor, course=school.course, k=2)
    job: Any = run_jobs(KIND)[0]
    assert job.state == "succeeded"
    found = latest_patterns(actor, school.course)
    assert found is not None
    assert (found.k, found.n, found.clusters) == (2, 6, job.result["clusters"])
    assert [point.label for point in found.points] == job.result["labels"]
    last = found.points[-1]
    assert (last.time_spent, last.performance) == (50.0, 50.0)
    assert last.completion_rate == pytest.approx(5 / 6)
    assert found.correlation == pytest.approx(1.0)
    assert CourseTotals.objects.get(course=school.course).stale is False


def test_course_chooses_its_groups_from_how_learners_work(school: School) -> None:
    for i in range(12):
        keen = i % 2 == 0
        user = make_learner(school.course, seconds=6000 + i if keen else 60, completion=0.9 * keen)
        make_figures(school.course, user, messages=20 * keen, seconds=0)
        if keen:
            DailyActivity.objects.create(course=school.course, user=user, day=clock.now().date())
    others = Enrolment.objects.filter(course=school.course, seconds=0, role="learner")
    others.delete()
    actor = school.actor("instructor")
    job = start_for_course(actor=actor, course=school.course)
    assert job.params["k"] is None
    run_jobs(KIND)
    found = latest_patterns(actor, school.course)
    assert found is not None
    assert (found.k, found.chosen) == (2, True)
    assert [one["size"] for one in found.clusters] == [6, 6]
    first, second = found.points[:2]
    assert (first.label, second.label) == (0, 1)
    assert (first.messages, first.regularity, second.regularity) == (20.0, 1.0, 0.0)
    assert len(found.relations) == 15


def test_course_of_few_learners_says_why_not(school: School) -> None:
    start_for_course(actor=school.actor("assistant"), course=school.course)
    job: Any = run_jobs(KIND)[0]
    assert job.result["clusters"] == []
    assert job.result["reason"].startswith("3 groups need at least 3 learners; there are 2.")
    found = latest_patterns(school.actor("assistant"), school.course)
    assert found is not None
    assert found.reason == job.result["reason"]


def test_course_shows_the_newest_run_and_keeps_no_older(school: School) -> None:
    fill(school)
    actor = school.actor("instructor")
    for k in (2, 3):
        start_for_course(actor=actor, course=school.course, k=k)
        run_jobs(KIND)
    assert list(PatternRun.objects.values_list("k", flat=True)) == [3]
    assert PatternPoint.objects.count() == 8
    found = latest_patterns(actor, school.course)
    assert found is not None
    assert found.k == 3


def test_course_starts_no_second_job_while_one_waits(school: School) -> None:
    actor = school.actor("instructor")
    first = start_for_course(actor=actor, course=school.course)
    assert start_for_course(actor=actor, course=school.course) == first
    assert running_job(actor, school.course) == first
    assert start_for_course(actor=actor, course=school.course, k=4) != first
    run_jobs(KIND)
    assert running_job(actor, school.course) is None


def test_course_job_stops_when_its_starter_lost_the_role(school: School) -> None:
    start_for_course(actor=school.actor("assistant"), course=school.course)
    Enrolment.objects.filter(user=school.assistant).update(role="learner")
    job: Any = run_jobs(KIND)[0]
    assert (job.state, job.result) == ("failed", None)
    assert not PatternRun.objects.exists()


@pytest.mark.parametrize("name", ["learner", "observer", "outsider", "other_instructor"])
def test_course_patterns_are_for_its_staff(school: School, name: str) -> None:
    with pytest.raises(Denied):
        start_for_course(actor=school.actor(name), course=school.course)
    with pytest.raises(Denied):
        latest_patterns(school.actor(name), school.course)
    assert not Job.objects.exists()


def test_latest_patterns_of_a_new_course_are_none(school: School) -> None:
    other = make_course(school.instructor)
    assert latest_patterns(school.actor("instructor"), other) is None


def test_latest_patterns_ask_the_same_however_many_learn(school: School) -> None:
    actor = school.actor("instructor")

    def run() -> None:
        fill(school, 3)
        start_for_course(actor=actor, course=school.course)
        run_jobs(KIND)

    run()
    assert_constant_queries(lambda: latest_patterns(actor, school.course), run, most=3)
