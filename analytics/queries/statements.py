"""Reading what clients told of one's own learning."""

from django.db.models import QuerySet

from analytics.models import LearningStatement
from courses.models import Course
from courses.rules import OPEN_COURSE
from lms.kernel.actors import Actor
from lms.kernel.rules import require


def own_statements(actor: Actor, course: Course) -> QuerySet[LearningStatement]:
    """The actor's own in a course, the newest first. Raises what `require` raises."""
    require(actor, OPEN_COURSE, course)
    rows = LearningStatement.objects.filter(course=course, learner=actor.user_id)
    return rows.select_related("lesson", "learner").order_by("-at", "-pk")
