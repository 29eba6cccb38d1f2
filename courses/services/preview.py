"""Staff see their course as a student does: read-only, bannered by the page, logged (Z8)."""

from django.db import transaction

from courses.events import PreviewStarted, PreviewStopped
from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied
from lms.kernel.events import publish
from lms.kernel.rules import require


@transaction.atomic
def start_preview(*, actor: Actor, course: Course) -> int:
    """Note that staff begin to view a course as a student.

    Returns the id that the session keeps under `preview_course_id`.
    """
    require(actor, STAFF_COURSE, course)
    if actor.user_id is None:
        raise Denied
    publish(PreviewStarted(course_id=course.pk, staff_id=actor.user_id), actor=actor)
    return course.pk


@transaction.atomic
def stop_preview(*, actor: Actor) -> None:
    """Note the return; nothing happens to somebody who is in no preview."""
    if actor.preview_course_id is None or actor.user_id is None:
        return
    told = PreviewStopped(course_id=actor.preview_course_id, staff_id=actor.user_id)
    publish(told, actor=actor)
