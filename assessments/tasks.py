"""Background work of assessments."""

import logging
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings
from django.db import connections

from assessments.queries.code import TRY_CODE
from assessments.queries.reconcile import mismatches
from assessments.services.answer_file import sweep_unnamed
from assessments.services.closing import settle_overdue
from assessments.services.code import (
    RUN_EXAMPLES,
    do_run_examples,
    do_score_code,
    sweep_code,
)
from assessments.services.code_jobs import SCORE_CODE
from assessments.services.code_trial import do_try_code
from assessments.services.missing import settle_missing
from assessments.services.preparing import PREPARE, do_prepare, prepare_due
from assessments.services.releasing import release_due
from assessments.services.sandbox_report import report_sandbox
from assessments.services.totals import RECOUNT, recount_course
from lms.kernel.jobs import JobRun, job_task

log = logging.getLogger(__name__)


@worker_ready.connect
def tell_of_sandbox(sender: Any, **_more: Any) -> None:
    """Let a worker that takes code say at once whether its sandbox holds.

    Its connection is closed, because processes that are forked later must not share it.
    """
    if settings.CODE_QUESTIONS and "grading" in sender.app.amqp.queues.consume_from:
        report_sandbox()
        connections.close_all()


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


@shared_task(name="assessments.sweep_code", ignore_result=True)
def sweep_code_answers() -> int:
    """Test this worker's sandbox, and start jobs for code answers that wait; returns how many."""
    if not settings.CODE_QUESTIONS:
        return 0
    report_sandbox()
    return sweep_code()


@job_task(RUN_EXAMPLES, queue="grading")
def run_examples(run: JobRun) -> dict[str, Any]:
    """Run a learner's program against the examples."""
    return do_run_examples(run)


@job_task(SCORE_CODE, queue="grading")
def score_code(run: JobRun) -> dict[str, Any]:
    """Run the tests of the code answers of an attempt, and score them."""
    return do_score_code(run)


@shared_task(name="assessments.sweep_prepared", ignore_result=True)
def sweep_prepared() -> int:
    """Draw the attempts at quizzes that open soon, forget what nobody needs; returns how many."""
    return prepare_due()


@job_task(PREPARE, queue="grading")
def prepare_attempts(run: JobRun) -> dict[str, Any]:
    """Draw the first attempts at a quiz ahead of its start."""
    return do_prepare(run)


@job_task(TRY_CODE, queue="grading")
def try_code(run: JobRun) -> dict[str, Any]:
    """Run an author's program against every test."""
    return do_try_code(run)


@job_task(RECOUNT, queue="grading")
def recount_totals(run: JobRun) -> dict[str, int]:
    """Count the totals of a course again."""
    return {"counted": recount_course(run.params["course_id"])}
