"""Reading announcements."""

from typing import Any

from django.db.models import QuerySet

from courses.models import Course
from courses.queries.roles import member_course_ids
from courses.rules import OPEN_COURSE, VIEW_COURSE
from lms.kernel.actors import Actor
from lms.kernel.errors import SignInRequired
from lms.kernel.rules import fetch, require
from lms.kernel.text import PIPELINE_VERSION, render_markdown
from realtime.models import Announcement
from realtime.rules import VIEW_ANNOUNCEMENT


def course_to_read(actor: Actor, **lookup: Any) -> Course:
    """The course (by public_id or slug) whose announcements the actor may read.

    Raises SignInRequired, NotFound, or Denied for a visible course that is not theirs.
    """
    if not actor.signed_in:
        raise SignInRequired
    course = fetch(actor, VIEW_COURSE, **lookup)
    require(actor, OPEN_COURSE, course)
    return course


def announcements_of(actor: Actor, course: Course) -> QuerySet[Announcement]:
    """A course's announcements, newest first; raises what `require` raises."""
    require(actor, OPEN_COURSE, course)
    return visible_announcements(actor).filter(course=course)


def has_announcements(actor: Actor, course: Course) -> bool:
    """Whether there is anything for the actor to read."""
    return VIEW_ANNOUNCEMENT.rows(actor).filter(course=course).exists()


def visible_announcements(actor: Actor) -> QuerySet[Announcement]:
    """Every announcement the actor may read, newest first, with course and author."""
    rows = VIEW_ANNOUNCEMENT.rows(actor).select_related("course", "author")
    return rows.order_by("-published_at", "-id")


def latest_for(actor: Actor, limit: int = 5) -> list[Announcement]:
    """The newest announcements of the courses the actor is a member of."""
    rows = visible_announcements(actor).filter(course__in=member_course_ids(actor))
    return list(rows[:limit])


def shown(announcement: Announcement) -> str:
    """Its HTML by today's pipeline (C1)."""
    if announcement.pipeline_version == str(PIPELINE_VERSION):
        return announcement.html
    return render_markdown(announcement.body, namespace=announcement.public_id)
