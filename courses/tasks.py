"""Work of courses that outlives a request, and what runs every night."""

import logging
from typing import Any

from celery import shared_task

from courses.services.invitation import MAIL_JOB, mail_invitation
from courses.services.reconcile import forget_old_invitations, reconcile
from lms.kernel.jobs import JobRun, job_task

log = logging.getLogger(__name__)


@job_task(MAIL_JOB, queue="mail")
def send_invitation(run: JobRun) -> dict[str, Any]:
    """Mail one invitation; silent when it was revoked or accepted meanwhile."""
    return {"sent": mail_invitation(int(run.params["invitation_id"]))}


@shared_task(name="courses.tidy", ignore_result=True)
def tidy() -> None:
    """Compare counters with their rows (D6) and forget old invitations (V3)."""
    wrong = reconcile()
    if wrong:
        log.warning("counters of %d courses disagreed with their rows", wrong)
    forget_old_invitations()
