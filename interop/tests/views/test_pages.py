"""Pages of the calendar say when things are, once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from assessments.tests.factories import School, make_school
from interop.models import CalendarEvent
from interop.services.event import EventFields, plan_event

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture
def school() -> School:
    return make_school()


def client(school: School, who: str = "learner") -> Client:
    found = Client()
    found.force_login(getattr(school, who))
    return found


def plan(school: School, **fields: object) -> CalendarEvent:
    wish = {"title": "A walk", "starts_at": START, "ends_at": START + timedelta(hours=1)}
    return plan_event(
        actor=school.actor("instructor"),
        course=school.course,
        fields=EventFields(**{**wish, **fields}),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({}, "10 Mar 2026, 09:00 \N{EN DASH} 10:00"),
        (
            {"ends_at": START + timedelta(days=1)},
            "10 Mar 2026, 09:00 \N{EN DASH} 11 Mar 2026, 09:00",
        ),
        ({"all_day": True}, "10 Mar 2026"),
    ],
)
def test_an_event_says_when_it_is(school: School, fields: dict[str, object], shown: str) -> None:
    row = plan(school, **fields)
    page = client(school).get(f"/me/calendar/{row.public_id}/").content.decode()
    assert f"<dd>{shown}</dd>" in page


def test_an_empty_month_says_so_and_a_full_one_does_not(school: School) -> None:
    plan(school)
    reader = client(school)
    assert "Nothing in this month" in reader.get("/me/calendar/?month=2026-04").content.decode()
    page = reader.get("/me/calendar/?month=2026-03").content.decode()
    assert "Nothing in this month" not in page
    assert "A walk" in page


def test_an_event_that_cannot_be_comes_back_with_its_fault(school: School) -> None:
    form = {"title": "A walk", "starts_at": "2026-03-10T09:00", "ends_at": "2026-03-10T08:00"}
    answer = client(school).post("/me/calendar/new/", form)
    assert answer.status_code == 400
    assert "It cannot end before it starts." in answer.content.decode()
    assert not CalendarEvent.objects.exists()


def test_who_corrects_a_word_elsewhere_leaves_a_weekly_event_at_its_hour(school: School) -> None:
    row = plan(school, repeat_until=date(2026, 4, 20), time_zone="Europe/Berlin")
    teacher = school.instructor
    type(teacher).objects.filter(pk=teacher.pk).update(time_zone="America/New_York")
    editor = client(school, "instructor")
    form = {"title": "A climb", "starts_at": "2026-03-10T05:00", "ends_at": "2026-03-10T06:00"}
    more = {"repeat_until": "2026-04-20"}
    assert editor.post(f"/me/calendar/{row.public_id}/", form | more).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.starts_at, row.time_zone) == ("A climb", START, "Europe/Berlin")
    later = form | more | {"starts_at": "2026-03-10T05:30"}
    assert editor.post(f"/me/calendar/{row.public_id}/", later).status_code == 302
    row.refresh_from_db()
    assert (row.starts_at - START, row.time_zone) == (timedelta(minutes=30), "America/New_York")


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Kiritimati", "UTC"])
def test_whole_days_stay_when_a_program_changes_a_word(school: School, zone: str) -> None:
    row = plan(school, all_day=True, ends_at=START + timedelta(days=1))
    before = (row.starts_at, row.ends_at)
    answer = client(school, "instructor").patch(
        f"/api/v1/calendar/events/{row.public_id}/",
        {"title": "A climb", "time_zone": zone},
        content_type="application/json",
    )
    assert answer.status_code == 200
    row.refresh_from_db()
    assert (row.title, row.starts_at, row.ends_at) == ("A climb", *before)


def test_the_calendar_is_in_the_menu_of_the_account(school: School) -> None:
    """A phone has no bar: without it the calendar is out of reach there."""
    page = client(school).get("/me/messages/").content.decode()
    menu = page[page.index("avatar-menu") : page.index("data-theme-choice")]
    assert 'href="/me/calendar/"' in menu
    assert 'href="/admin/"' not in menu
    admin = client(school, "admin").get("/me/messages/").content.decode()
    assert 'href="/admin/"' in admin[admin.index("avatar-menu") : admin.index("data-theme-choice")]
    assert "avatar-menu" not in Client().get("/courses/").content.decode()
