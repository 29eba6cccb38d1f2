"""What somebody wants to be told, where and when; what waits already follows a new choice."""

from collections.abc import Collection, Iterable
from datetime import time

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from courses.models import Course
from courses.rules import OPEN_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.rules import require, require_write
from realtime.enums import Frequency, NotificationKind
from realtime.models import (
    Mailbox,
    MutedCourse,
    Notification,
    NotificationPreference,
    NotificationTimes,
)
from realtime.queries.letters import waiting_mail
from realtime.queries.times import Hours, muted_courses, own_hours
from realtime.scoring.hours import next_at
from realtime.services.mailbox import hold_mailbox


@transaction.atomic
def set_preference(
    *,
    actor: Actor,
    kind: NotificationKind,
    in_app: bool,
    mail: bool,
    push: bool | None = None,
    frequency: Frequency | None = None,
) -> NotificationPreference:
    """Set the actor's own switches for one kind; None leaves one as it is."""
    require_write(actor)
    hold_mailbox(actor.user_id or 0)
    given = {"in_app": in_app, "mail": mail, "push": push, "frequency": frequency}
    row, _made = NotificationPreference.objects.update_or_create(
        user_id=actor.user_id or 0,
        kind=kind,
        defaults={name: value for name, value in given.items() if value is not None},
    )
    _follow(actor, row)
    return row


@transaction.atomic
def set_quiet(
    *, actor: Actor, start: time | None, end: time | None, days: Collection[int]
) -> NotificationTimes:
    """Set the actor's quiet hours by their days of beginning (0 is Monday); None ends them.

    Raises Invalid for one end without the other, or when no time of a day would be left.
    """
    require_write(actor)
    start, end = _wall(start), _wall(end)
    if (start is None) != (end is None):
        field = "quiet_from" if start is None else "quiet_until"
        raise Invalid(_("Quiet hours need a beginning and an end."), field=field)
    if start is not None and start == end:
        raise Invalid(
            _("Quiet hours must end at another time than they begin."), field="quiet_until"
        )
    if start is not None and not days:
        raise Invalid(_("Choose at least one day."), field="quiet_days")
    mask = sum(1 << day for day in set(days)) if days else None
    changes = {"quiet_from": start, "quiet_until": end}
    return _save_times(actor, **changes, **({"quiet_days": mask} if mask else {}))


@transaction.atomic
def set_digests(
    *, actor: Actor, hour: int, weekday: int, review_hour: int | None
) -> NotificationTimes:
    """Set the hour of the actor's digests, the day of the weekly one, and when cards are told of.

    Raises Invalid with the field.
    """
    require_write(actor)
    ranges = (
        ("digest_hour", hour, 23),
        ("digest_day", weekday, 6),
        ("review_hour", review_hour, 23),
    )
    for field, value, most in ranges:
        if value is not None and not 0 <= value <= most:
            raise Invalid(_("Choose from the list."), field=field)
    zone = own_hours(actor).zone
    upcoming = None if review_hour is None else next_at(clock.now(), zone, review_hour)
    return _save_times(
        actor,
        digest_hour=hour,
        digest_day=weekday,
        review_hour=review_hour,
        review_next=upcoming,
    )


@transaction.atomic
def mute_course(*, actor: Actor, course: Course) -> None:
    """No mail and no push of a course, nor of what waits. Raises Denied or NotFound."""
    require(actor, OPEN_COURSE, course)
    require_write(actor)
    hold_mailbox(actor.user_id or 0)
    MutedCourse.objects.get_or_create(user_id=actor.user_id or 0, course=course)
    _waiting(actor).filter(course=course).update(mail=False)
    _unpushed(actor).filter(course=course).update(push=False)


def unmute_course(*, actor: Actor, course_id: str) -> None:
    """Hear again of a course, by its public id. Raises NotFound unless it is muted."""
    require_write(actor)
    row = muted_courses(actor).filter(course__public_id=course_id).first()
    if row is None:
        raise NotFound
    row.delete()


def _wall(at: time | None) -> time | None:
    """A time of day to the minute, as a clock on the wall shows it."""
    return at and at.replace(second=0, microsecond=0, tzinfo=None)


def _save_times(actor: Actor, **changes: object) -> NotificationTimes:
    hold_mailbox(actor.user_id or 0)
    row, _made = NotificationTimes.objects.update_or_create(
        user_id=actor.user_id or 0, defaults=changes
    )
    hours = own_hours(actor)
    for frequency in Frequency:
        _schedule(_waiting(actor).filter(frequency=frequency), hours, frequency)
    # Quiet hours that are over now hold nothing back; a refusing mail server still does.
    boxes = Mailbox.objects.filter(user_id=actor.user_id or 0)
    boxes.filter(refused_since=None).update(not_before=None)
    boxes.update(push_not_before=None)
    return row


def _follow(actor: Actor, row: NotificationPreference) -> None:
    """Let what waits follow the switches of its kind."""
    waiting = _waiting(actor).filter(kind=row.kind)
    if row.mail:
        waiting.update(frequency=row.frequency)
        _schedule(waiting, own_hours(actor), Frequency(row.frequency))
    else:
        waiting.update(mail=False)
    if not row.push:
        _unpushed(actor).filter(kind=row.kind).update(push=False)


def _schedule(rows: QuerySet[Notification], hours: Hours, frequency: Frequency) -> None:
    now = clock.now()
    for kind in _kinds(rows):
        due = hours.mail_due(now, frequency, kind)
        later = rows.filter(kind=kind)
        if frequency == Frequency.AT_ONCE:
            # What was to leave sooner still does.
            later = later.exclude(mail_due__lte=due)
        later.update(mail_due=due)


def _kinds(rows: QuerySet[Notification]) -> Iterable[str]:
    return list(rows.order_by().values_list("kind", flat=True).distinct())


def _waiting(actor: Actor) -> QuerySet[Notification]:
    return waiting_mail(clock.now()).filter(user=actor.user_id or 0)


def _unpushed(actor: Actor) -> QuerySet[Notification]:
    return Notification.objects.filter(user_id=actor.user_id or 0, push=True, pushed_at=None)
