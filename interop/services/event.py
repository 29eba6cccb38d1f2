"""Planning something, changing it and calling it off."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from courses.models import Course, LearnerGroup
from courses.rules import MANAGE_COURSE
from courses.services.moments import require_moments
from interop.enums import (
    MAX_PLACE,
    MAX_TEXT,
    MAX_TITLE,
    MAX_URL,
    MOST_DAYS,
    MOST_IN_COURSE,
    MOST_OWN,
    MOST_WEEKLY,
    MOST_WEEKS,
)
from interop.events import EventCalledOff, EventPlanned
from interop.models import CalendarEvent
from interop.rules import EDIT_EVENT
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid, SignInRequired, Stale
from lms.kernel.events import publish
from lms.kernel.rules import require, require_write
from lms.kernel.text import require_line, require_text


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFields:
    """What is planned. Of whole days `starts_at` and `ends_at` name the first and the last day.

    `group` is the public id of a group of the course, empty for everybody. `repeat_until` is the
    last day on which a weekly event may begin.
    """

    title: str
    starts_at: datetime
    ends_at: datetime | None = None
    all_day: bool = False
    text: str = ""
    place: str = ""
    url: str = ""
    group: str = ""
    repeat_until: date | None = None
    time_zone: str = "UTC"


@transaction.atomic
def plan_event(*, actor: Actor, course: Course | None = None, fields: EventFields) -> CalendarEvent:
    """Plan something for a course that the asker manages, or without one for themselves.

    Raises Invalid with the field, Conflict `too_many_events`, and what `require` raises.
    """
    require_write(actor)
    if course is None:
        if actor.user_id is None:
            raise SignInRequired
        lock(User.objects.filter(pk=actor.user_id)).get()
        row, most = CalendarEvent(owner_id=actor.user_id), MOST_OWN
        there = CalendarEvent.objects.filter(owner=actor.user_id).count()
    else:
        require(actor, MANAGE_COURSE, course)
        lock(Course.objects.filter(pk=course.pk)).get()
        row, most = CalendarEvent(course=course), MOST_IN_COURSE
        there = CalendarEvent.objects.filter(course=course).count()
    _fill(row, fields)
    if there >= most:
        raise Conflict(_("There are too many events already."), code="too_many_events")
    row.created_at = row.updated_at
    row.save()
    _tell(actor, row, changed=False)
    return row


@transaction.atomic
def change_event(
    *,
    actor: Actor,
    event: CalendarEvent,
    fields: EventFields,
    version: int | None = None,
) -> CalendarEvent:
    """Change what is planned. Raises Invalid, Stale when it is no longer at `version`, Denied."""
    require(actor, EDIT_EVENT, event)
    row = lock(CalendarEvent.objects.filter(pk=event.pk).select_related("course")).get()
    if version is not None and row.version != version:
        raise Stale
    _fill(row, fields)
    row.version += 1
    row.save()
    _tell(actor, row, changed=True)
    return row


@transaction.atomic
def call_off_event(*, actor: Actor, event: CalendarEvent) -> None:
    """Remove what is planned, with all its weeks. Raises NotFound, Denied."""
    require(actor, EDIT_EVENT, event)
    gone, _kinds = CalendarEvent.objects.filter(pk=event.pk).delete()
    if gone and event.course_id is not None:
        publish(EventCalledOff(event_id=event.pk, course_id=event.course_id), actor=actor)


def _tell(actor: Actor, row: CalendarEvent, *, changed: bool) -> None:
    if row.course_id is not None:
        publish(
            EventPlanned(event_id=row.pk, changed=changed, course_id=row.course_id), actor=actor
        )


def _fill(row: CalendarEvent, fields: EventFields) -> None:
    row.title = require_line(fields.title.strip(), field="title", max_length=MAX_TITLE)
    if not row.title:
        raise Invalid(_("Write a title."), field="title")
    row.text = require_text(fields.text.strip(), field="text", max_length=MAX_TEXT)
    row.place = require_line(fields.place.strip(), field="place", max_length=MAX_PLACE)
    row.url = _address(fields.url.strip())
    row.group = _group(row.course, fields.group)
    row.all_day, row.time_zone = fields.all_day, clock.zone_named(fields.time_zone).key
    row.starts_at, row.ends_at = _times(fields)
    row.repeat_until = _until(row, fields.repeat_until)
    _require_weeks(row)
    row.updated_at = clock.now()


def _address(url: str) -> str:
    require_line(url, field="url", max_length=MAX_URL)
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        known = False
    if not known or " " in url:
        raise Invalid(_("Write a whole web address, with https:// before it."), field="url")
    return url


def _group(course: Course | None, public_id: str) -> LearnerGroup | None:
    if not public_id:
        return None
    found = LearnerGroup.objects.filter(course=course, public_id=public_id).first()
    if course is None or found is None:
        raise Invalid(_("There is no such group in this course."), field="group")
    return found


def _times(fields: EventFields) -> tuple[datetime, datetime]:
    starts = fields.starts_at
    ends = fields.ends_at or starts
    require_moments(starts_at=starts, ends_at=ends)
    if fields.all_day:
        zone = clock.zone_named(fields.time_zone)
        first, last = (moment.astimezone(zone).date() for moment in (starts, ends))
        starts = datetime.combine(first, time(), UTC)
        ends = datetime.combine(last + timedelta(days=1), time(), UTC)
    if ends < starts or (fields.all_day and ends == starts):
        raise Invalid(_("It cannot end before it starts."), field="ends_at")
    if ends - starts > timedelta(days=MOST_DAYS):
        raise Invalid(_("An event lasts a year at most."), field="ends_at")
    return starts, ends


def _require_weeks(row: CalendarEvent) -> None:
    if row.repeat_until is None:
        return
    weekly = CalendarEvent.objects.exclude(repeat_until=None).exclude(pk=row.pk)
    if weekly.filter(course=row.course, owner=row.owner_id).count() >= MOST_WEEKLY:
        words = _("So many events come every week already: %s at most.") % MOST_WEEKLY
        raise Conflict(words, code="too_many_events")


def _until(row: CalendarEvent, until: date | None) -> date | None:
    if until is None:
        return None
    zone = clock.zone_named("UTC" if row.all_day else row.time_zone)
    first: Any = row.starts_at.astimezone(zone).date()
    if until < first:
        raise Invalid(_("The last week is before the first one."), field="repeat_until")
    if until > first + timedelta(weeks=MOST_WEEKS):
        raise Invalid(_("Every week goes on for two years at most."), field="repeat_until")
    if row.ends_at - row.starts_at > timedelta(weeks=1):
        raise Invalid(_("What comes every week lasts a week at most."), field="repeat_until")
    return until
