"""A learner's own posted totals over several courses, where they show totals."""

from collections.abc import Iterable
from decimal import Decimal

from assessments.models import CourseTotal, Gradebook
from courses.rules import open_course_rows
from lms.kernel.actors import Actor


def own_totals(actor: Actor, course_ids: Iterable[int]) -> dict[int, Decimal]:
    """The asker's total in percent by course, of posted grades alone (Z7); one query.

    Courses without any, and those that hide totals or are not open to the asker, are left out.
    """
    if actor.user_id is None or actor.preview_course_id is not None:
        return {}
    rows = CourseTotal.objects.filter(
        learner_id=actor.user_id,
        course__in=open_course_rows(actor).filter(pk__in=set(course_ids)).values("pk"),
    ).exclude(course__in=Gradebook.objects.filter(show_totals=False).values("course"))
    found = {}
    for course, posted, override in rows.values_list("course_id", "posted", "override"):
        figure = posted if override is None else override
        if figure is not None:
            found[course] = figure
    return found
