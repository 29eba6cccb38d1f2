"""Send what waits as one mail to each person: once, in their language, at their hours.

A mail waits a moment for more to come (`Hours.mail_due`), and the sweep then queues the person,
not the thing: whatever waits by then is one letter. The lock of the person's mailbox keeps two
workers apart. A letter is marked before it leaves, so that a worker that dies in between sends
nothing twice, and its things are in the app all the same.
"""

import smtplib
from datetime import datetime, timedelta
from typing import Final

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from lms.kernel import clock
from lms.kernel.actors import system
from lms.kernel.db.locks import lock
from lms.kernel.jobs import enqueue
from realtime.enums import TALK, Frequency, NotificationKind
from realtime.models import Letter, Mailbox, MutedCourse, Notification, NotificationPreference
from realtime.queries.letters import (
    MOST_THINGS,
    courses_banned,
    courses_left,
    due_mail,
    people_with_mail,
    waiting_mail,
)
from realtime.queries.times import hours_of
from realtime.services.letter_text import mail_of
from realtime.services.review_occasions import reviewed_since

JOB: Final = "realtime.mail_people"
RETRY_AFTER: Final = timedelta(minutes=5)
RETRY_FOR: Final = timedelta(hours=24)
KEEP_LETTERS: Final = timedelta(days=90)
# A job that is lost is made anew after so long.
QUEUED_FOR: Final = timedelta(minutes=10)
MOST_PEOPLE: Final = 1_000
PEOPLE_PER_JOB: Final = 50
CHUNK: Final = 500
# Answers of a mail server: what they are about was not taken.
REFUSALS: Final = (
    smtplib.SMTPResponseException,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPNotSupportedError,
)


class NotTaken(Exception):
    """The mail server did not take a letter; it will be tried again."""


@transaction.atomic
def queue_due_mail() -> int:
    """Queue everybody whose mail is due, nobody twice; returns how many people."""
    now = clock.now()
    people = people_with_mail(now, MOST_PEOPLE)
    if not people:
        return 0
    Mailbox.objects.bulk_create([Mailbox(user_id=pk) for pk in people], ignore_conflicts=True)
    free = Q(queued_until=None) | Q(queued_until__lte=now)
    boxes = lock(Mailbox.objects.filter(free, user__in=people), skip_locked=True)
    ids = list(boxes.order_by("user_id").values_list("user_id", flat=True))
    Mailbox.objects.filter(user__in=ids).update(queued_until=now + QUEUED_FOR)
    for start in range(0, len(ids), PEOPLE_PER_JOB):
        enqueue(
            JOB,
            actor=system("realtime.mail"),
            params={"people": ids[start : start + PEOPLE_PER_JOB]},
        )
    return len(ids)


def mail_person(user_id: int) -> int:
    """Send a person what is due as one mail; how many things it told, 0 when nothing was.

    Raises NotTaken when the mail server refuses: the things are then tried again for a day.
    """
    Mailbox.objects.get_or_create(user_id=user_id)
    with transaction.atomic():
        made = _make(user_id)
    if made is None:
        return 0
    letter, mail = made
    connection, reached = get_connection(), False
    try:
        connection.open()
        reached = True
        connection.send_messages([mail])
    except OSError as problem:  # smtplib's errors are OSErrors
        _take_back(letter, certain=not reached or isinstance(problem, REFUSALS))
        raise NotTaken(type(problem).__name__) from problem
    finally:
        connection.close()
    Letter.objects.filter(pk=letter.pk).update(sent_at=clock.now())
    Mailbox.objects.filter(user=user_id).update(refused_since=None)
    return letter.things


def forget_old_letters() -> None:
    """Remove letters of long ago."""
    Letter.objects.filter(created_at__lt=clock.now() - KEEP_LETTERS).delete()


def _make(user_id: int) -> tuple[Letter, EmailMultiAlternatives] | None:
    """The letter that leaves now, marked as handed over; None when there is none."""
    box = lock(Mailbox.objects.filter(user=user_id)).get()
    person = User.objects.filter(pk=user_id, is_active=True).first()
    now = clock.now()
    box.queued_until = None
    taken = None
    if person is not None and not _must_wait(box, now):
        taken = _take(person, now)
    if person is None or taken is None:
        box.save(update_fields=["queued_until", "not_before"])
        return None
    letter, rows = taken
    mail = mail_of(person, letter, rows)
    letter.things, letter.tries, letter.handed_at = len(rows), letter.tries + 1, now
    letter.save()
    for start in range(0, len(rows), CHUNK):
        keys = [row.pk for row in rows[start : start + CHUNK]]
        Notification.objects.filter(pk__in=keys).update(mailed_at=now, letter=letter)
    box.last_mail_at, box.not_before = now, None
    box.save(update_fields=["queued_until", "not_before", "last_mail_at"])
    return letter, mail


def _must_wait(box: Mailbox, now: datetime) -> bool:
    """Whether it is quiet where the person is, or too early to try again."""
    quiet = hours_of([box.user_id])[box.user_id].quiet_end(now)
    if quiet is not None:
        box.not_before = quiet
    return box.not_before is not None and box.not_before > now


def _take(person: User, now: datetime) -> tuple[Letter, list[Notification]] | None:
    """A letter that must be tried again as it was, else a new one of all that may leave."""
    waiting = waiting_mail(now).filter(user=person).select_related("course").order_by("pk")
    again = Letter.objects.filter(user=person, handed_at=None).first()
    if again is not None:
        rows = _wanted(person, list(waiting.filter(letter=again)))
        if rows:
            return again, rows
        again.delete()
    # Also what comes at once and would wait a moment longer: it saves the next mail.
    joining = due_mail(now) | Q(frequency=Frequency.AT_ONCE)
    rows = list(waiting.filter(joining, letter=None)[:MOST_THINGS])
    if not any(row.mail_due is None or row.mail_due <= now for row in rows):
        return None
    rows = _wanted(person, rows)
    return (Letter(user=person), rows) if rows else None


def _wanted(person: User, rows: list[Notification]) -> list[Notification]:
    """Those that the person still wants to be mailed of and may know; the others never will be.

    A digest tells of a week: meanwhile somebody may have left a course, or been removed from it,
    or banned from its rooms, of whose talk they are then told nothing.
    """
    kinds = NotificationPreference.objects.filter(user=person, mail=False)
    off = set(kinds.values_list("kind", flat=True))
    courses = MutedCourse.objects.filter(user=person).values_list("course_id", flat=True)
    muted = set(courses)
    due_cards = [row.created_at for row in rows if row.kind == NotificationKind.REVIEW_DUE]
    if due_cards and reviewed_since(person, min(due_cards)):
        off.add(NotificationKind.REVIEW_DUE)
    gone = courses_left(person.pk, [row.course_id for row in rows])
    banned = courses_banned(person.pk, [row.course_id for row in rows])
    left_out = [
        row.pk
        for row in rows
        if row.kind in off
        or row.course_id in muted
        or (row.course_id in gone and row.kind != NotificationKind.INVITED)
        or (row.course_id in banned and row.kind in TALK)
    ]
    for start in range(0, len(left_out), CHUNK):
        keys = left_out[start : start + CHUNK]
        Notification.objects.filter(pk__in=keys).update(mail=False)
    unwanted = set(left_out)
    return [row for row in rows if row.pk not in unwanted]


@transaction.atomic
def _take_back(letter: Letter, *, certain: bool) -> None:
    """Let the things of a refused letter be told by the next, or by none after a day of refusals.

    Where the connection broke in the middle, the server may have taken it: then it is tried again
    as the same letter, whose Message-ID lets the receiving side know it.
    """
    box = lock(Mailbox.objects.filter(user=letter.user_id)).get()
    now = clock.now()
    box.refused_since = box.refused_since or now
    rows = Notification.objects.filter(letter=letter)
    box.not_before = now + RETRY_AFTER
    if now - box.refused_since >= RETRY_FOR:
        rows.update(mail=False)
        box.refused_since = None
    rows.update(mailed_at=None)
    if certain:
        letter.delete()
    else:
        Letter.objects.filter(pk=letter.pk).update(handed_at=None)
    box.save(update_fields=["refused_since", "not_before"])
