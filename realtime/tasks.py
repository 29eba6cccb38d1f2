"""Work of the realtime app on the queues: telling many people, sending their mail."""

import logging

from celery import shared_task

from lms.kernel.jobs import JobRun, job_task
from realtime.services.editing import recount_reactions
from realtime.services.indexing import index_missing
from realtime.services.mail import send_late_mail, send_mail_of
from realtime.services.moderation import forget_old_restrictions
from realtime.services.notify import forget_old_notifications
from realtime.services.occasions import tell_announcement, tell_quiz
from realtime.services.revisions import forget_old_revisions
from realtime.services.room_tutor import KIND as ANSWER
from realtime.services.room_tutor import answer_question, settle_lost
from realtime.services.tickets import forget_old_tickets
from realtime.services.work_occasions import tell_assignment

log = logging.getLogger(__name__)


@job_task("realtime.tell_announcement", queue="default")
def spread_announcement(run: JobRun) -> dict[str, int]:
    """Notify the members of a course of an announcement."""
    return {"told": tell_announcement(announcement_id=run.params["announcement_id"])}


@job_task("realtime.tell_quiz", queue="default")
def spread_quiz(run: JobRun) -> dict[str, int]:
    """Notify the learners of a course of an open quiz."""
    return {"told": tell_quiz(quiz_id=run.params["quiz_id"])}


@job_task("realtime.tell_assignment", queue="default")
def spread_assignment(run: JobRun) -> dict[str, int]:
    """Notify the learners of a course of an open assignment."""
    return {"told": tell_assignment(assignment_id=run.params["assignment_id"])}


@job_task("realtime.recount_reactions", queue="default")
def recount(_run: JobRun) -> dict[str, int]:
    """Take the emoji of erased people out of the counts."""
    return {"mended": recount_reactions()}


@job_task(ANSWER, queue="ai")
def answer_in_room(run: JobRun) -> dict[str, str]:
    """Answer a question to the tutor in a course's room."""
    return answer_question(run)


@job_task("realtime.mail_notifications", queue="mail")
def mail_notifications(run: JobRun) -> dict[str, int]:
    """Send up to 50 mails; one refused address does not hold up the others."""
    sent = failed = 0
    for notification_id in run.params["ids"]:
        run.checkpoint()
        try:
            sent += send_mail_of(notification_id)
        except OSError as problem:  # smtplib's errors are OSErrors
            failed += 1
            log.warning("mail of notification %s: %s", notification_id, type(problem).__name__)
    return {"sent": sent, "failed": failed}


@shared_task(name="realtime.sweep", ignore_result=True)
def sweep() -> None:
    """Try again what the mail server refused, for a day; forget what is past its time."""
    send_late_mail()
    forget_old_notifications()
    forget_old_tickets()
    forget_old_revisions()
    forget_old_restrictions()
    index_missing()


@shared_task(name="realtime.sweep_questions", ignore_result=True)
def sweep_questions() -> int:
    """Tell of questions to the tutor that no worker brought to an end; returns how many."""
    return settle_lost()
