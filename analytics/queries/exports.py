"""The exports that somebody made of a course and that are still there."""

from django.db.models import QuerySet

from analytics.models import ReportExport
from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound
from lms.kernel.models import UNFINISHED_STATES, Job
from lms.kernel.rules import require

KIND = "analytics.export_report"


def own_exports(actor: Actor, course: Course) -> QuerySet[ReportExport]:
    """The asker's own, newest first. Raises what `require` raises."""
    require(actor, STAFF_COURSE, course)
    rows = ReportExport.objects.filter(course=course, made_by_id=actor.user_id)
    return rows.filter(expires_at__gt=clock.now()).order_by("-created_at", "-pk")


def own_export(actor: Actor, course: Course, public_id: str) -> ReportExport:
    """One of them with its file; raises NotFound."""
    found = own_exports(actor, course).filter(public_id=public_id[:40]).exclude(file="").first()
    if found is None:
        raise NotFound
    return found


def export_of(actor: Actor, public_id: str) -> ReportExport:
    """One of the asker's own with its file and course, of any course that they staff.

    Raises NotFound, and what `require` raises once they no longer staff its course.
    """
    rows = ReportExport.objects.select_related("course", "made_by")
    row = rows.filter(public_id=public_id[:40], made_by_id=actor.user_id or 0).first()
    if row is None:
        raise NotFound
    require(actor, STAFF_COURSE, row.course)
    if not row.ready or row.expires_at <= clock.now():
        raise NotFound
    return row


def running_export(actor: Actor, course: Course) -> Job | None:
    """The asker's unfinished export of a course, if any. Raises what `require` raises."""
    require(actor, STAFF_COURSE, course)
    rows = Job.objects.filter(kind=KIND, course_id=course.pk, created_by_id=actor.user_id)
    return rows.filter(state__in=UNFINISHED_STATES).order_by("-pk").first()


def last_export_job(actor: Actor, course: Course) -> Job | None:
    """The asker's newest export job of a course, whatever became of it."""
    require(actor, STAFF_COURSE, course)
    rows = Job.objects.filter(kind=KIND, course_id=course.pk, created_by_id=actor.user_id)
    return rows.order_by("-pk").first()
