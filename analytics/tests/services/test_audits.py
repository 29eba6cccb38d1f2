"""Audits by groups: attributes serve one report and are gone; small groups stay hidden."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.services.privacy import erase_person
from analytics.models import AuditTable, AuditValue, FairnessReport, LearnerRisk
from analytics.services.audits import audit_fairness, forget_audits, start_audit
from analytics.tests.factories import make_learner
from assessments.models import CourseTotal
from assessments.tests.factories import School, make_school
from courses.models import Course
from lms.kernel import actors, clock
from lms.kernel.errors import Denied, Invalid, SignInRequired
from lms.kernel.models import EventRecord, Job
from lms.kernel.testing import run_jobs

pytestmark = pytest.mark.django_db
HEAD = "person,attribute,value\n"


def ended(school: School, count: int = 80) -> list[Any]:
    """Learners of an ended course: the odd ones fail; those of group b are told it less often."""
    now = clock.now()
    Course.objects.filter(pk=school.course.pk).update(
        starts_at=now - timedelta(days=90), ends_at=now - timedelta(days=1)
    )
    people = [make_learner(school.course) for _ in range(count)]
    for at, person in enumerate(people):
        failed, group_b = at % 2 == 1, at >= count // 2
        CourseTotal.objects.create(course=school.course, learner=person, total=20 if failed else 80)
        chance = (0.7 if not group_b or at % 4 == 1 else 0.2) if failed else 0.1
        for week, value in ((1, chance), (2, 0.99)):
            LearnerRisk.objects.create(
                course=school.course,
                learner=person,
                week=(now - timedelta(days=90 - 7 * week)).date(),
                day=7 * week,
                chance=value,
            )
    return people


def table(people: list[Any], *, by: str = "email") -> bytes:
    lines = [
        f"{getattr(person, by)},band,{'a' if at < len(people) // 2 else 'b'}"
        for at, person in enumerate(people)
    ]
    return (HEAD + "\n".join(lines) + "\n").encode()


@pytest.mark.parametrize("by", ["email", "public_id"])
def test_audit_tells_rates_by_group_and_its_attributes_are_gone(by: str) -> None:
    school = make_school()
    people = ended(school)
    data = table(people, by=by) + b"nobody@example.org,band,a\n"
    start_audit(actor=school.actor("admin"), data=data)
    assert AuditValue.objects.count() == 80
    assert AuditTable.objects.get().unknown == 1
    run_jobs("analytics.audit_fairness")
    assert not AuditTable.objects.exists()
    assert not AuditValue.objects.exists()
    report = FairnessReport.objects.get()
    assert (report.model, report.n, report.courses) == (None, 80, 1)
    assert report.body is not None
    a, b = report.body["attributes"]["band"]["groups"]
    assert (a["group"], a["n"], a["at"]["0.6"]["tpr"]["value"]) == ("a", 40, 1.0)
    assert (b["group"], b["n"], b["at"]["0.6"]["tpr"]["value"]) == ("b", 40, 0.5)
    assert a["at"]["0.6"]["fpr"]["value"] == b["at"]["0.6"]["fpr"]["value"] == 0.0
    kinds = ("analytics.audit_uploaded", "analytics.audit_made")
    assert EventRecord.objects.filter(kind__in=kinds).count() == 2
    # Neither jobs nor events hold what was brought.
    assert Job.objects.filter(kind="analytics.audit_fairness").get().params.keys() == {"table"}


def test_audit_of_few_learners_says_why_there_is_none() -> None:  # V6
    school = make_school()
    people = ended(school, 20)
    start_audit(actor=school.actor("admin"), data=table(people))
    run_jobs("analytics.audit_fairness")
    report = FairnessReport.objects.get()
    assert report.body is None
    assert report.reason.endswith("there are 20.")


def test_audits_are_for_administrators() -> None:
    school = make_school()
    for who, error in (
        ("anonymous", SignInRequired),
        ("learner", Denied),
        ("instructor", Denied),
    ):
        with pytest.raises(error):
            start_audit(actor=school.actor(who), data=table([school.learner]))
        with pytest.raises(error):
            audit_fairness(actor=school.actor(who), table_id=1)
    assert not AuditTable.objects.exists()


def test_attributes_go_after_a_month_with_the_next_table_and_with_a_person() -> None:  # V2, V3
    school = make_school()
    admin = school.actor("admin")
    start_audit(actor=admin, data=table([school.learner, school.classmate]))
    first = AuditTable.objects.get()
    start_audit(actor=admin, data=table([school.learner, school.classmate]))
    second = AuditTable.objects.get()
    assert second.pk != first.pk
    erase_person(actor=actors.for_user(school.learner), person=school.learner)
    assert list(AuditValue.objects.values_list("user", flat=True)) == [school.classmate.pk]
    assert forget_audits() == 0
    with clock.travel(clock.now() + timedelta(days=31)):
        assert forget_audits() == 1
    assert not AuditValue.objects.exists()
    assert audit_fairness(actor=admin, table_id=second.pk) == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "needs the columns"),
        (b"person,attribute\nx,y\n", "needs the columns"),
        (b"\xff\xfe\x00", "no CSV in UTF-8"),
        (b"person,attribute,value\nx\x00,y,z\n", "no CSV in UTF-8"),
        (b"person,attribute,value\nx,,z\n", "Row 2"),
        (b"person,attribute,value\nx,y," + b"z" * 61, "Row 2"),
        (b"person,attribute,value\nnobody@example.org,y,z\n", "No row names somebody"),
        ((HEAD + "".join(f"x,y,{n}\n" for n in range(41))).encode(), "At most 10 attributes"),
        (b"x" * (4 * 1024 * 1024 + 1), "larger than 4 MB"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused(data: bytes, words: str) -> None:
    school = make_school()
    with pytest.raises(Invalid, match=words):
        start_audit(actor=school.actor("admin"), data=data)


def test_page_takes_a_table_and_shows_what_was_found() -> None:
    school = make_school()
    people = ended(school)
    client = Client()
    client.force_login(school.admin)
    address = "/institution/fairness/"
    assert "No audit yet" in client.get(address).content.decode()
    wrong = client.post(address, {"file": SimpleUploadedFile("x.csv", b"nothing")})
    assert wrong.status_code == 422
    assert "needs the columns" in wrong.content.decode()
    file = SimpleUploadedFile("x.csv", table(people))
    assert client.post(address, {"file": file}).status_code == 302
    run_jobs("analytics.audit_fairness")
    shown = client.get(address).content.decode()
    assert "The model that comes with Cairn" in shown
    assert "0.50 [0.30, 0.70]" in shown
