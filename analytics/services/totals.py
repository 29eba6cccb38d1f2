"""Count the class totals of a course: the funnel of its lessons, the scores of its quizzes."""

from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q

from analytics.models import CourseTotals
from analytics.scoring.activity import share_of
from analytics.scoring.distribution import Distribution
from assessments.models import Grade
from courses.enums import CourseRole, EnrolmentState, ProgressState
from courses.models import Course, Enrolment, Lesson, LessonProgress
from lms.kernel import clock

FRESH = timedelta(minutes=5)
CHUNK = 5_000


def refresh_totals(course: Course) -> CourseTotals:
    """Count the totals of one course anew in five queries."""
    totals, _created = CourseTotals.objects.update_or_create(
        course=course,
        defaults={
            "funnel": _funnel(course),
            "scores": _scores(course),
            "counted_at": clock.now(),
            "stale": False,
        },
    )
    return totals


def refresh_stale_totals(*, limit: int = 20) -> int:
    """Recount courses where something happened, each at most every five minutes; how many."""
    due = Q(counted_at=None) | Q(counted_at__lt=clock.now() - FRESH)
    rows = CourseTotals.objects.filter(due, stale=True).select_related("course")
    courses = [row.course for row in rows.order_by(F("counted_at").asc(nulls_first=True))[:limit]]
    for course in courses:
        refresh_totals(course)
    return len(courses)


def _learners(course: Course) -> Any:
    return Enrolment.objects.filter(
        course=course, state=EnrolmentState.ACTIVE, role=CourseRole.LEARNER
    )


def _funnel(course: Course) -> list[dict[str, int]]:
    """Published lessons in the order of the outline: how many came so far, began, completed.

    Who began this lesson or a later one reached it, so that skipping is told from stopping.
    """
    counted = {
        row["lesson"]: row
        for row in LessonProgress.objects.filter(enrolment__in=_learners(course).values("pk"))
        .order_by()
        .values("lesson")
        .annotate(
            started=Count("pk"), completed=Count("pk", filter=Q(state=ProgressState.COMPLETED))
        )
    }
    lessons = Lesson.objects.filter(
        course=course, published=True, deleted_at=None, section__deleted_at=None
    )
    order = list(lessons.values_list("pk", flat=True))
    reached = _reached(course, order)
    found = []
    for pk, came in zip(order, reached, strict=True):
        row = counted.get(pk, {"started": 0, "completed": 0})
        more = {"started": row["started"], "completed": row["completed"]}
        found.append({"lesson": pk, "reached": came, **more})
    return found


def _reached(course: Course, order: list[int]) -> list[int]:
    """How many learners began each lesson or one after it."""
    place = {pk: at for at, pk in enumerate(order)}
    rows = LessonProgress.objects.filter(enrolment__in=_learners(course).values("pk"))
    farthest: dict[int, int] = {}
    for enrolment, lesson in rows.values_list("enrolment_id", "lesson_id").iterator(CHUNK):
        if lesson in place:
            farthest[enrolment] = max(farthest.get(enrolment, 0), place[lesson])
    ends = Counter(farthest.values())
    return [sum(count for far, count in ends.items() if far >= at) for at in range(len(order))]


def _scores(course: Course) -> list[dict[str, Any]]:
    """Per quiz in the order of the outline: how many grades, their mean, ten bins."""
    rows = Grade.objects.filter(
        item__course=course,
        item__quiz__isnull=False,
        score__isnull=False,
        learner__in=_learners(course).values("user"),
    ).order_by("item__quiz__lesson__section__ordinal", "item__quiz__lesson__ordinal", "pk")
    by_lesson: dict[int, Distribution] = defaultdict(Distribution)
    for lesson, score, full in rows.values_list("item__quiz__lesson", "score", "max_score"):
        share = share_of(score, full)
        if share is not None:
            by_lesson[lesson].add(float(share))
    return [
        {"quiz": lesson, "n": counted.n, "mean": counted.mean, "bins": counted.bins}
        for lesson, counted in by_lesson.items()
    ]
