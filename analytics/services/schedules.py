"""Reports of a course by mail: asked for, sent once each, stopped by one click or by leaving."""

import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from analytics.enums import Attachment, Rhythm, Weekday
from analytics.events import ReportMailed
from analytics.exchange.report_files import CONTENT_TYPES, ENDINGS, writer_of
from analytics.models import ReportSchedule
from analytics.queries.report_rows import report_rows
from analytics.queries.schedules import digest_of
from analytics.scoring.help import HelpState
from analytics.scoring.rhythm import next_time
from analytics.services.exports import assessments_of
from analytics.services.help import needs_help
from courses.models import Course
from courses.rules import ASSIST_COURSE, STAFF_COURSE
from lms.kernel import actors, clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.events import publish
from lms.kernel.jobs import enqueue
from lms.kernel.rules import require

KIND = "analytics.mail_report"
SALT = "analytics.report-by-mail"
AT_ONCE = 100
# A mail that a server refused is tried again so often; one so late is left for the next time.
AGAIN = timedelta(minutes=15)
TOO_LATE = timedelta(hours=24)
MOST_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Wish:
    """How often, on which day and hour of one's own clock, and with which file."""

    every: str
    weekday: int
    hour: int
    attach: str = ""


@transaction.atomic
def set_schedule(*, actor: Actor, course: Course, wish: Wish) -> ReportSchedule:
    """Get the report of a course by mail from now on; asking again changes it.

    Raises what `require` raises, and Invalid naming the field.
    """
    require(actor, ASSIST_COURSE, course)
    _check(wish)
    lock(Course.objects.filter(pk=course.pk)).get()
    row = ReportSchedule.objects.filter(course=course, user_id=actor.user_id or 0).first()
    row = row or ReportSchedule(course=course, user_id=actor.user_id or 0)
    row.every, row.weekday, row.hour = wish.every, wish.weekday, wish.hour
    row.attach, row.on = wish.attach, True
    row.next_at = _next(row, clock.now())
    row.save()
    return row


@transaction.atomic
def stop_schedule(*, actor: Actor, course: Course) -> None:
    """Get no more of them. Raises what `require` raises."""
    require(actor, ASSIST_COURSE, course)
    ReportSchedule.objects.filter(course=course, user_id=actor.user_id or 0).update(on=False)


def stop_token(row: ReportSchedule) -> str:
    """What the link of a mail carries: it stops this report and does nothing else."""
    return signing.dumps(row.public_id, salt=SALT)


def schedule_by_token(token: str) -> ReportSchedule:
    """The report that a link is of. Raises NotFound for a forged one, or one that is gone."""
    try:
        public_id = signing.loads(token, salt=SALT)
    except signing.BadSignature as problem:
        raise NotFound from problem
    row = ReportSchedule.objects.filter(public_id=public_id).select_related("course").first()
    if row is None:
        raise NotFound
    return row


@transaction.atomic
def stop_by_token(*, token: str) -> ReportSchedule:
    """Stop the report that a link is of, without signing in. Raises NotFound."""
    row = schedule_by_token(token)
    ReportSchedule.objects.filter(pk=row.pk).update(on=False)
    return row


def queue_due_reports(*, limit: int = AT_ONCE) -> int:
    """Start mailing reports that are due; how many.

    Started twice, a mail is still sent once: the job claims its moment.
    """
    now = clock.now()
    due = ReportSchedule.objects.filter(on=True, next_at__lte=now).order_by("next_at", "pk")
    found = list(due[:limit])
    turn = int(now.timestamp() // AGAIN.total_seconds())
    for row in found:
        enqueue(
            KIND,
            actor=actors.system("analytics.reports"),
            params={"schedule": row.pk, "due": row.next_at.isoformat()},
            course_id=row.course_id,
            idempotency_key=f"report-mail:{row.pk}:{turn}",
        )
    return len(found)


def mail_report(*, schedule_id: int, due: datetime) -> bool:
    """Send the report that was due at a moment, once; False where there is nothing to send.

    The moment is claimed before the mail leaves, so that a worker that dies in between loses a mail
    rather than sending it twice. A mail server that refuses gives it back, and it is tried again.
    """
    row = _claim(schedule_id, due)
    if row is None:
        return False
    try:
        _message(row).send()
    except Exception:
        ReportSchedule.objects.filter(pk=row.pk, next_at=row.next_at).update(
            next_at=due, sent_at=None
        )
        raise
    return True


def _claim(schedule_id: int, due: datetime) -> ReportSchedule | None:
    now = clock.now()
    with transaction.atomic():
        rows = ReportSchedule.objects.select_related("user", "course")
        row = lock(rows.filter(pk=schedule_id, on=True, next_at=due)).first()
        if row is None or due > now:
            return None
        row.next_at = _next(row, now)
        row.on = STAFF_COURSE.may(actors.for_user(row.user), row.course)
        sent = row.on and now - due <= TOO_LATE
        row.sent_at = now if sent else row.sent_at
        row.save(update_fields=["next_at", "on", "sent_at"])
        if sent:
            told = ReportMailed(course_id=row.course_id, schedule_id=row.pk, attach=row.attach)
            publish(told, actor=actors.system("analytics.reports"))
    return row if sent else None


def _next(row: ReportSchedule, after: datetime) -> datetime:
    return next_time(
        after,
        clock.zone_named(row.user.time_zone),
        weekday=row.weekday,
        hour=row.hour,
        monthly=row.every == Rhythm.MONTHLY,
    )


def _check(wish: Wish) -> None:
    if wish.every not in Rhythm.values:
        raise Invalid(_("Choose weekly or monthly."), field="every")
    if wish.weekday not in Weekday.values:
        raise Invalid(_("Choose a day."), field="weekday")
    if not 0 <= wish.hour <= 23:
        raise Invalid(_("An hour is 0 to 23."), field="hour")
    if wish.attach and wish.attach not in Attachment.values:
        raise Invalid(_("Choose a file or none."), field="attach")


def _message(row: ReportSchedule) -> EmailMultiAlternatives:
    zone = clock.zone_named(row.user.time_zone)
    with translation.override(row.user.language), timezone.override(zone):
        actor = actors.for_user(row.user)
        entries = needs_help(actor=actor, course=row.course)
        helped = sum(one.assessment.state is HelpState.NEEDS_HELP for one in entries)
        file = _file(actor, row)
        page = f"{settings.PUBLIC_URL}/teach/{row.course.slug}/analytics/"
        off = f"{settings.PUBLIC_URL}/reports/off/{stop_token(row)}/"
        context = {
            "name": row.user.display_name,
            "language": row.user.language,
            "course": row.course,
            "digest": digest_of(actor, row.course, helped),
            "link": page,
            "off": off,
            "attached": file is not None,
            "too_large": bool(row.attach) and file is None,
        }
        title = _("Report of %(course)s") % {"course": row.course.title}
        mail = EmailMultiAlternatives(
            subject=" ".join(title.split()),
            body=render_to_string("analytics/mail/report.txt", context),
            to=[row.user.email],
            headers={
                "List-Unsubscribe": f"<{off}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Auto-Submitted": "auto-generated",
            },
        )
        mail.attach_alternative(
            render_to_string("analytics/mail/report.html", context), "text/html"
        )
        if file is not None:
            name = f"{row.course.slug}-report.{ENDINGS[row.attach]}"
            mail.attach(name, file, CONTENT_TYPES[row.attach])
    return mail


def _file(actor: Actor, row: ReportSchedule) -> bytes | None:
    """The tables without names: a mail passes machines that are not ours."""
    if not row.attach:
        return None
    rows = report_rows(actor, row.course, assessments_of, pseudonymous=True)
    with tempfile.TemporaryFile() as out:
        writer_of(row.attach)(rows, out)
        if out.seek(0, 2) > MOST_BYTES:
            return None
        out.seek(0)
        return out.read()
