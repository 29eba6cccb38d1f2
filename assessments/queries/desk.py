"""All that waits for a person to mark it: answers in quizzes, and works handed in."""

from dataclasses import dataclass

from django.db.models import Count, Q

from assessments.enums import PeerPhase, SubmissionState
from assessments.models import Assignment, Submission
from assessments.queries.answer_marking import waiting_lines
from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel.actors import Actor

WAITS = Q(outcome=None) | Q(outcome__score=None)


@dataclass(frozen=True, slots=True)
class DeskLine:
    """A quiz or an assignment with the number of works that wait; `kind` says which it is."""

    kind: str
    id: str
    title: str
    course: Course
    waiting: int


def desk_lines(actor: Actor, course: Course | None = None) -> list[DeskLine]:
    """What waits in the courses one staffs, most first; three queries for any number.

    Works that learners still review for each other are not waiting for staff.
    """
    quizzes = [
        DeskLine(
            "quiz", line.quiz.public_id, line.quiz.lesson.title, line.quiz.course, line.waiting
        )
        for line in waiting_lines(actor, course)
    ]
    lines = quizzes + _assignments(actor, course)
    return sorted(lines, key=lambda line: (-line.waiting, line.title))


def _assignments(actor: Actor, course: Course | None) -> list[DeskLine]:
    here = Submission.objects.filter(course__in=STAFF_COURSE.rows(actor).values("pk"))
    if course is not None:
        here = here.filter(course=course)
    waiting = (
        here.filter(WAITS, assignment__lesson__deleted_at=None)
        .exclude(state=SubmissionState.DRAFT)
        .exclude(assignment__peer_review__phase__in=set(PeerPhase) - {PeerPhase.CLOSED})
    )
    counts = dict(
        waiting.order_by().values_list("assignment").annotate(many=Count("pk", distinct=True))
    )
    rows = Assignment.objects.filter(pk__in=counts).select_related("lesson", "course")
    return [
        DeskLine("assignment", row.public_id, row.lesson.title, row.course, counts[row.pk])
        for row in rows
    ]
