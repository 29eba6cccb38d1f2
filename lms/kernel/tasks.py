"""Scheduled work of the kernel; each may run twice at once without harm."""

import time
from datetime import timedelta

from celery import shared_task
from django.core.cache import cache

from lms.kernel import clock, events
from lms.kernel.jobs.reap import reap
from lms.kernel.models import FINAL_STATES, Job, KeptRequest, ThrottleCount


@shared_task(name="kernel.reap_jobs", ignore_result=True)
def reap_jobs() -> None:
    """Give jobs of dead workers to others, and leave a sign of life for /readyz."""
    cache.set("worker_seen", str(time.time()), 120)
    reap()


@shared_task(name="kernel.sweep_events", ignore_result=True)
def sweep_events() -> None:
    """Deliver events that a dead process left."""
    events.sweep()


@shared_task(name="kernel.forget_expired", ignore_result=True)
def forget_expired() -> None:
    """Remove rows past their retention."""
    now = clock.now()
    KeptRequest.objects.filter(created_at__lt=now - timedelta(hours=24)).delete()
    ThrottleCount.objects.filter(expires_at__lt=now).delete()
    Job.objects.filter(state__in=FINAL_STATES, finished_at__lt=now - timedelta(days=90)).delete()
