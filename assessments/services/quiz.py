"""A quiz's settings and life: made for a lesson, changed, published, taken back."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.enums import AttemptState, Counting, QuizState, Solutions
from assessments.events import QuizPublished, ResultsReleased
from assessments.models import Attempt, Grade, Quiz
from assessments.rules import EDIT_QUIZ
from assessments.services.editing import locked, save_changes
from assessments.services.grade import item_of_quiz, set_posted
from assessments.services.log import take_turns
from assessments.services.totals import recount_learners
from courses.enums import LessonKind
from courses.models import Lesson
from courses.rules import EDIT_LESSON
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.events import publish
from lms.kernel.rules import require
from lms.kernel.text import render_markdown, require_text

MIN_SECONDS, MAX_SECONDS = 10, 7 * 24 * 3600
MAX_ATTEMPTS = 1000
MAX_INSTRUCTIONS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizSettings:
    """How a quiz is taken; None means without limit. Times are in seconds, dates are aware."""

    instructions: str = ""
    time_limit_seconds: int | None = None
    attempts_allowed: int | None = 1
    counting: Counting = Counting.BEST
    shuffle_questions: bool = False
    shuffle_options: bool = True
    show_review: bool = True
    solutions: Solutions = Solutions.LAST_ATTEMPT
    opens_at: datetime | None = None
    closes_at: datetime | None = None


def settings_of(quiz: Quiz) -> QuizSettings:
    """The present settings of a quiz."""
    return QuizSettings(
        instructions=quiz.instructions,
        time_limit_seconds=quiz.time_limit_seconds,
        attempts_allowed=quiz.attempts_allowed,
        counting=Counting(quiz.counting),
        shuffle_questions=quiz.shuffle_questions,
        shuffle_options=quiz.shuffle_options,
        show_review=quiz.show_review,
        solutions=Solutions(quiz.solutions),
        opens_at=quiz.opens_at,
        closes_at=quiz.closes_at,
    )


@transaction.atomic
def create_quiz(*, actor: Actor, lesson: Lesson, settings: QuizSettings | None = None) -> Quiz:
    """The quiz of a lesson, made when there is none yet; otherwise the one there is.

    Raises Invalid for a lesson of another kind or settings out of range.
    """
    require(actor, EDIT_LESSON, lesson)
    if lesson.kind != LessonKind.QUIZ:
        raise Invalid(_("This lesson is not a quiz."), field="lesson")
    fields = _checked(settings or QuizSettings())
    quiz, fresh = Quiz.objects.get_or_create(
        lesson=lesson, defaults={"course_id": lesson.course_id, **fields}
    )
    if fresh:
        item_of_quiz(quiz)
    return quiz


@transaction.atomic
def update_quiz(
    *, actor: Actor, quiz: Quiz, settings: QuizSettings, expected: int | None = None
) -> Quiz:
    """Change settings; attempts that have started keep their deadline and order.

    Raises Invalid naming the field that is out of range, Stale when the quiz changed meanwhile.
    """
    require(actor, EDIT_QUIZ, quiz)
    return save_changes(locked(quiz, expected=expected), **_checked(settings))


@transaction.atomic
def publish_quiz(*, actor: Actor, quiz: Quiz, expected: int | None = None) -> Quiz:
    """Open a quiz to learners; idempotent. Raises Conflict `quiz_empty` without questions."""
    require(actor, EDIT_QUIZ, quiz)
    row = locked(quiz, expected=expected)
    if row.state == QuizState.PUBLISHED:
        return row
    if not row.item_count:
        raise Conflict(_("Add a question before you publish the quiz."), code="quiz_empty")
    row = save_changes(row, state=QuizState.PUBLISHED, published_at=clock.now())
    told = QuizPublished(course_id=row.course_id, quiz_id=row.pk, lesson_id=row.lesson_id)
    publish(told, actor=actor)
    return row


@transaction.atomic
def unpublish_quiz(*, actor: Actor, quiz: Quiz, expected: int | None = None) -> Quiz:
    """Take a quiz back to draft: nobody starts it; attempts that are open can be finished."""
    require(actor, EDIT_QUIZ, quiz)
    row = locked(quiz, expected=expected)
    return row if row.state == QuizState.DRAFT else save_changes(row, state=QuizState.DRAFT)


@transaction.atomic
def release_results(*, actor: Actor, quiz: Quiz) -> int:
    """Let learners see the results that are scored so far; returns how many attempts.

    Attempts submitted later are released by the quiz's setting or by calling this again.
    """
    require(actor, EDIT_QUIZ, quiz)
    scored = Attempt.objects.filter(quiz=quiz, state=AttemptState.SCORED)
    held_back = Grade.objects.filter(item__quiz=quiz, released=False).select_related("item")
    learners = {
        *scored.values_list("learner_id", flat=True),
        *held_back.values_list("learner_id", flat=True),
    }
    take_turns(quiz.course_id, learners)
    row = locked(quiz)
    count = scored.filter(learner_id__in=learners).update(state=AttemptState.RELEASED)
    for grade in lock(held_back.filter(learner_id__in=learners)):
        set_posted(actor=actor, grade=grade, released=True)
    recount_learners(quiz.course_id, learners)
    if count:
        told = ResultsReleased(course_id=row.course_id, quiz_id=row.pk, released_count=count)
        publish(told, actor=actor)
    return count


def _checked(settings: QuizSettings) -> dict[str, Any]:
    seconds, attempts = settings.time_limit_seconds, settings.attempts_allowed
    if seconds is not None and not MIN_SECONDS <= seconds <= MAX_SECONDS:
        raise Invalid(
            _("A time limit lies between 10 seconds and 7 days."), field="time_limit_seconds"
        )
    if attempts is not None and not 1 <= attempts <= MAX_ATTEMPTS:
        raise Invalid(_("Allow between 1 and 1000 attempts."), field="attempts_allowed")
    opens, closes = settings.opens_at, settings.closes_at
    if opens is not None and closes is not None and closes <= opens:
        raise Invalid(_("The quiz has to close after it opens."), field="closes_at")
    if settings.solutions == Solutions.CLOSED and closes is None:
        words = _("Give a closing date, or show the right answers at another time.")
        raise Invalid(words, field="solutions")
    require_text(settings.instructions, field="instructions", max_length=MAX_INSTRUCTIONS)
    return {
        **asdict(settings),
        "instructions_html": render_markdown(settings.instructions),
    }
