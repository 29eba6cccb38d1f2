"""What follows the replay: figures folded, patterns found, notifications read, drafts waiting."""

from datetime import datetime, timedelta

from analytics.services.fold import fold
from analytics.services.help import flagged, note_contact
from analytics.services.patterns import start_for_course
from analytics.services.recommend import refresh_affinities
from analytics.services.totals import refresh_stale_totals
from courses.models import Enrolment
from lms.kernel import clock
from lms.kernel.actors import for_user
from lms.kernel.jobs.run import run_job
from lms.management.demo_timeline import Stage
from realtime.enums import NotificationKind
from realtime.models import Notification
from realtime.services.notify import mark_read, set_preference

LOGINS = (
    "admin@example.com",
    "instructor@example.com",
    "instructor2@example.com",
    "assistant@example.com",
    "student@example.com",
    "student2@example.com",
)
UNREAD_OF_LOGINS = 2
CONTACTED_AGO = timedelta(days=3)


def finish(stage: Stage, now: datetime) -> int:
    """Do what the scheduled work would have done by now; returns the number of drafts waiting."""
    _count(stage)
    _contact(stage, now)
    _read_notifications(stage)
    for email in LOGINS:
        for kind in NotificationKind:
            set_preference(actor=stage.actor(email), kind=kind, in_app=True, mail=True)
    return 0


def _count(stage: Stage) -> None:
    fold()
    refresh_stale_totals()
    refresh_affinities(force=True)
    teacher, course = stage.actor("instructor@example.com"), stage.courses["thinking-with-data"]
    run_job(start_for_course(actor=teacher, course=course).pk)


def _contact(stage: Stage, now: datetime) -> None:
    """The assistant got in touch with the first two of those who may need help."""
    helper, course = stage.actor("assistant@example.com"), stage.courses["thinking-with-data"]
    with clock.travel(now - CONTACTED_AGO):
        for _course, entry in flagged(actor=helper, courses=[course])[:2]:
            note_contact(actor=helper, course=course, learner_id=entry.learner.public_id)


def _read_notifications(stage: Stage) -> None:
    """Everybody has read what came before their last visit; the logins keep the newest unread."""
    logins = {stage.people[email].pk for email in LOGINS}
    visits: dict[int, datetime] = {}
    for user_id, moment in Enrolment.objects.values_list("user_id", "last_active_at"):
        if moment is not None:
            visits[user_id] = max(moment, visits.get(user_id, moment))
    people = {user.pk: user for user in stage.people.values()}
    for user_id, user in people.items():
        mine = list(Notification.objects.filter(user=user).order_by("created_at"))
        if user_id in logins:
            seen = mine[:-UNREAD_OF_LOGINS]
        else:
            seen = [row for row in mine if user_id in visits and row.created_at < visits[user_id]]
        for row in seen:
            with clock.travel(max(row.created_at, visits.get(user_id, row.created_at))):
                mark_read(actor=for_user(user), notification=row)
