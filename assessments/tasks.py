"""Background work of assessments."""

from celery import shared_task

from assessments.services.closing import settle_overdue


@shared_task(name="assessments.sweep_deadlines", ignore_result=True)
def sweep_deadlines() -> int:
    """Hand in attempts whose time is up; returns how many."""
    return settle_overdue()
