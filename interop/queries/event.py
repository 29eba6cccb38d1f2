"""Planned events, one by one, and what may be chosen for them."""

from django.db.models import QuerySet

from courses.models import Course, LearnerGroup
from interop.models import CalendarEvent
from interop.rules import VIEW_EVENT
from lms.kernel.actors import Actor
from lms.kernel.rules import fetch


def event(actor: Actor, public_id: str) -> CalendarEvent:
    """An event that the asker sees; raises NotFound, SignInRequired."""
    select = ("course", "group", "owner")
    return fetch(actor, VIEW_EVENT, select=select, public_id=public_id)


def events(actor: Actor) -> QuerySet[CalendarEvent]:
    """Every event that the asker sees, the newest start first."""
    rows = VIEW_EVENT.rows(actor).select_related("course", "group")
    return rows.order_by("-starts_at", "-pk")


def group_choices(course: Course | None) -> list[tuple[str, str]]:
    """The groups of a course by id and name, for its instructors."""
    if course is None:
        return []
    rows = LearnerGroup.objects.filter(course=course).order_by("name", "pk")
    return [(row.public_id, row.name) for row in rows]
