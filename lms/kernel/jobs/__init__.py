"""Jobs: work that outlives a request, with a row as the truth and the broker as a doorbell."""

from lms.kernel.jobs.queue import cancel_job, describe, enqueue
from lms.kernel.jobs.run import Cancelled, JobRun, LeaseLost
from lms.kernel.jobs.task import job_task

__all__ = [
    "Cancelled",
    "JobRun",
    "LeaseLost",
    "cancel_job",
    "describe",
    "enqueue",
    "job_task",
]
