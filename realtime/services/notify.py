"""The one way to notify: in the app, by mail and by push, as each person chose, never twice.

Here rows are written; `services.mail` and `services.push` bring what waits in them to people.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from courses.models import Course
from lms.kernel import clock, push
from lms.kernel.actors import Actor
from lms.kernel.rules import require, require_write
from realtime.enums import NotificationKind
from realtime.models import Notification, NotificationPreference
from realtime.queries.frames import NotificationFrame
from realtime.queries.times import wishes_of
from realtime.rules import READ_NOTIFICATION, VIEW_NOTIFICATION
from realtime.services.mailbox import hold_mailbox

BATCH = 200
KEEP = timedelta(days=365)


def notify(
    *,
    actor: Actor,
    kind: NotificationKind,
    recipients: Iterable[int],
    course: Course | None,
    key: str,
    args: Mapping[str, str],
    url: str,
    by_mail: bool = True,
) -> int:
    """Tell people, by user id, that something happened; returns how many were told now.

    `key` names the occasion ("announcement:5"): a person who was told of it is not told again.
    `args` are names for the words, `url` a path of this site. Inactive people and the actor
    themselves are left out. `by_mail=False` is for what another mail tells already.
    """
    wanted = set(recipients) - {actor.user_id}
    people = list(
        User.objects.filter(pk__in=wanted, is_active=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    told = 0
    for start in range(0, len(people), BATCH):
        batch = people[start : start + BATCH]
        rows = _wanted(kind, batch, course, by_mail=by_mail)
        for row in rows:
            row.course, row.key, row.args, row.url = course, key, dict(args), url
        with transaction.atomic():
            told += _store(rows)
    return told


def _wanted(
    kind: NotificationKind, people: list[int], course: Course | None, *, by_mail: bool
) -> list[Notification]:
    """Unsaved rows for those whose switches let the kind through at all."""
    wishes, now = wishes_of(kind, people, course), clock.now()
    rows = []
    for user_id in people:
        choice = wishes.switches.get(user_id) or NotificationPreference()
        muted = user_id in wishes.muted
        row = Notification(
            user_id=user_id,
            kind=kind,
            in_app=choice.in_app,
            mail=choice.mail and by_mail and not muted,
            push=choice.push and user_id in wishes.browsers and not muted,
            frequency=choice.frequency,
            # What a muted course tells is in the list, and disturbs nobody.
            read_at=now if muted else None,
            created_at=now,
        )
        if row.mail:
            row.mail_due = wishes.hours[user_id].mail_due(now, row.frequency, kind)
        if row.in_app or row.mail or row.push:
            rows.append(row)
    return rows


def _store(rows: list[Notification]) -> int:
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    # Only rows that were not there before carry the ids made here.
    made = list(Notification.objects.filter(public_id__in=[row.public_id for row in rows]))
    transaction.on_commit(lambda: _push(made), robust=True)
    return len(made)


def _push(rows: list[Notification]) -> None:
    for row in rows:
        if row.in_app and row.read_at is None:
            frame: NotificationFrame = {
                "type": "notification",
                "id": row.public_id,
                "kind": str(row.kind),
            }
            push.to_person(row.user_id, dict(frame))


def mark_read(*, actor: Actor, notification: Notification) -> Notification:
    """Mark one as read; again is no error. Raises NotFound for somebody else's."""
    require(actor, READ_NOTIFICATION, notification)
    if notification.read_at is None:
        notification.read_at = clock.now()
        notification.save(update_fields=["read_at"])
        _tell_read(notification.user_id)
    return notification


def mark_thread_read(*, actor: Actor, notification: Notification) -> int:
    """Mark one as read with all that tell of the same thread, which opening it shows together.

    Returns how many were unread. Raises NotFound for somebody else's.
    """
    require(actor, READ_NOTIFICATION, notification)
    rows = VIEW_NOTIFICATION.rows(actor).filter(read_at=None)
    about = Q(pk=notification.pk)
    if thread := notification.args.get("thread"):
        about |= Q(args__thread=thread, course=notification.course_id)
    with transaction.atomic():
        hold_mailbox(notification.user_id)
        count = rows.filter(about).update(read_at=clock.now())
        if count:
            _tell_read(notification.user_id)
    return count


def mark_all_read(*, actor: Actor) -> int:
    """Mark the actor's notifications as read; returns how many were unread."""
    require_write(actor)
    user_id = actor.user_id
    if user_id is None:
        return 0
    with transaction.atomic():
        hold_mailbox(user_id)
        count = VIEW_NOTIFICATION.rows(actor).filter(read_at=None).update(read_at=clock.now())
        if count:
            _tell_read(user_id)
    return count


def forget_old_notifications() -> None:
    """Remove what is older than a year."""
    Notification.objects.filter(created_at__lt=clock.now() - KEEP).delete()


def _tell_read(user_id: int) -> None:
    transaction.on_commit(lambda: push.to_person(user_id, {"type": "read"}), robust=True)
