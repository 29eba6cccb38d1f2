"""Whose time is extended, for those who may know."""

from django.db.models import QuerySet

from accounts.models import User
from assessments.models import Accommodation
from assessments.rules import ACCOMMODATE, VIEW_ACCOMMODATION
from courses.models import Course
from courses.rules import MANAGE_COURSE
from lms.kernel.actors import Actor
from lms.kernel.rules import fetch, require


def accommodations(actor: Actor, *, course: Course | None = None) -> QuerySet[Accommodation]:
    """The actor's own and those of the people they teach, by name; or of one course they run.

    Raises NotFound and Denied as `require` does for a course that is not theirs.
    """
    rows = VIEW_ACCOMMODATION.rows(actor).select_related("person", "set_by")
    if course is not None:
        require(actor, MANAGE_COURSE, course)
        rows = rows.filter(person__enrolments__course=course).distinct()
    return rows.order_by("person__name", "person__email", "pk")


def accommodation(actor: Actor, person_id: str) -> Accommodation:
    """The extra time of a person; raises NotFound."""
    joined = ("person", "set_by")
    return fetch(actor, VIEW_ACCOMMODATION, select=joined, person__public_id=person_id)


def time_of(actor: Actor, person: User) -> Accommodation | None:
    """The extra time of a person, None without any or for whoever may not know."""
    rows = VIEW_ACCOMMODATION.rows(actor).select_related("person", "set_by")
    return rows.filter(person=person).first()


def person_taught(actor: Actor, person_id: str) -> User:
    """Somebody whose extra time the actor may set; raises NotFound."""
    return fetch(actor, ACCOMMODATE, public_id=person_id)


def knows_note(actor: Actor, row: Accommodation) -> bool:
    """Whether somebody who may see the row may read its note: all but the person it is about."""
    return actor.user_id != row.person_id
