"""Ring the broker for a job. The row is the truth, so a failed ring is only a log line."""

import logging

from celery import current_app

from lms.kernel import clock
from lms.kernel.models import Job

log = logging.getLogger(__name__)


def ring(job_id: int, kind: str, queue: str) -> bool:
    """Tell a worker that the job is there; False when the broker did not take it in 0.3 s."""
    try:
        current_app.send_task(kind, args=[job_id], queue=queue, retry=False)
    except Exception as problem:  # noqa: BLE001 - whatever the broker raises, the reaper finds the job
        log.warning("job %s: the broker did not answer (%s)", job_id, type(problem).__name__)
        return False
    Job.objects.filter(pk=job_id).update(rung_at=clock.now())
    return True
