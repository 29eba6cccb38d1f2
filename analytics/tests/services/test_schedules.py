"""Reports by mail: when, once, to whom, and how they stop."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from analytics.models import ReportSchedule
from analytics.services.schedules import (
    Wish,
    mail_report,
    queue_due_reports,
    set_schedule,
    stop_schedule,
    stop_token,
)
from analytics.tests.factories import drain, make_learner, viewed
from assessments.tests.factories import School, make_school
from courses.models import Enrolment
from lms.kernel import clock
from lms.kernel.errors import Denied, Invalid
from lms.kernel.models import JobState
from lms.kernel.testing import run_jobs

pytestmark = pytest.mark.django_db
KIND = "analytics.mail_report"
# A Wednesday; the report comes on Mondays at eight in Lisbon, in winter the same in UTC.
NOW = datetime(2026, 1, 14, 12, tzinfo=UTC)
MONDAY = datetime(2026, 1, 19, 8, tzinfo=UTC)


@pytest.fixture
def school() -> School:
    return make_school(title="Stones\r\nand walls")


def asked(school: School, who: str = "instructor", **wish: Any) -> ReportSchedule:
    User.objects.filter(pk=getattr(school, who).pk).update(time_zone="Europe/Lisbon")
    given = {"every": "weekly", "weekday": 0, "hour": 8, **wish}
    with clock.travel(NOW):
        return set_schedule(actor=school.actor(who), course=school.course, wish=Wish(**given))


def sweep(at: datetime) -> int:
    with clock.travel(at):
        found = queue_due_reports()
        run_jobs(KIND)
    return found


@pytest.mark.django_db(transaction=True)  # what is folded must be committed
def test_report_comes_on_its_day_with_figures_and_no_names(school: School) -> None:
    row = asked(school)
    assert row.next_at == MONDAY
    learner = make_learner(school.course)
    viewed(school.course, learner, 7200, at=MONDAY - timedelta(days=4))
    drain()
    assert sweep(MONDAY - timedelta(minutes=1)) == 0
    assert sweep(MONDAY) == 1
    (sent,) = mail.outbox
    assert sent.to == [school.instructor.email]
    assert sent.subject == "Report of Stones and walls"
    (html,) = (str(part[0]) for part in sent.alternatives)  # type: ignore[attr-defined]
    for text in (sent.body, html):
        assert "Week from 12 Jan 2026" in text
        assert "2 h" in text
        assert f"/teach/{school.course.slug}/analytics/" in text
        assert learner.email not in text
        assert learner.public_id not in text
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    row.refresh_from_db()
    assert (row.next_at, row.sent_at) == (MONDAY + timedelta(days=7), MONDAY)


def test_report_is_sent_once_however_often_its_job_runs(school: School) -> None:  # J1
    row = asked(school)
    assert sweep(MONDAY) == 1
    assert sweep(MONDAY) == 0
    with clock.travel(MONDAY):
        assert mail_report(schedule_id=row.pk, due=MONDAY) is False
    assert len(mail.outbox) == 1


def test_a_refused_mail_is_tried_again_and_sent_once(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.mail import EmailMultiAlternatives

    row = asked(school)
    send = EmailMultiAlternatives.send

    def refuse(self: Any, fail_silently: bool = False) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse)
    with clock.travel(MONDAY):
        queue_due_reports()
        (job,) = run_jobs(KIND)
    assert job.state == JobState.FAILED
    row.refresh_from_db()
    assert (row.next_at, row.sent_at) == (MONDAY, None)
    monkeypatch.setattr(EmailMultiAlternatives, "send", send)
    assert sweep(MONDAY + timedelta(minutes=20)) == 1
    assert sweep(MONDAY + timedelta(minutes=40)) == 0
    assert len(mail.outbox) == 1


def test_a_report_of_yesterday_is_not_sent(school: School) -> None:
    row = asked(school)
    assert sweep(MONDAY + timedelta(hours=25)) == 1
    assert mail.outbox == []
    row.refresh_from_db()
    assert (row.on, row.next_at) == (True, MONDAY + timedelta(days=7))


def test_report_ends_when_its_reader_leaves_the_course(school: School) -> None:
    row = asked(school, "assistant")
    Enrolment.objects.filter(course=school.course, user=school.assistant).update(state="left")
    assert sweep(MONDAY) == 1
    assert mail.outbox == []
    row.refresh_from_db()
    assert not row.on
    gone = asked(school)
    User.objects.filter(pk=school.instructor.pk).update(is_active=False)
    sweep(MONDAY)
    assert mail.outbox == []
    gone.refresh_from_db()
    assert not gone.on


@pytest.mark.parametrize("attach", ["csv", "xlsx"])
def test_file_comes_without_names(school: School, attach: str) -> None:
    asked(school, attach=attach)
    learner = make_learner(school.course)
    sweep(MONDAY)
    (sent,) = mail.outbox
    ((name, content, _kind),) = sent.attachments
    assert name.startswith(school.course.slug)
    raw = content if isinstance(content, bytes) else content.encode()
    assert raw[:2] == b"PK"
    assert learner.email.encode() not in raw
    assert "attached, without names" in sent.body


def test_one_click_stops_it_and_opening_the_page_does_not(school: School) -> None:
    row = asked(school)
    client = Client(enforce_csrf_checks=True)
    address = reverse("report-off", args=[stop_token(row)])
    assert "Stop the reports of" in client.get(address).content.decode()
    row.refresh_from_db()
    assert row.on
    done = client.post(address, {"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    row.refresh_from_db()
    assert not row.on
    assert sweep(MONDAY) == 0
    assert client.post(reverse("report-off", args=["forged"])).status_code == 404


def test_only_staff_ask_for_it_and_stop_their_own(school: School) -> None:
    for who in ("learner", "observer", "other_instructor"):
        with pytest.raises(Denied):
            asked(school, who)
    own, other = asked(school), asked(school, "assistant")
    assert asked(school, hour=9, every="monthly").pk == own.pk
    stop_schedule(actor=school.actor("instructor"), course=school.course)
    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.on, other.on) == (False, True)


@pytest.mark.parametrize(
    "wish", [{"every": "daily"}, {"weekday": 7}, {"hour": 24}, {"attach": "parquet"}]
)
def test_what_is_no_wish_is_refused_by_its_name(school: School, wish: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        asked(school, **wish)
    assert list(caught.value.errors) == list(wish)
