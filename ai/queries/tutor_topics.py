"""What learners asked the tutor about, by lesson: numbers alone, where five people or more asked.

Conversations are their learners' own. Staff learn from a count which lesson raises questions, and
never of whom: below five people nothing is said (V6).
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q

from ai.models import Exchange
from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.worded import Worded
from lms.kernel.rules import require

LEAST = 5
SINCE = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Topic:
    """A lesson from which was asked, empty for the course's own page; `open` had no answer."""

    lesson: str
    title: str
    questions: int
    people: int
    open: int


@dataclass(frozen=True, slots=True)
class Topics:
    """Lessons by questions, most first; `hidden`: there are others with too few people."""

    shown: list[Topic]
    hidden: bool


def tutor_topics(actor: Actor, course: Course) -> Topics:
    """Counts of the last ninety days in one query. Raises what `require` raises."""
    require(actor, STAFF_COURSE, course)
    rows = _BY_LESSON.rows(course.pk, clock.now() - SINCE)
    found = [Topic(lesson or "", title or "", *numbers) for lesson, title, *numbers in rows]
    shown = [one for one in found if one.people >= LEAST]
    shown.sort(key=lambda one: (-one.questions, one.title))
    return Topics(shown, hidden=len(shown) < len(found))


_BY_LESSON = Worded(
    lambda course, since: (
        Exchange.objects.filter(course=course, created_at__gte=since)
        .filter(Q(lesson=None) | Q(lesson__deleted_at=None))
        .order_by()
        .values_list("lesson__public_id", "lesson__title")
        .annotate(
            questions=Count("pk"),
            people=Count("conversation__learner", distinct=True),
            unanswered=Count("pk", filter=Q(answerable=False)),
        )
    )
)
