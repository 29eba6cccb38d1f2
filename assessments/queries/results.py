"""Results of a course's quizzes for its staff."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Avg, Count, DecimalField, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from assessments.enums import AttemptState
from assessments.models import Attempt, Grade, Quiz
from courses.models import Course, Lesson
from courses.rules import STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.rules import require


@dataclass(frozen=True, slots=True)
class QuizLine:
    """A quiz with its learners with a grade, attempts that wait for release, and mean share."""

    quiz: Quiz
    graded: int
    unreleased: int
    share: float | None


def quiz_lines(actor: Actor, course: Course) -> list[QuizLine]:
    """The quizzes of a course with their numbers, for its staff; one query.

    Raises what `require` raises.
    """
    require(actor, STAFF_COURSE, course)
    grades = Grade.objects.filter(item__quiz=OuterRef("pk")).order_by().values("item")
    waiting = (
        Attempt.objects.filter(quiz=OuterRef("pk"), state=AttemptState.SCORED)
        .order_by()
        .values("quiz")
        .annotate(n=Count("pk"))
        .values("n")
    )
    rows = (
        Quiz.objects.filter(course=course, lesson__deleted_at=None)
        .select_related("lesson__section")
        .annotate(
            graded=_number(grades.annotate(n=Count("pk")).values("n")),
            mean=Subquery(
                grades.annotate(mean=Avg("score")).values("mean"),
                output_field=DecimalField(max_digits=9, decimal_places=4),
            ),
            unreleased=_number(waiting),
        )
        .order_by("lesson__section__ordinal", "lesson__ordinal", "id")
    )
    return [
        QuizLine(
            quiz=row,
            graded=row.graded,
            unreleased=row.unreleased,
            share=_share(row.mean, row.points),
        )
        for row in rows
    ]


def quiz_lessons(actor: Actor, course: Course) -> QuerySet[Lesson]:
    """Lessons of kind quiz, with their quiz where it was begun; for the course's staff."""
    require(actor, STAFF_COURSE, course)
    return (
        Lesson.objects.filter(course=course, kind="quiz", deleted_at=None, section__deleted_at=None)
        .select_related("section", "quiz")
        .order_by("section__ordinal", "ordinal", "id")
    )


def _share(score: Decimal | None, most: Decimal) -> float | None:
    return None if score is None or not most else float(score / most)


def _number(rows: QuerySet[object]) -> Coalesce:  # type: ignore[type-var]
    return Coalesce(Subquery(rows, output_field=IntegerField()), 0)
