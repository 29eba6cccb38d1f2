"""Planning, changing and calling off."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from assessments.tests.factories import School, make_school
from assessments.tests.handed_in import make_group
from interop.enums import MAX_TITLE
from interop.models import CalendarEvent, CalendarFeed
from interop.services import event as service
from interop.services.event import EventFields, call_off_event, change_event, plan_event
from interop.services.feed import end_feed, make_feed
from lms.kernel import actors
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound, SignInRequired, Stale
from lms.kernel.models import EventRecord

pytestmark = [pytest.mark.django_db, pytest.mark.services]
START = datetime(2026, 3, 10, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def school() -> School:
    return make_school()


def wish(**fields: Any) -> EventFields:
    return EventFields(**{"title": "A walk", "starts_at": START, "ends_at": START + HOUR, **fields})


def plan(school: School, who: str = "instructor", **fields: Any) -> CalendarEvent:
    return plan_event(actor=school.actor(who), course=school.course, fields=wish(**fields))


def test_instructors_plan_for_the_course_and_it_is_told(school: School) -> None:
    row = plan(school, place=" At the gate ", url="https://example.com/x")
    assert (row.course, row.owner, row.place) == (school.course, None, "At the gate")
    told = EventRecord.objects.get(kind="interop.event_planned")
    assert told.data == {"course_id": school.course.pk, "event_id": row.pk, "changed": False}


@pytest.mark.parametrize("who", ["assistant", "learner", "observer", "outsider"])
def test_others_do_not(school: School, who: str) -> None:
    with pytest.raises(Denied):
        plan(school, who)
    assert not CalendarEvent.objects.exists()


def test_everybody_plans_for_themselves_and_nothing_is_told(school: School) -> None:
    row = plan_event(actor=school.actor("outsider"), fields=wish())
    assert (row.course, row.owner) == (None, school.outsider)
    assert not EventRecord.objects.filter(kind__startswith="interop.").exists()
    for asker in (actors.ANONYMOUS, actors.system("test")):
        with pytest.raises(SignInRequired):
            plan_event(actor=asker, fields=wish())


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("title", {"title": "  "}),
        ("title", {"title": "x" * (MAX_TITLE + 1)}),
        ("title", {"title": "two\nlines"}),
        ("text", {"text": "nul \x00"}),
        ("url", {"url": "javascript:alert(1)"}),
        ("url", {"url": "https://"}),
        ("url", {"url": "https://[x"}),
        ("url", {"url": "https://example.com/a b"}),
        ("group", {"group": "nothing"}),
        ("ends_at", {"ends_at": START - HOUR}),
        ("ends_at", {"ends_at": START + timedelta(days=400)}),
        ("starts_at", {"starts_at": datetime(1, 1, 1, tzinfo=UTC)}),
        ("ends_at", {"ends_at": datetime(9999, 12, 31, 23, 59, tzinfo=UTC)}),
        ("ends_at", {"all_day": True, "ends_at": START - timedelta(days=2)}),
        ("repeat_until", {"repeat_until": date(2026, 3, 1)}),
        ("repeat_until", {"repeat_until": date(2029, 3, 1)}),
        (
            "repeat_until",
            {"repeat_until": date(2026, 4, 1), "ends_at": START + timedelta(days=8)},
        ),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(
    school: School, field: str, fields: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as caught:
        plan(school, **fields)
    assert list(caught.value.errors) == [field]
    assert not CalendarEvent.objects.exists()


def test_a_group_is_one_of_the_course(school: School) -> None:
    group = make_group(school, "learner")
    assert plan(school, group=group.public_id).group == group
    with pytest.raises(Invalid):
        plan_event(actor=school.actor("instructor"), fields=wish(group=group.public_id))


def test_whole_days_are_those_of_whoever_plans(school: School) -> None:
    late = datetime(2026, 3, 10, 23, tzinfo=UTC)  # the 11th in Berlin
    row = plan(school, all_day=True, starts_at=late, ends_at=late, time_zone="Europe/Berlin")
    assert row.starts_at == datetime(2026, 3, 11, tzinfo=UTC)
    assert row.ends_at == datetime(2026, 3, 12, tzinfo=UTC)
    assert row.last_moment == row.starts_at


def test_changes_count_and_a_stale_one_is_refused(school: School) -> None:
    row, teacher = plan(school), school.actor("instructor")
    changed = change_event(actor=teacher, event=row, fields=wish(title="A climb"), version=1)
    assert (changed.title, changed.version) == ("A climb", 2)
    with pytest.raises(Stale):
        change_event(actor=teacher, event=row, fields=wish(), version=1)
    with pytest.raises(Denied):
        change_event(actor=school.actor("learner"), event=row, fields=wish())
    with pytest.raises(NotFound):
        change_event(actor=school.actor("other_instructor"), event=row, fields=wish())


def test_called_off_is_gone_once(school: School) -> None:
    row, teacher = plan(school), school.actor("instructor")
    call_off_event(actor=teacher, event=row)
    row.pk = row.pk or 1
    assert not CalendarEvent.objects.exists()
    assert EventRecord.objects.filter(kind="interop.event_called_off").count() == 1


def test_a_person_plans_so_much_and_no_more(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_OWN", 1)
    monkeypatch.setattr(service, "MOST_IN_COURSE", 1)
    plan_event(actor=school.actor("learner"), fields=wish())
    plan(school)
    with pytest.raises(Conflict):
        plan_event(actor=school.actor("learner"), fields=wish())
    with pytest.raises(Conflict):
        plan(school)


def test_so_much_comes_every_week_and_no_more(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_WEEKLY", 1)
    weekly: dict[str, Any] = {"repeat_until": date(2026, 4, 7)}
    teacher = school.actor("instructor")
    row = plan(school, **weekly)
    plan_event(actor=school.actor("learner"), fields=wish(**weekly))
    once = plan(school)
    with pytest.raises(Conflict):
        plan(school, **weekly)
    with pytest.raises(Conflict):
        change_event(actor=teacher, event=once, fields=wish(**weekly))
    assert change_event(actor=teacher, event=row, fields=wish(**weekly)).version == 2


def test_addresses_are_ones_own(school: School) -> None:
    feed, token = make_feed(actor=school.actor("learner"), course=school.course)
    assert len(token) >= 40
    with pytest.raises(NotFound):
        end_feed(actor=school.actor("instructor"), feed=feed)
    with pytest.raises(Denied):
        make_feed(actor=school.actor("outsider"), course=school.course)
    end_feed(actor=school.actor("learner"), feed=feed)
    assert not CalendarFeed.objects.exists()
    kinds = EventRecord.objects.filter(kind__startswith="interop.").order_by("id")
    assert list(kinds.values_list("kind", flat=True)) == [
        "interop.calendar_feed_made",
        "interop.calendar_feed_ended",
    ]
