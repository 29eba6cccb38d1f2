"""Reading bodies and query parameters strictly, by the name of the field."""

from typing import Any

from django.utils.translation import gettext as _

from courses.models import Course
from courses.rules import STAFF_COURSE, VIEW_COURSE
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid
from lms.kernel.rules import Rule, fetch, require


def body_of(data: Any, allowed: frozenset[str]) -> dict[str, Any]:
    """The body as an object with known keys only; raises Invalid."""
    if not isinstance(data, dict):
        raise Invalid(_("Send a JSON object."))
    for name in data:
        if name not in allowed:
            raise Invalid(_("This field is not known."), field=str(name)[:100])
    return data


def course_of(actor: Actor, public_id: object, rule: Rule[Course] = STAFF_COURSE) -> Course:
    """The named course: NotFound unless visible, Denied where the rule does not hold.

    Raises Invalid on `course` where none is named.
    """
    if not isinstance(public_id, str) or not public_id:
        raise Invalid(_("Name a course by its id."), field="course")
    course = fetch(actor, VIEW_COURSE, public_id=public_id)
    require(actor, rule, course)
    return course
