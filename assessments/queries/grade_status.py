"""The statuses that a course made for itself, for its staff."""

from assessments.models import Gradebook
from assessments.queries.book import settings_of
from assessments.scoring.gradebook_statuses import CourseStatus, statuses_from
from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound
from lms.kernel.rules import require


def course_statuses(actor: Actor, course: Course) -> tuple[Gradebook, list[CourseStatus]]:
    """The gradebook and its own statuses in their order, archived ones last; one query.

    Raises what `require` raises.
    """
    require(actor, STAFF_COURSE, course)
    book = settings_of(course.pk)
    return book, sorted(statuses_from(book.statuses).values(), key=lambda one: one.archived)


def course_status(actor: Actor, course: Course, key: str) -> tuple[Gradebook, CourseStatus]:
    """One of them; raises NotFound, and what `require` raises."""
    book, found = course_statuses(actor, course)
    one = next((one for one in found if one.key == key), None)
    if one is None:
        raise NotFound
    return book, one
