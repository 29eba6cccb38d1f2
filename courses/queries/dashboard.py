"""What a person sees of their own learning, and what the front page shows of the site."""

from dataclasses import dataclass

from django.db.models import F, QuerySet, Sum

from courses.enums import CourseRole, CourseState, EnrolmentState
from courses.models import Course, Enrolment
from courses.rules import open_course_rows
from lms.kernel.actors import Actor

LEARNING = (CourseRole.LEARNER, CourseRole.OBSERVER)


@dataclass(frozen=True, slots=True)
class SiteFigures:
    """Counts of the whole site that are true of it and name nobody."""

    courses: int
    lessons: int
    enrolments: int


def my_learning(actor: Actor) -> QuerySet[Enrolment]:
    """The courses a person learns in, last used first, each with where to go on. One query."""
    return (
        Enrolment.objects.filter(
            user=actor.user_id,
            state=EnrolmentState.ACTIVE,
            role__in=LEARNING,
            course__in=open_course_rows(actor).values("pk"),
        )
        .select_related("course", "resume_lesson")
        .order_by(F("last_active_at").desc(nulls_last=True), "-created_at")
    )


def featured_courses(limit: int = 3) -> list[Course]:
    """Live courses that most people take, for the front page."""
    rows = Course.objects.filter(state=CourseState.PUBLISHED, deleted_at=None)
    return list(rows.order_by("-learner_count", "-published_at")[:limit])


def site_figures() -> SiteFigures:
    """Sums of the counters that the services keep: one query over the live courses."""
    rows = Course.objects.filter(state=CourseState.PUBLISHED, deleted_at=None)
    sums = rows.aggregate(lessons=Sum("lesson_count"), learners=Sum("learner_count"))
    return SiteFigures(rows.count(), sums["lessons"] or 0, sums["learners"] or 0)
