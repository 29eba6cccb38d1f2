"""Scheduled and started work of analytics; each may run twice at once without harm."""

from datetime import datetime
from typing import Any

from celery import shared_task
from celery.signals import celeryd_after_setup

from analytics.queries.audits import KIND as AUDIT
from analytics.queries.exports import KIND as EXPORT
from analytics.services import fold as folding
from analytics.services.audits import audit_fairness, forget_audits
from analytics.services.exports import forget_exports, make_export
from analytics.services.institution import count_courses, count_days
from analytics.services.items import count_items, start_due_counts
from analytics.services.mastery import FIT, catch_up, fit_mastery, start_due_fits
from analytics.services.patterns import patterns_of_course, patterns_of_rows
from analytics.services.recommend import refresh_affinities
from analytics.services.risk import tell_due_risks
from analytics.services.risk_models import retrain_due
from analytics.services.schedules import KIND as MAIL_REPORT
from analytics.services.schedules import mail_report, queue_due_reports
from analytics.services.totals import refresh_stale_totals
from assessments.rules import SEE_RESULTS
from courses.rules import STAFF_COURSE
from lms.kernel.jobs import JobRun, job_task
from lms.kernel.rules import fetch

QUEUE = "analytics"


@celeryd_after_setup.connect
def load_early(instance: Any, **_kwargs: Any) -> None:
    """Load the heavy libraries in a worker of this queue before it forks.

    They take seconds to import. Once here they are shared by all its processes, and the first
    person who asks for patterns does not wait for them.
    """
    if QUEUE in instance.app.amqp.queues.consume_from:
        import sklearn.cluster  # noqa: F401


@shared_task(name="analytics.fold", ignore_result=True)
def fold() -> None:
    """Fold new events, then recount what they made stale, and take in new answers."""
    folding.fold()
    catch_up()
    refresh_stale_totals()


@shared_task(name="analytics.compare_courses", ignore_result=True)
def compare_courses() -> None:
    """Compare courses for what to take next, hourly."""
    refresh_affinities()


@job_task("analytics.learning_patterns", queue=QUEUE)
def learning_patterns(run: JobRun) -> dict[str, Any]:
    """Find the patterns of rows, or of a course with the rights its starter has now."""
    k = run.params["k"]
    if "rows" in run.params:
        return {**patterns_of_rows(run.params["rows"], int(k))}
    actor = run.actor()
    course = fetch(actor, STAFF_COURSE, pk=run.params["course"])
    run.progress(20)
    result = patterns_of_course(actor=actor, course=course, k=k, job_id=run.job_id)
    run.progress(90)
    return {**result}


@job_task("analytics.item_statistics", queue=QUEUE)
def item_statistics(run: JobRun) -> dict[str, Any]:
    """Count how the questions of a quiz worked, with the rights its starter has now."""
    actor = run.actor()
    quiz = fetch(actor, SEE_RESULTS, pk=run.params["quiz"], select=("course",))
    counted = count_items(actor=actor, quiz=quiz)
    return {"n": counted.n, "items": counted.items.count()}


@shared_task(name="analytics.sweep_items", ignore_result=True)
def sweep_items() -> int:
    """Start counting quizzes that closed or changed since they were counted; returns how many."""
    return start_due_counts()


@job_task(FIT, queue=QUEUE)
def fit_course_mastery(run: JobRun) -> dict[str, Any]:
    """Fit how the outcomes of a course are learnt, and count its mastery anew."""
    return {"fitted": fit_mastery(int(run.params["course"]))}


@shared_task(name="analytics.sweep_mastery", ignore_result=True)
def sweep_mastery() -> int:
    """Start fitting courses where answers came since the last day; returns how many."""
    return start_due_fits()


@job_task("analytics.rebuild", queue=QUEUE)
def rebuild(run: JobRun) -> dict[str, Any]:
    """Fold every event again from the first."""
    return {"events": folding.rebuild(actor=run.actor())}


@shared_task(name="analytics.tell_risks", ignore_result=True)
def tell_risks() -> int:
    """Tell the risks of courses that were told none today; returns how many courses."""
    return tell_due_risks()


@shared_task(name="analytics.retrain_risk", ignore_result=True)
def retrain_risk() -> None:
    """Learn the risk model again when enough learners ended a course since the last time."""
    retrain_due()


@job_task(EXPORT, queue=QUEUE)
def export_report(run: JobRun) -> dict[str, Any]:
    """Write the report of a course into a file, with the rights its starter has now."""
    actor = run.actor()
    course = fetch(actor, STAFF_COURSE, pk=run.params["course"])
    row = make_export(
        actor=actor,
        course=course,
        kind=run.params["format"],
        pseudonymous=run.params["pseudonymous"],
        job_id=run.job_id,
        progress=run.progress,
    )
    return {"export": row.public_id, "rows": row.counts, "size": row.size}


@shared_task(name="analytics.forget_exports", ignore_result=True)
def sweep_exports() -> int:
    """Delete exports and audited attributes past their end; returns how many."""
    return forget_exports() + forget_audits()


@job_task(MAIL_REPORT, queue=QUEUE)
def mail_course_report(run: JobRun) -> dict[str, Any]:
    """Mail the report that was due at a moment."""
    due = datetime.fromisoformat(run.params["due"])
    return {"sent": mail_report(schedule_id=int(run.params["schedule"]), due=due)}


@shared_task(name="analytics.sweep_reports", ignore_result=True)
def sweep_reports() -> int:
    """Start mailing reports that are due; returns how many."""
    return queue_due_reports()


@shared_task(name="analytics.count_institution", ignore_result=True)
def count_institution() -> None:
    """Count the institution's last days, and courses that were not counted for half an hour."""
    count_days()
    count_courses()


@job_task(AUDIT, queue=QUEUE)
def make_audit(run: JobRun) -> dict[str, Any]:
    """Audit the early warning by the attributes that were brought, and delete these."""
    reports = audit_fairness(actor=run.actor(), table_id=int(run.params["table"]))
    return {"reports": len(reports)}
