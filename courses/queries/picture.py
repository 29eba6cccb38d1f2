"""Pictures among the files of a course."""

from courses.models import Attachment, Course
from courses.rules import VIEW_ATTACHMENT
from lms.kernel.actors import Actor

TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")


def course_pictures(actor: Actor, course: Course) -> list[Attachment]:
    """The pictures of the course itself, newest first: all of its people may see them."""
    rows = VIEW_ATTACHMENT.rows(actor).filter(course=course, lesson=None, content_type__in=TYPES)
    return list(rows.order_by("-pk")[:200])
