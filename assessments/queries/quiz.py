"""Quizzes one may see, their items, and where a learner stands in one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet

from assessments.enums import AttemptState, QuestionState
from assessments.models import (
    Attempt,
    AttemptQuestion,
    Grade,
    Question,
    Quiz,
    QuizItem,
    QuizSection,
)
from assessments.queries.access import is_allowed_here
from assessments.queries.bank import QuestionFilter, course_questions
from assessments.queries.dates import dates_for
from assessments.rules import EDIT_QUIZ, SEE_RESULTS, TAKE_QUIZ, VIEW_QUIZ
from assessments.scoring.dates import Dates, deadline_of
from courses.models import Course, Lesson
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound, SignInRequired
from lms.kernel.rules import allows, require

SELECT = ("course", "lesson__section", "lesson__course")


@dataclass(frozen=True, slots=True)
class Standing:
    """What a learner may still do in a quiz, and what they reached."""

    used: int
    left: int | None
    open_attempt: Attempt | None
    attempts: list[Attempt]
    grade: Grade | None
    may_start: bool
    dates: Dates
    now: datetime
    next_at: datetime | None = None
    asks_code: bool = False
    allowed_here: bool = True

    @property
    def is_early(self) -> bool:
        """Whether the quiz opens later."""
        return self.dates.opens_at is not None and self.now < self.dates.opens_at

    @property
    def is_over(self) -> bool:
        """Whether the quiz has closed."""
        return self.dates.closes_at is not None and self.now >= self.dates.closes_at

    @property
    def is_late(self) -> bool:
        """Whether what is handed in now is late."""
        return self.dates.due_at is not None and self.now > self.dates.due_at

    @property
    def is_cooling(self) -> bool:
        """Whether another attempt has to wait."""
        return self.next_at is not None and self.now < self.next_at

    @property
    def clipped_at(self) -> datetime | None:
        """When an attempt that starts now ends, if the closing date cuts its time short."""
        due = deadline_of(self.now, self.dates)
        return due.at if due.clipped else None

    @property
    def best(self) -> Decimal | None:
        """The score that counts, once released."""
        return self.grade.score if self.grade else None


def quizzes(actor: Actor, *, course: Course | None = None) -> QuerySet[Quiz]:
    """Quizzes the actor may see, in the order of the outline."""
    rows = VIEW_QUIZ.rows(actor).select_related(*SELECT)
    if course is not None:
        rows = rows.filter(course=course)
    return rows.order_by("course_id", "lesson__section__ordinal", "lesson__ordinal", "id")


def quiz(actor: Actor, public_id: str) -> Quiz:
    """One quiz; raises what `fetch` raises.

    The row by its key and then the rule's predicate: its twin would look for the quiz among all
    that the asker may see, which costs several times as much and is asked by everybody who starts.
    """
    if not actor.signed_in and not actor.is_system:
        raise SignInRequired
    rows = Quiz.objects.select_related(*SELECT)
    row = None if "\x00" in public_id else rows.filter(public_id=public_id).first()
    if row is None or not VIEW_QUIZ.may(actor, row):
        raise NotFound
    return row


def editable(actor: Actor, rows: Sequence[Quiz]) -> set[int]:
    """Keys of those quizzes that the actor may change; one query for all."""
    if not actor.can_write:
        return set()
    mine = EDIT_QUIZ.rows(actor).filter(pk__in=[row.pk for row in rows])
    return set(mine.values_list("pk", flat=True))


def quiz_of(lesson: Lesson) -> Quiz | None:
    """The quiz of a lesson that the caller may see, whatever its state."""
    return Quiz.objects.select_related(*SELECT).filter(lesson=lesson).first()


def items(actor: Actor, row: Quiz) -> QuerySet[QuizItem]:
    """The questions of a quiz for staff; raises what `require` raises."""
    require(actor, SEE_RESULTS, row)
    related = ("question__latest", "question__bank__course", "pinned", "quiz__course", "section")
    return row.items.select_related(*related).order_by("ordinal", "id")


def item(actor: Actor, row: Quiz, public_id: str) -> QuizItem:
    """One item inside its quiz (Z3); raises NotFound."""
    found = items(actor, row).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def asked_question(actor: Actor, row: Quiz, public_id: str) -> Question:
    """A question that the quiz asks or asked, also of a bank that is lent no more.

    Raises NotFound, and what `require` raises.
    """
    require(actor, SEE_RESULTS, row)
    shown = AttemptQuestion.objects.filter(attempt__quiz=row).values("version__question")
    asked = Q(items__quiz=row) | Q(pk__in=shown)
    found = Question.objects.select_related("bank__course", "latest__question")
    one = found.filter(asked, public_id=public_id).first()
    if one is None:
        raise NotFound
    return one


def sections(actor: Actor, row: Quiz) -> QuerySet[QuizSection]:
    """The sections of a quiz for staff, in order; raises what `require` raises."""
    require(actor, SEE_RESULTS, row)
    return row.sections.select_related("quiz__course").order_by("ordinal", "id")


def section(actor: Actor, row: Quiz, public_id: str) -> QuizSection:
    """One section inside its quiz (Z3); raises NotFound."""
    found = sections(actor, row).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def addable(
    actor: Actor, course: Course, row: Quiz | None, narrow: QuestionFilter
) -> QuerySet[Question]:
    """Ready questions of the course that the quiz does not ask yet, newest first."""
    ready = replace(narrow, state=QuestionState.READY)
    rows = course_questions(actor, course, ready)
    return rows if row is None else rows.exclude(pk__in=row.items.values("question"))


def standing(actor: Actor, row: Quiz) -> Standing:
    """Where the asker stands in a quiz; overdue attempts should be settled before."""
    attempts = list(Attempt.objects.filter(quiz=row, learner_id=actor.user_id).order_by("number"))
    going = next((a for a in attempts if a.state == AttemptState.OPEN), None)
    dates = dates_for(row, actor.user_id)
    allowed = dates.attempts_allowed
    left = None if allowed is None else max(0, allowed - len(attempts))
    grades = Grade.objects.filter(item__quiz=row, learner_id=actor.user_id, released=True)
    can = row.item_count > 0 and left != 0 and allows(actor, TAKE_QUIZ, row)
    stands = Standing(
        used=len(attempts),
        left=left,
        open_attempt=going,
        attempts=attempts,
        grade=grades.first() if actor.user_id else None,
        may_start=can,
        dates=dates,
        now=clock.now(),
        next_at=cooled_at(row, attempts),
        asks_code=bool(row.access_code),
        allowed_here=is_allowed_here(actor, row),
    )
    waits = stands.is_early or stands.is_over or stands.is_cooling or not stands.allowed_here
    return replace(stands, may_start=can and not waits)


def cooled_at(row: Quiz, attempts: Iterable[Attempt]) -> datetime | None:
    """When the wait after the last of somebody's attempts at a quiz is over."""
    ends = [one.submitted_at for one in attempts if one.submitted_at is not None]
    if not row.cooldown_seconds or not ends:
        return None
    return max(ends) + timedelta(seconds=row.cooldown_seconds)


def overdue_of(actor: Actor, course: Course) -> QuerySet[Attempt]:
    """The asker's own attempts in a course whose time is up and that nobody handed in yet."""
    return Attempt.objects.filter(
        course=course,
        learner_id=actor.user_id,
        state=AttemptState.OPEN,
        deadline__lt=clock.now(),
    )
