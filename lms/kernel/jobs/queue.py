"""Start, cancel and show jobs."""

from typing import Any

from django.db import IntegrityError, transaction

from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict
from lms.kernel.jobs.doorbell import ring
from lms.kernel.jobs.registry import queue_of
from lms.kernel.jobs.tell import tell
from lms.kernel.models import Job, JobState


def enqueue(
    kind: str,
    *,
    actor: Actor,
    params: dict[str, Any],
    course_id: int | None = None,
    idempotency_key: str | None = None,
) -> Job:
    """Write a job and ring its worker after commit; the caller has checked the rule.

    With an `idempotency_key` that was used before, the first job is returned.
    Raises KeyError for a kind that no task registered.
    """
    queue = queue_of(kind)
    if idempotency_key is not None:
        known = Job.objects.filter(idempotency_key=idempotency_key).first()
        if known is not None:
            return known
    row = Job(
        kind=kind,
        queue=queue,
        params=params,
        course_id=course_id,
        idempotency_key=idempotency_key,
        created_by_id=actor.user_id,
        actor_kind=actor.kind,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        return Job.objects.get(idempotency_key=idempotency_key)
    transaction.on_commit(lambda: _ring(row), robust=True)
    return row


def cancel_job(*, actor: Actor, job: Job) -> Job:
    """Cancel a queued job at once, ask a running one to stop at its next checkpoint.

    Raises Conflict when it has already finished. The caller has checked who may.
    """
    with transaction.atomic():
        row = lock(Job.objects.filter(pk=job.pk)).get()
        if row.finished:
            raise Conflict("This job has already finished.", code="job_finished")
        row.cancel_requested = True
        if row.state == JobState.QUEUED:
            row.state, row.finished_at = JobState.CANCELLED, clock.now()
            row.message = "Cancelled before it started."
        row.save(update_fields=["cancel_requested", "state", "finished_at", "message"])
    tell(row)
    return row


def describe(job: Job) -> dict[str, Any]:
    """The fixed public shape of a job."""
    return {
        "id": job.public_id,
        "kind": job.kind,
        "state": job.state,
        "progress": job.progress,
        "message": job.message,
        "result": job.result,
        "error": job.error or None,
        "created_at": job.created_at,
        "finished_at": job.finished_at,
    }


def _ring(job: Job) -> None:
    ring(job.pk, job.kind, job.queue)
