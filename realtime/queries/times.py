"""How somebody wants to be reached now: switches, quiet hours, digests, muted courses."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet

from accounts.models import User
from courses.models import Course
from courses.queries.roles import member_course_ids
from lms.kernel import clock
from lms.kernel.actors import Actor
from realtime.enums import URGENT, Frequency, NotificationKind
from realtime.models import (
    Mailbox,
    MutedCourse,
    NotificationPreference,
    NotificationTimes,
    PushSubscription,
)
from realtime.scoring.hours import Quiet, next_at, quiet_until

# So long after one mail the next of those that come at once may leave.
PAUSE: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Hours:
    """A person's times in their zone."""

    zone: ZoneInfo
    times: NotificationTimes
    last_mail_at: datetime | None = None

    @property
    def quiet(self) -> Quiet | None:
        """Their quiet hours, None without."""
        row = self.times
        if row.quiet_from is None or row.quiet_until is None:
            return None
        return Quiet(row.quiet_from, row.quiet_until, row.quiet_days)

    def quiet_end(self, moment: datetime) -> datetime | None:
        """When the quiet ends in which a moment lies."""
        return quiet_until(moment, self.zone, self.quiet)

    def digest_at(self, now: datetime, frequency: str) -> datetime:
        """When the next digest comes."""
        weekday = self.times.digest_day if frequency == Frequency.WEEKLY else None
        moment = next_at(now, self.zone, self.times.digest_hour, weekday)
        return self.quiet_end(moment) or moment

    def mail_due(self, now: datetime, frequency: str, kind: str) -> datetime:
        """When mail of something that happens now may leave."""
        if frequency != Frequency.AT_ONCE:
            return self.digest_at(now, frequency)
        due = now if kind in URGENT else now + window()
        if kind not in URGENT and self.last_mail_at is not None:
            due = max(due, self.last_mail_at + PAUSE)
        return self.quiet_end(due) or due


@dataclass(frozen=True, slots=True)
class Wishes:
    """What people want of one kind, and where they can be reached."""

    hours: dict[int, Hours]
    switches: dict[int, NotificationPreference]
    muted: set[int] = field(default_factory=set)
    browsers: set[int] = field(default_factory=set)


def window() -> timedelta:
    """How long mail waits for more to come."""
    return timedelta(seconds=settings.MAIL_WINDOW)


def wishes_of(kind: str, people: list[int], course: Course | None) -> Wishes:
    """What some people want of a kind in a course, in the same queries however many they are."""
    rows = NotificationPreference.objects.filter(kind=kind, user_id__in=people)
    muted: set[int] = set()
    if course is not None:
        mutes = MutedCourse.objects.filter(course=course, user_id__in=people)
        muted = set(mutes.values_list("user_id", flat=True))
    browsers = PushSubscription.objects.filter(user_id__in=people)
    return Wishes(
        hours=hours_of(people),
        switches={row.user_id: row for row in rows},
        muted=muted,
        browsers=set(browsers.values_list("user_id", flat=True)),
    )


def hours_of(people: Iterable[int]) -> dict[int, Hours]:
    """The times of each person."""
    wanted = list(people)
    times = {row.user_id: row for row in NotificationTimes.objects.filter(user_id__in=wanted)}
    mailed = dict(Mailbox.objects.filter(user_id__in=wanted).values_list("user_id", "last_mail_at"))
    named = User.objects.filter(pk__in=wanted).values_list("pk", "time_zone")
    zones = {pk: clock.zone_named(name) for pk, name in named}
    return {
        pk: Hours(zone, times.get(pk) or NotificationTimes(user_id=pk), mailed.get(pk))
        for pk, zone in zones.items()
    }


def own_hours(actor: Actor) -> Hours:
    """The asker's times."""
    return hours_of([actor.user_id or 0])[actor.user_id or 0]


def muted_courses(actor: Actor) -> QuerySet[MutedCourse]:
    """What the asker muted, by title."""
    rows = MutedCourse.objects.filter(user_id=actor.user_id or 0, course__deleted_at=None)
    return rows.select_related("course").order_by("course__title", "pk")


def courses_to_mute(actor: Actor) -> list[tuple[Course, bool]]:
    """The asker's courses, each with whether it is muted."""
    muted = set(muted_courses(actor).values_list("course_id", flat=True))
    wanted = Q(pk__in=member_course_ids(actor)) | Q(pk__in=muted)
    rows = Course.objects.filter(wanted, deleted_at=None).order_by("title", "pk")
    return [(course, course.pk in muted) for course in rows]


def next_digests(actor: Actor) -> dict[str, datetime]:
    """When the asker's digests come that they have a kind for."""
    hours, now = own_hours(actor), clock.now()
    rows = NotificationPreference.objects.filter(
        user_id=actor.user_id or 0, mail=True, kind__in=NotificationKind.values
    )
    wanted = set(rows.values_list("frequency", flat=True)) - {Frequency.AT_ONCE.value}
    return {one: hours.digest_at(now, one) for one in Frequency.values if one in wanted}


def days_of(mask: int) -> list[int]:
    """The weekdays in a mask."""
    return [day for day in range(7) if mask >> day & 1]
