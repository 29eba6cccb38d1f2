"""Background work of assessments."""

import logging

from celery import shared_task

from assessments.queries.reconcile import mismatches
from assessments.services.answer_file import sweep_unnamed
from assessments.services.closing import settle_overdue
from assessments.services.missing import settle_missing
from assessments.services.releasing import release_due
from assessments.services.totals import RECOUNT, recount_course
from lms.kernel.jobs import JobRun, job_task

log = logging.getLogger(__name__)


@shared_task(name="assessments.sweep_deadlines", ignore_result=True)
def sweep_deadlines() -> int:
    """Hand in what is overdue, grade what never came, release what is due; returns how many."""
    return settle_overdue() + settle_missing() + release_due()


@shared_task(name="assessments.sweep_answer_files", ignore_result=True)
def sweep_answer_files() -> int:
    """Remove files that were uploaded and never became an answer; returns how many."""
    return sweep_unnamed()


@shared_task(name="assessments.reconcile", ignore_result=True)
def reconcile() -> int:
    """Compare attempts, logs, grades and progress; logs what disagrees, returns how much (D6)."""
    found = {words: count for words, count in mismatches().items() if count}
    for words, count in found.items():
        log.error("reconciliation: %s %s", count, words)
    return sum(found.values())


@job_task(RECOUNT, queue="grading")
def recount_totals(run: JobRun) -> dict[str, int]:
    """Count the totals of a course again."""
    return {"counted": recount_course(run.params["course_id"])}
