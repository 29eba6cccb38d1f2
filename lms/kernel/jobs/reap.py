"""Find jobs that nobody runs: expired leases and bells that were not heard."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q

from lms.kernel import clock
from lms.kernel.jobs.doorbell import ring
from lms.kernel.jobs.run import MAX_ATTEMPTS
from lms.kernel.jobs.tell import tell
from lms.kernel.models import Job, JobState

UNHEARD_AFTER = timedelta(seconds=60)
TIRED = "The work stopped three times before it was done. Try again, or with less at once."


def reap(limit: int = 200) -> dict[str, int]:
    """Re-queue expired leases at most three times, then fail them in words; ring unheard bells.

    Returns how many were `requeued`, `failed` and `rung`.
    """
    now = clock.now()
    expired = Job.objects.filter(state=JobState.RUNNING, lease_until__lt=now)
    failed = _fail(expired.filter(attempt__gte=MAX_ATTEMPTS)[:limit])
    ids = list(expired.filter(attempt__lt=MAX_ATTEMPTS).values_list("pk", flat=True)[:limit])
    requeued = Job.objects.filter(pk__in=ids, lease_until__lt=now).update(
        state=JobState.QUEUED, lease_token="", lease_until=None, rung_at=None
    )
    unheard = Q(rung_at=None) | Q(rung_at__lt=now - UNHEARD_AFTER)
    waiting = Job.objects.filter(unheard, state=JobState.QUEUED)
    just_made = now - timedelta(seconds=2)
    rung = 0
    for job in waiting.exclude(rung_at=None, attempt=0, created_at__gt=just_made)[:limit]:
        rung += ring(job.pk, job.kind, job.queue)
    return {"requeued": requeued, "failed": failed, "rung": rung}


def _fail(rows: Iterable[Job]) -> int:
    count = 0
    for job in rows:
        wrote = Job.objects.filter(
            pk=job.pk, lease_token=job.lease_token, state=JobState.RUNNING
        ).update(state=JobState.FAILED, error=TIRED, finished_at=clock.now(), lease_until=None)
        if wrote:
            job.refresh_from_db()
            tell(job)
            count += 1
    return count
