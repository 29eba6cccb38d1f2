"""Do what the sweep and the workers do, some minutes later."""

from datetime import datetime, timedelta

from lms.kernel import clock
from lms.kernel.models import Job
from lms.kernel.testing import run_jobs
from realtime.services.mail import JOB, queue_due_mail

# Longer than mail waits for more to come.
LATER = timedelta(minutes=3)


def deliver(at: datetime | None = None) -> list[Job]:
    """Send what is due by then (in three minutes unless told); the jobs that ran."""
    with clock.travel(at or clock.now() + LATER):
        queue_due_mail()
        return run_jobs(JOB)
