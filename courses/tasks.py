"""Work of courses that outlives a request."""

from typing import Any

from courses.services.invitation import MAIL_JOB, mail_invitation
from lms.kernel.jobs import JobRun, job_task


@job_task(MAIL_JOB, queue="mail")
def send_invitation(run: JobRun) -> dict[str, Any]:
    """Mail one invitation; silent when it was revoked or accepted meanwhile."""
    return {"sent": mail_invitation(int(run.params["invitation_id"]))}
