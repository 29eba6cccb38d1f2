"""A course with outcomes, and attempts at their questions with chosen answers."""

import time
from typing import Any

from accounts.models import User
from analytics.models import FoldState
from analytics.services.mastery import STATE, catch_up, take_in
from assessments.enums import QuestionKind
from assessments.models import Attempt, LearningOutcome, Quiz
from assessments.services.attempt import save_answer, start_attempt
from assessments.services.closing import submit_attempt
from assessments.services.learning_outcome import OutcomeFields, add_outcome
from assessments.tests.factories import School, make_quiz, right_answer
from lms.kernel import actors
from lms.kernel.models import EventRecord


def make_outcome(school: School, code: str, title: str = "Tell rocks apart") -> LearningOutcome:
    """An outcome of the school's course."""
    fields = OutcomeFields(code=code, title=title)
    return add_outcome(actor=school.actor("instructor"), course=school.course, fields=fields)


def make_skill_quiz(
    school: School, *outcomes: LearningOutcome, count: int = 4, **settings: Any
) -> Quiz:
    """A quiz of true-or-false questions that all serve the outcomes; practice unless said."""
    more = {"attempts_allowed": None, **settings}
    quiz = make_quiz(school, *[QuestionKind.TRUE_FALSE] * count, **more)
    for item in quiz.items.select_related("question"):
        item.question.outcomes.set(outcomes)
    return quiz


def answer(quiz: Quiz, person: User, pattern: str, *, submit: bool = True) -> Attempt:
    """An attempt with a right answer at each 1, a wrong one at each 0 and none at each -."""
    actor = actors.for_user(person)
    attempt = start_attempt(actor=actor, quiz=quiz)
    for part, mark in zip(attempt.questions.order_by("ordinal"), pattern, strict=True):
        if mark != "-":
            truth = right_answer(part.version)
            said = truth if mark == "1" else not truth
            save_answer(actor=actor, attempt=attempt, question=part, answer=said, seq=1)
    return submit_attempt(actor=actor, attempt=attempt) if submit else attempt


def take_all(school: School) -> int:
    """Take in every answer of the course, as the events of their attempts would have it."""
    attempts = Attempt.objects.filter(course=school.course)
    return take_in(
        school.course.pk,
        quizzes=set(attempts.values_list("quiz_id", flat=True)),
        learners=set(attempts.values_list("learner_id", flat=True)),
    )


def drain(seconds: float = 60.0) -> None:
    """Take in every event; on PostgreSQL other transactions may hold the horizon for a moment.

    Only in tests that commit: an event is read once its transaction has ended.
    """
    deadline = time.monotonic() + seconds
    catch_up()
    while time.monotonic() < deadline and _left():
        time.sleep(0.05)
        catch_up()
    assert not _left()


def _left() -> bool:
    state = FoldState.objects.get(name=STATE)
    read = EventRecord.objects.filter(transaction_id__lt=state.transaction_id) | (
        EventRecord.objects.filter(transaction_id=state.transaction_id, id__lte=state.event_id)
    )
    return EventRecord.objects.exclude(pk__in=read.values("pk")).exists()
