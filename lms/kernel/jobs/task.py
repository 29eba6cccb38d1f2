"""Declare the Celery task of a kind of job."""

from collections.abc import Callable

from celery import shared_task

from lms.kernel.jobs.registry import Handler, register
from lms.kernel.jobs.run import run_job


def job_task(kind: str, *, queue: str) -> Callable[[Handler], Handler]:
    """Register `fn(run: JobRun) -> dict | None` as the work of a kind, with its Celery task.

    The task takes the job's id alone and is acknowledged late: the job's lease, not the broker,
    decides who runs it.
    """

    def declare(fn: Handler) -> Handler:
        register(kind, queue, fn)

        @shared_task(name=kind, acks_late=True, ignore_result=True)
        def task(job_id: int) -> None:
            run_job(job_id)

        return fn

    return declare
