"""Reports through the API: as files, by mail, of the institution, and audits by groups."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.tests.factories import UserFactory
from analytics.models import CourseGlance, FairnessReport, InstitutionDay, ReportExport
from analytics.scoring.risk.fairness import fairness
from assessments.tests.factories import School, make_course, make_school
from courses.models import Enrolment
from lms.kernel import clock
from lms.kernel.models import EventRecord
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db
V1 = "/api/v1/analytics"
WEEKLY = {"every": "weekly", "weekday": 2, "hour": 7}


@pytest.fixture
def school(settings: Any, tmp_path: Path) -> School:
    settings.MEDIA_ROOT = tmp_path
    return make_school()


def client_of(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def exported(school: School, who: str = "instructor") -> ReportExport:
    row = ReportExport(
        course=school.course,
        made_by=getattr(school, who),
        format="csv",
        size=2,
        counts={"learners": 3},
        expires_at=clock.now() + timedelta(days=2),
    )
    row.file.save("x.zip", ContentFile(b"PK"), save=False)
    row.save()
    return row


def test_an_export_is_asked_for_and_handed_out_by_a_link(school: School) -> None:
    course, client = school.course.public_id, client_of(school.assistant)
    asked = client.post(
        f"{V1}/exports/", {"course": course, "format": "csv"}, content_type="application/json"
    )
    assert asked.status_code == 202
    again = client.post(
        f"{V1}/exports/", {"course": course, "format": "xlsx"}, content_type="application/json"
    )
    assert again.json()["job"]["id"] == asked.json()["job"]["id"]
    row = exported(school, "assistant")
    exported(school)
    listed = client.get(f"{V1}/exports/?course={course}").json()
    assert [(one["id"], one["rows"]) for one in listed["results"]] == [
        (row.public_id, {"learners": 3})
    ]
    link = client.get(f"{V1}/exports/{row.public_id}/").json()["url"]
    taken = Client().get(link)
    assert b"".join(taken.streaming_content) == b"PK"  # type: ignore[attr-defined]
    assert taken["Content-Disposition"].startswith("attachment")
    told = EventRecord.objects.get(kind="analytics.report_export_taken")
    assert told.actor_id == school.assistant.pk


def test_a_link_ends_with_its_time_and_with_the_right(school: School) -> None:
    row = exported(school, "assistant")
    link = client_of(school.assistant).get(f"{V1}/exports/{row.public_id}/").json()["url"]
    with clock.travel(clock.now() + timedelta(days=3)):
        assert Client().get(link).status_code == 404
    Enrolment.objects.filter(user=school.assistant).update(role="learner")
    assert Client().get(link).status_code == 404
    assert client_of(school.assistant).get(f"{V1}/exports/{row.public_id}/").status_code == 403
    assert Client().get(link[:-3] + "xx/").status_code == 404


@pytest.mark.parametrize("body", [{}, {"format": "pdf"}, {"format": "csv", "pseudonymous": "?"}])
def test_an_export_names_what_is_wrong(school: School, body: dict[str, Any]) -> None:
    sent = client_of(school.instructor).post(
        f"{V1}/exports/",
        {"course": school.course.public_id, **body},
        content_type="application/json",
    )
    assert sent.status_code == 400
    assert set(sent.json()["errors"]) <= {"format", "pseudonymous"}


def test_exports_are_listed_in_constant_queries(school: School) -> None:
    client, course = client_of(school.instructor), school.course.public_id
    exported(school)

    def listed() -> None:
        assert client.get(f"{V1}/exports/?course={course}").status_code == 200

    assert_constant_queries(listed, lambda: exported(school))


def test_a_report_by_mail_is_set_changed_and_stopped(school: School) -> None:
    client, course = client_of(school.instructor), school.course.public_id
    made = client.post(
        f"{V1}/report-schedules/", {"course": course, **WEEKLY}, content_type="application/json"
    )
    assert made.status_code == 201
    here = f"{V1}/report-schedules/{made.json()['id']}/"
    assert made.json()["attach"] == ""
    again = client.post(
        f"{V1}/report-schedules/", {"course": course, **WEEKLY}, content_type="application/json"
    )
    assert (again.status_code, again.json()["id"]) == (200, made.json()["id"])
    changed = client.put(
        here, {**WEEKLY, "hour": 9, "attach": "xlsx"}, content_type="application/json"
    )
    assert (changed.json()["hour"], changed.json()["attach"]) == (9, "xlsx")
    assert client.get(here).json() == changed.json()
    assert client.get(f"{V1}/report-schedules/").json()["results"] == [changed.json()]
    wrong = client.put(here, {**WEEKLY, "weekday": 7}, content_type="application/json")
    assert set(wrong.json()["errors"]) == {"weekday"}
    assert client.delete(here).status_code == 204
    assert client.get(here).status_code == 404
    assert client.get(f"{V1}/report-schedules/").json()["count"] == 0


def test_who_staffs_a_course_no_more_sees_no_report_of_it(school: School) -> None:
    client = client_of(school.assistant)
    client.post(
        f"{V1}/report-schedules/",
        {"course": school.course.public_id, **WEEKLY},
        content_type="application/json",
    )
    Enrolment.objects.filter(user=school.assistant).delete()
    assert client.get(f"{V1}/report-schedules/").json()["count"] == 0


def glance(course: Any, learners: int) -> None:
    CourseGlance.objects.create(course=course, learners=learners, counted_at=clock.now())


def test_the_institution_tells_sums_days_and_courses(school: School) -> None:
    today = clock.now().date()
    InstitutionDay.objects.create(day=today - timedelta(days=200), active=9)
    InstitutionDay.objects.create(day=today, active=2, active_week=5, enrolments=3, completions=1)
    glance(school.course, 3)
    glance(make_course(school.instructor), 8)
    client = client_of(UserFactory(site_role="admin"))
    whole = client.get(f"{V1}/institution/").json()
    assert (whole["courses"], whole["active_week"], whole["enrolments"]) == (2, 5, 3)
    assert [one["active"] for one in whole["days"]] == [2]
    assert client.get(f"{V1}/institution/days/").json()["count"] == 2
    courses = f"{V1}/institution/courses/"
    assert [one["learners"] for one in client.get(courses).json()["results"]] == [8, 3]
    up = client.get(f"{courses}?ordering=learners").json()["results"]
    assert [one["learners"] for one in up] == [3, 8]
    assert client.get(f"{courses}?ordering=secret").status_code == 400

    def listed() -> None:
        assert client.get(courses).status_code == 200

    assert_constant_queries(listed, lambda: glance(make_course(school.instructor), 1))


def test_an_audit_is_started_and_its_report_read(school: School) -> None:
    import numpy as np

    client = client_of(UserFactory(site_role="admin"))
    file = SimpleUploadedFile(
        "a.csv", f"person,attribute,value\n{school.learner.email},band,a\nx@y.z,band,a\n".encode()
    )
    sent = client.post(f"{V1}/fairness-audits/", {"file": file})
    assert sent.status_code == 202
    waiting = client.get(f"{V1}/fairness-audits/waiting/").json()
    assert waiting["table"]["unknown"] == 1
    assert waiting["job"]["id"] == sent.json()["job"]["id"]
    empty = client.post(f"{V1}/fairness-audits/", {"file": SimpleUploadedFile("a.csv", b"x")})
    assert set(empty.json()["errors"]) == {"file"}
    failed = np.array([float(at % 2) for at in range(80)])
    chances = np.linspace(0.0, 1.0, 80)
    groups = {"band": ["a"] * 40 + ["b"] * 40}
    FairnessReport.objects.create(n=80, courses=1, body=fairness(failed, chances, groups))
    (report,) = client.get(f"{V1}/fairness-audits/").json()["results"]
    band = report["attributes"]["band"]
    assert [one["group"] for one in band["groups"]] == ["a", "b"]
    assert set(band["groups"][0]["at"]["0.6"]) == {"listed", "tpr", "fpr", "precision"}
    assert band["gaps"]["0.6"]["tpr"]["most"] == "b"
