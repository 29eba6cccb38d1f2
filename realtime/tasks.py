"""Work of the realtime app on the queues: telling many people, sending their mail."""

import logging

from celery import shared_task

from lms.kernel.jobs import JobRun, job_task
from realtime.services.browser_push import JOB as PUSH
from realtime.services.browser_push import deliver_push, prepare_pushes, queue_pushes
from realtime.services.editing import recount_reactions
from realtime.services.files import sweep_files
from realtime.services.forum_occasions import tell_post
from realtime.services.indexing import index_missing
from realtime.services.mail import JOB as MAIL
from realtime.services.mail import NotTaken, forget_old_letters, mail_person, queue_due_mail
from realtime.services.moderation import forget_old_restrictions
from realtime.services.notify import forget_old_notifications
from realtime.services.occasions import tell_announcement, tell_quiz
from realtime.services.review_occasions import JOB as REVIEWS
from realtime.services.review_occasions import queue_reviews, tell_review
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


@job_task("realtime.tell_post", queue="default")
def spread_post(run: JobRun) -> dict[str, int]:
    """Notify those who follow a thread or board of the forum."""
    return {"told": tell_post(post_id=run.params["post_id"])}


@job_task(ANSWER, queue="ai")
def answer_in_room(run: JobRun) -> dict[str, str]:
    """Answer a question to the tutor in a course's room."""
    return answer_question(run)


@job_task(MAIL, queue="mail")
def mail_people(run: JobRun) -> dict[str, int]:
    """One mail to each of up to 50 people; one refused address does not hold up the others."""
    sent = failed = 0
    for user_id in run.params["people"]:
        run.checkpoint()
        try:
            sent += mail_person(user_id) > 0
        except NotTaken as problem:
            failed += 1
            log.warning("mail to person %s: %s", user_id, problem)
        except Exception:
            failed += 1
            log.exception("mail to person %s", user_id)
    return {"sent": sent, "failed": failed}


@job_task("realtime.mail_notifications", queue="mail")
def mail_notifications(run: JobRun) -> dict[str, int]:
    """What an earlier version queued: its rows have no time yet, so that the sweep takes them."""
    return {"sent": 0, "failed": 0}


@job_task(PUSH, queue="mail")
def push_to_browsers(run: JobRun) -> dict[str, int]:
    """Hand up to 50 pushes to their services."""
    taken = 0
    for delivery_id in run.params["deliveries"]:
        run.checkpoint()
        taken += deliver_push(delivery_id=delivery_id)
    return {"taken": taken}


@job_task(REVIEWS, queue="default")
def tell_reviews(run: JobRun) -> dict[str, int]:
    """Tell up to 50 people of their due cards."""
    told = 0
    for user_id in run.params["people"]:
        run.checkpoint()
        told += tell_review(user_id=user_id)
    return {"told": told}


@shared_task(name="realtime.send_due", ignore_result=True)
def send_due() -> None:
    """Queue the mail and the pushes that are due, and those who want to hear of their cards."""
    queue_reviews()
    queue_due_mail()
    prepare_pushes()
    queue_pushes()


@shared_task(name="realtime.sweep", ignore_result=True)
def sweep() -> None:
    """Forget what is past its time."""
    forget_old_notifications()
    forget_old_letters()
    forget_old_tickets()
    forget_old_revisions()
    forget_old_restrictions()
    index_missing()
    sweep_files()


@shared_task(name="realtime.sweep_questions", ignore_result=True)
def sweep_questions() -> int:
    """Tell of questions to the tutor that no worker brought to an end; returns how many."""
    return settle_lost()
