"""The one way to notify: in the app and by mail, as each person's switches say, never twice."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db import transaction

from accounts.models import User
from courses.models import Course
from lms.kernel import clock, push
from lms.kernel.actors import Actor
from lms.kernel.jobs import enqueue
from lms.kernel.rules import require, require_write
from realtime.enums import NotificationKind
from realtime.models import Notification, NotificationPreference
from realtime.queries.frames import NotificationFrame
from realtime.queries.notifications import switches_for
from realtime.rules import READ_NOTIFICATION, VIEW_NOTIFICATION

BATCH = 200
KEEP = timedelta(days=365)
MAILS_PER_JOB = 50


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
        rows = _wanted(kind, batch, by_mail=by_mail)
        for row in rows:
            row.course, row.key, row.args, row.url = course, key, dict(args), url
        with transaction.atomic():
            told += _store(actor, rows, course)
    return told


def _wanted(kind: NotificationKind, people: list[int], *, by_mail: bool) -> list[Notification]:
    """Unsaved rows for those whose switches let the kind through at all."""
    switches = switches_for(kind, people)
    rows = []
    for user_id in people:
        choice = switches.get(user_id)
        in_app, mail = (choice.in_app, choice.mail) if choice else (True, True)
        if in_app or (mail and by_mail):
            mail = mail and by_mail
            rows.append(Notification(user_id=user_id, kind=kind, in_app=in_app, mail=mail))
    return rows


def _store(actor: Actor, rows: list[Notification], course: Course | None) -> int:
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    # Only rows that were not there before carry the ids made here.
    made = list(Notification.objects.filter(public_id__in=[row.public_id for row in rows]))
    by_mail = [row.pk for row in made if row.mail]
    for start in range(0, len(by_mail), MAILS_PER_JOB):
        ids = by_mail[start : start + MAILS_PER_JOB]
        enqueue(
            "realtime.mail_notifications",
            actor=actor,
            params={"ids": ids},
            course_id=course.pk if course else None,
            idempotency_key=f"mail-notifications:{ids[0]}",
        )
    transaction.on_commit(lambda: _push(made), robust=True)
    return len(made)


def _push(rows: list[Notification]) -> None:
    for row in rows:
        if row.in_app:
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


def mark_all_read(*, actor: Actor) -> int:
    """Mark the actor's notifications as read; returns how many were unread."""
    require_write(actor)
    count = VIEW_NOTIFICATION.rows(actor).filter(read_at=None).update(read_at=clock.now())
    if count and actor.user_id is not None:
        _tell_read(actor.user_id)
    return count


def set_preference(
    *, actor: Actor, kind: NotificationKind, in_app: bool, mail: bool
) -> NotificationPreference:
    """Set the actor's own switches for one kind."""
    require_write(actor)
    row, _made = NotificationPreference.objects.update_or_create(
        user_id=actor.user_id or 0, kind=kind, defaults={"in_app": in_app, "mail": mail}
    )
    return row


def forget_old_notifications() -> None:
    """Remove what is older than a year."""
    Notification.objects.filter(created_at__lt=clock.now() - KEEP).delete()


def _tell_read(user_id: int) -> None:
    transaction.on_commit(lambda: push.to_person(user_id, {"type": "read"}), robust=True)
