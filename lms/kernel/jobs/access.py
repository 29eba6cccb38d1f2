"""Who may see and cancel a job: who started it, and admins."""

from django.db.models import QuerySet

from lms.kernel.actors import Actor
from lms.kernel.models import Job
from lms.kernel.rules import Rule


def _may(actor: Actor, job: Job) -> bool:
    if actor.is_admin:
        return True
    return actor.user_id is not None and job.created_by_id == actor.user_id


def _rows(actor: Actor) -> QuerySet[Job]:
    if actor.is_admin:
        return Job.objects.all()
    if actor.user_id is None:
        return Job.objects.none()
    return Job.objects.filter(created_by_id=actor.user_id)


VIEW_JOB = Rule("kernel.job.view", may=_may, rows=_rows)
CANCEL_JOB = Rule("kernel.job.cancel", may=_may, rows=_rows, writes=True, visible=VIEW_JOB)
