"""Run a job under a lease, so that a dead worker's job is finished by another and never twice."""

import logging
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import close_old_connections, connection
from django.db.models import F, Q

from lms.kernel import actors, clock
from lms.kernel.actors import Actor
from lms.kernel.errors import KernelError
from lms.kernel.jobs.registry import handler_of
from lms.kernel.jobs.tell import tell
from lms.kernel.models import Job, JobState

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
HEARTBEAT_SECONDS = 10.0
MAX_ATTEMPTS = 3


class Cancelled(Exception):
    """The job was asked to stop."""


class LeaseLost(Exception):
    """Another worker owns the job now; nothing more may be written."""


class JobRun:
    """What a handler gets: parameters, the actor, progress, and checkpoints."""

    def __init__(self, job: Job, token: str) -> None:
        self.job_id, self.params, self.course_id = job.pk, dict(job.params), job.course_id
        self.kind, self.public_id, self.attempt = job.kind, job.public_id, job.attempt
        self._job, self._token = job, token

    def actor(self) -> Actor:
        """Who started the job, with the rights they have now.

        A person who was deactivated meanwhile is nobody, so that the first rule stops the work.
        """
        if self._job.created_by_id is None:
            return actors.system(self._job.kind)
        user = get_user_model()._default_manager.filter(pk=self._job.created_by_id).first()
        return actors.ANONYMOUS if user is None else actors.for_user(user)

    def progress(self, percent: int, message: str = "") -> None:
        """Record and tell progress (0-100); raises Cancelled or LeaseLost like `checkpoint`."""
        self._write(progress=max(0, min(100, percent)), message=message[:200])
        self.checkpoint()
        self._job.progress, self._job.message = percent, message
        tell(self._job)

    def checkpoint(self) -> None:
        """Stop here when the job was cancelled or the lease lost. Call it between steps."""
        row = self._mine().values_list("cancel_requested", flat=True).first()
        if row is None:
            raise LeaseLost
        if row:
            raise Cancelled

    def add_cost(self, millionths: int) -> None:
        """Add to what the job has cost so far."""
        self._write(cost=F("cost") + millionths)

    def _mine(self) -> Any:
        return Job.objects.filter(pk=self.job_id, lease_token=self._token, state=JobState.RUNNING)

    def _write(self, **fields: Any) -> None:
        if not self._mine().update(**fields):
            raise LeaseLost

    def finish(self, state: JobState, **fields: Any) -> bool:
        """Write the end of the job if the lease is still ours; returns whether it was."""
        wrote = self._mine().update(
            state=state, finished_at=clock.now(), lease_until=None, **fields
        )
        if wrote:
            self._job.refresh_from_db()
            tell(self._job)
        return bool(wrote)

    def beat(self) -> bool:
        """Extend the lease; False when it is no longer ours."""
        return bool(self._mine().update(lease_until=clock.now() + LEASE))


def claim(job_id: int) -> JobRun | None:
    """Take a queued job, or a running one whose lease ran out; None when it is not to be had."""
    now = clock.now()
    token = secrets.token_hex(16)
    free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=now)
    taken = Job.objects.filter(free, pk=job_id, attempt__lt=MAX_ATTEMPTS).update(
        state=JobState.RUNNING,
        lease_token=token,
        lease_until=now + LEASE,
        attempt=F("attempt") + 1,
        started_at=now,
    )
    return JobRun(Job.objects.get(pk=job_id), token) if taken else None


def run_job(job_id: int) -> None:
    """Run one job to its end, in words when it fails. Called by the Celery task of its kind."""
    run = claim(job_id)
    if run is None:
        return
    stop = threading.Event()
    beating = threading.Thread(target=_heartbeat, args=(run, stop), daemon=True)
    beating.start()
    try:
        result = handler_of(run.kind)(run)
    except Cancelled:
        run.finish(JobState.CANCELLED, message="Cancelled.")
    except LeaseLost:
        log.warning("job %s: the lease went to another worker", job_id)
    except KernelError as problem:
        run.finish(JobState.FAILED, error=problem.detail)
    except Exception:
        log.exception("job %s failed", job_id)
        run.finish(
            JobState.FAILED,
            error="Something went wrong on our side. It was logged; try again in a while.",
        )
    else:
        run.finish(JobState.SUCCEEDED, progress=100, result=result or {})
    finally:
        stop.set()
        beating.join(timeout=1)


def _heartbeat(run: JobRun, stop: threading.Event) -> None:
    _each(HEARTBEAT_SECONDS, stop, run.beat)
    connection.close()


def _each(seconds: float, stop: threading.Event, beat: Callable[[], bool]) -> None:
    while not stop.wait(seconds):
        with suppress(Exception):
            close_old_connections()
            if not beat():
                return
