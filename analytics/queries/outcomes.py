"""How learners ended a course, from which risk models learn and against which they are held."""

from decimal import Decimal

from assessments.models import CourseTotal
from courses.enums import CourseRole, EnrolmentState
from courses.models import Course, Enrolment

# The share of the points from which a course counts as passed, in percent.
PASSED_FROM = Decimal(50)


def outcomes_of(course: Course) -> dict[int, bool | None]:
    """By learner whether they failed or left an ended course; None where nothing tells.

    Who left by themselves, or has a total below 50 %, failed. Without a total, who completed all
    lessons passed, and of the others nothing is known; nor of those whom staff removed.
    """
    rows = CourseTotal.objects.filter(course=course).values_list("learner_id", "override", "total")
    totals = {learner: override if override is not None else own for learner, override, own in rows}
    people = Enrolment.objects.filter(course=course, role=CourseRole.LEARNER).order_by("pk")
    return {
        learner: _failed(state, totals.get(learner), completion)
        for learner, state, completion in people.values_list("user_id", "state", "completion")
    }


def _failed(state: str, total: Decimal | None, completion: float) -> bool | None:
    if state == EnrolmentState.REMOVED:
        return None
    if state == EnrolmentState.LEFT:
        return True
    if total is not None:
        return total < PASSED_FROM
    return False if completion >= 1 else None
