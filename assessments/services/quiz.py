"""A quiz's life: made for a lesson, changed, published, taken back."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import AttemptState, QuizState
from assessments.events import QuizPublished, ResultsReleased
from assessments.models import Attempt, Grade, Quiz, QuizSection
from assessments.queries.draws import missing_questions
from assessments.rules import EDIT_QUIZ
from assessments.services.editing import locked, save_changes
from assessments.services.grade import item_of_quiz, set_posted
from assessments.services.log import take_turns
from assessments.services.quiz_settings import QuizSettings, checked_settings, settings_of
from assessments.services.totals import recount_if_counted, recount_learners
from courses.enums import LessonKind
from courses.models import Lesson
from courses.rules import EDIT_LESSON
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.events import publish
from lms.kernel.rules import require

__all__ = [
    "QuizSettings",
    "create_quiz",
    "publish_quiz",
    "release_results",
    "settings_of",
    "unpublish_quiz",
    "update_quiz",
]


@transaction.atomic
def create_quiz(*, actor: Actor, lesson: Lesson, settings: QuizSettings | None = None) -> Quiz:
    """The quiz of a lesson, made when there is none yet; otherwise the one there is.

    Raises Invalid for a lesson of another kind or settings out of range.
    """
    require(actor, EDIT_LESSON, lesson)
    if lesson.kind != LessonKind.QUIZ:
        raise Invalid(_("This lesson is not a quiz."), field="lesson")
    fields = checked_settings(settings or QuizSettings())
    quiz, fresh = Quiz.objects.get_or_create(
        lesson=lesson, defaults={"course_id": lesson.course_id, **fields}
    )
    if fresh:
        QuizSection.objects.create(quiz=quiz, ordinal=1)
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
    return save_changes(locked(quiz, expected=expected), **checked_settings(settings))


@transaction.atomic
def publish_quiz(*, actor: Actor, quiz: Quiz, expected: int | None = None) -> Quiz:
    """Open a quiz to learners; idempotent.

    Raises Conflict `quiz_empty` without questions, `draw_short` when the bank has too few for its
    draws.
    """
    require(actor, EDIT_QUIZ, quiz)
    row = locked(quiz, expected=expected)
    if row.state == QuizState.PUBLISHED:
        return row
    if not row.item_count:
        raise Conflict(_("Add a question before you publish the quiz."), code="quiz_empty")
    lacking = sum(one.missing for one in missing_questions(row))
    if lacking:
        words = ngettext(
            "The bank has %(n)s question too few for what this quiz draws.",
            "The bank has %(n)s questions too few for what this quiz draws.",
            lacking,
        )
        raise Conflict(words % {"n": lacking}, code="draw_short")
    row = save_changes(row, state=QuizState.PUBLISHED, published_at=clock.now())
    told = QuizPublished(course_id=row.course_id, quiz_id=row.pk, lesson_id=row.lesson_id)
    publish(told, actor=actor)
    return row


@transaction.atomic
def unpublish_quiz(*, actor: Actor, quiz: Quiz, expected: int | None = None) -> Quiz:
    """Take a quiz back to draft: nobody starts it; attempts that are open can be finished."""
    require(actor, EDIT_QUIZ, quiz)
    row = locked(quiz, expected=expected)
    if row.state == QuizState.DRAFT:
        return row
    recount_if_counted(actor, row.course_id)
    return save_changes(row, state=QuizState.DRAFT)


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
