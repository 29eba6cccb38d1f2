"""What was published and enqueued, and running jobs at once in this process."""

from typing import Any

from lms.kernel.jobs.run import run_job
from lms.kernel.models import EventRecord, Job, JobState


def events_of(kind: str) -> list[dict[str, Any]]:
    """The data of every recorded event of a kind, oldest first."""
    rows = EventRecord.objects.filter(kind=kind).order_by("pk")
    return [{**row.data, "actor_id": row.actor_id} for row in rows]


def run_jobs(kind: str | None = None, *, limit: int = 20) -> list[Job]:
    """Run queued jobs in this process, oldest first, also those they enqueue; the jobs after."""
    ran: list[int] = []
    while len(ran) < limit:
        waiting = Job.objects.filter(state=JobState.QUEUED).exclude(pk__in=ran)
        if kind is not None:
            waiting = waiting.filter(kind=kind)
        job = waiting.order_by("pk").first()
        if job is None:
            break
        ran.append(job.pk)
        run_job(job.pk)
    return list(Job.objects.filter(pk__in=ran).order_by("pk"))
