"""A course's report as a file: what is in it, who gets it, and that the notebook agrees."""

import csv
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from accounts.services.privacy import erase_person
from analytics.models import ReportExport
from analytics.queries.learners import LearnerFigures
from analytics.queries.overview import course_overview
from analytics.queries.report_rows import report_rows
from analytics.scoring.help import Assessment
from analytics.services.exports import (
    assessments_of,
    forget_exports,
    make_export,
    start_export,
    take_export,
)
from analytics.services.help import needs_help
from analytics.tests.factories import completed, drain, make_figures, make_learner, viewed
from assessments.tests.factories import School, make_attempt, make_lesson, make_quiz, make_school
from courses.models import Course, Enrolment, LessonProgress
from lms.kernel import actors, clock
from lms.kernel.errors import Denied, Invalid, NotFound
from lms.kernel.models import EventRecord, JobState
from lms.kernel.testing import count_queries, run_jobs

# What is folded must be committed: PostgreSQL shows no reader the end of an open transaction.
pytestmark = pytest.mark.django_db(transaction=True)
NOTEBOOK = Path(django_settings.BASE_DIR) / "docs" / "notebooks" / "course_report.ipynb"
Tables = dict[str, list[dict[str, str]]]


@pytest.fixture
def school(settings: Any, tmp_path: Path) -> School:
    settings.MEDIA_ROOT = tmp_path
    return make_school()


def lived(school: School) -> None:
    """Learners who read, were graded and were silent."""
    lesson = make_lesson(school)
    quiz = make_quiz(school)
    make_attempt(school, quiz, wrong=2)
    make_attempt(school, quiz, "classmate")
    old = clock.now() - timedelta(days=30)
    for at in range(6):
        user = make_learner(
            school.course,
            created_at=old,
            completion=at / 6,
            seconds=100 * at,
            last_active_at=old if at % 2 else clock.now(),
        )
        make_figures(school.course, user, mean=f"0.{at + 3}")
        viewed(school.course, user, 60 * at, at=old + timedelta(days=3 * at))
        enrolment = Enrolment.objects.get(course=school.course, user=user)
        LessonProgress.objects.create(
            enrolment=enrolment, lesson=lesson, state="completed" if at > 2 else "started"
        )
    completed(school.course, school.learner)
    drain()


def made(school: School, kind: str = "csv", *, pseudonymous: bool = False) -> ReportExport:
    start_export(
        actor=school.actor("instructor"),
        course=school.course,
        kind=kind,
        pseudonymous=pseudonymous,
    )
    (job,) = run_jobs("analytics.export_report")
    assert job.state == JobState.SUCCEEDED, job.error
    return ReportExport.objects.latest("pk")


def tables_of(row: ReportExport) -> Tables:
    with row.file.open("rb") as kept, zipfile.ZipFile(kept) as archive:
        return {
            name.removesuffix(".csv"): list(
                csv.DictReader(io.StringIO(archive.read(name).decode(), newline=""))
            )
            for name in archive.namelist()
            if name.endswith(".csv")
        }


def test_export_holds_the_figures_of_learners(school: School) -> None:
    lived(school)
    tables = tables_of(made(school))
    people = {row["person"]: row for row in tables["learners"]}
    assert len(people) == 8
    own = people[school.learner.public_id]
    assert (own["email"], own["lessons_completed"]) == (school.learner.email, "2")
    assert {row["person"] for row in tables["grades"]} == {
        school.learner.public_id,
        school.classmate.public_id,
    }
    assert [row["title"] for row in tables["lessons"]]
    assert {row["completed"] for row in tables["progress"]} == {"true", "false"}
    told = EventRecord.objects.get(kind="analytics.report_exported")
    assert (told.actor_id, told.data["pseudonymous"]) == (school.instructor.pk, False)


def test_pseudonymous_export_names_nobody_and_is_the_same_within_itself(school: School) -> None:
    lived(school)
    first, second = (made(school, pseudonymous=True) for _ in range(2))
    with first.file.open("rb") as kept:
        raw = b"".join(zipfile.ZipFile(kept).read(n) for n in ("learners.csv", "daily.csv"))
    for person in Enrolment.objects.filter(course=school.course).select_related("user"):
        assert person.user.email.encode() not in raw
        assert person.user.public_id.encode() not in raw
    one, other = tables_of(first), tables_of(second)
    ids = {row["person"] for row in one["learners"]}
    assert {row["person"] for row in one["progress"]} <= ids
    assert {row["person"] for row in one["grades"]} <= ids
    assert not ids & {row["person"] for row in other["learners"]}
    assert [row["person"] for row in one["learners"]] == sorted(ids)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_notebook_counts_what_the_page_shows(school: School, kind: str) -> None:
    lived(school)
    row = made(school, kind)
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    found: dict[str, Any] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"]).replace("course-report.zip", row.file.path)
            exec(compile(source, "notebook", "exec"), found)  # noqa: S102 - our own notebook
    actor = school.actor("instructor")
    page = course_overview(actor, school.course)
    glance = found["glance"]
    assert (glance["learners"], glance["active"], glance["completed"]) == (
        page.learners,
        page.active,
        page.completed,
    )
    assert glance["mean_completion"] == pytest.approx(page.mean_completion, abs=1e-12)
    flagged = needs_help(actor=actor, course=school.course)
    assert glance["need_help"] == sum(e.assessment.state == "needs_help" for e in flagged) > 0
    weeks = {at.date(): tuple(line) for at, line in found["weeks"].iterrows()}
    assert len(weeks) > 2
    assert weeks == {
        week.monday: (
            week.people,
            week.seconds,
            week.lessons_completed,
            week.attempts,
            week.messages,
        )
        for week in page.weeks
        if week.people
    }
    funnel = [(one.title, one.started, one.completed) for one in page.funnel]
    assert [tuple(line) for _at, line in found["funnel"].iterrows()] == funnel
    counted: dict[str, Any] = {
        key: (one["n"], pytest.approx(one["mean"]), one["bins"])
        for key, one in found["scores"].items()
    }
    assert counted == {one.lesson: (one.n, one.mean, one.bins) for one in page.quizzes}
    assert found["scores"]


def test_workbook_has_every_table(school: School) -> None:
    from openpyxl import load_workbook

    lived(school)
    row = made(school, "xlsx")
    book = load_workbook(row.file.path, read_only=True)
    assert sorted(book.sheetnames) == sorted(row.counts)  # PostgreSQL sorts the keys of JSON
    assert row.size == row.file.size
    assert row.counts["learners"] == 8


def test_only_staff_make_exports_and_only_the_maker_takes_them(school: School) -> None:  # Z6
    for who in ("learner", "observer"):
        with pytest.raises(Denied):
            start_export(
                actor=school.actor(who), course=school.course, kind="csv", pseudonymous=True
            )
    with pytest.raises(Invalid, match="Choose CSV"):
        start_export(
            actor=school.actor("instructor"), course=school.course, kind="x", pseudonymous=True
        )
    row = made(school)
    with pytest.raises(NotFound):
        take_export(actor=school.actor("assistant"), course=school.course, export_id=row.public_id)
    found = take_export(
        actor=school.actor("instructor"), course=school.course, export_id=row.public_id
    )
    assert found == row
    assert EventRecord.objects.filter(kind="analytics.report_export_taken").count() == 1


def test_job_run_twice_keeps_one_file(school: School) -> None:  # J1
    row = made(school)
    again = make_export(
        actor=school.actor("instructor"),
        course=school.course,
        kind="csv",
        pseudonymous=False,
        job_id=row.job_id or 0,
        progress=lambda _percent: None,
    )
    assert list(ReportExport.objects.all()) == [again]


def test_exports_go_at_their_end_and_with_a_person(school: School) -> None:  # V2, V3
    row = made(school)
    path = Path(row.file.path)
    assert path.exists()
    assert forget_exports() == 0
    with clock.travel(row.expires_at):
        client = Client()
        client.force_login(school.instructor)
        address = reverse("teach-export-file", args=[school.course.slug, row.public_id])
        assert client.get(address).status_code == 404
        assert forget_exports() == 1
    assert not path.exists()
    other = Path(made(school).file.path)
    erase_person(actor=actors.for_user(school.learner), person=school.learner)
    assert not other.exists()
    assert not ReportExport.objects.exists()


def test_rows_of_an_export_cost_the_same_queries_however_many_learners(school: School) -> None:
    def queries() -> int:
        return count_queries(lambda: made(school))

    queries()
    before = queries()
    for _ in range(3):
        make_figures(school.course, make_learner(school.course))
    assert queries() == before


def test_a_learner_who_leaves_while_rows_are_read_is_left_out(school: School) -> None:
    leaver = make_learner(school.course)
    before = {row[0] for row in _learners(school)}

    def leaving(course: Course, figures: list[LearnerFigures]) -> dict[int, Assessment]:
        Enrolment.objects.filter(course=course, user=leaver).update(state="left")
        return assessments_of(course, figures)

    rows = report_rows(
        school.actor("instructor"), school.course, leaving, pseudonymous=False
    ).learners_lines()
    assert before - {row[0] for row in rows} == {leaver.public_id}


def _learners(school: School) -> list[tuple[Any, ...]]:
    actor = school.actor("instructor")
    rows = report_rows(actor, school.course, assessments_of, pseudonymous=False)
    return list(rows.learners_lines())
