from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from assessments.enums import QuestionKind
from assessments.models import Attempt, AttemptQuestion, Grade
from assessments.queries.content import version_content
from assessments.queries.reconcile import mismatches
from assessments.services.attempt import start_attempt
from assessments.services.bank import revise_question
from assessments.services.grading import override_score, regrade_question
from assessments.services.quiz import release_results
from assessments.tasks import reconcile
from assessments.tests.factories import make_attempt, make_quiz, make_school
from courses.models import LessonProgress
from lms.kernel.clock import travel

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def found() -> dict[str, int]:
    return {words: count for words, count in mismatches().items() if count}


def test_whatever_was_done_through_services_adds_up() -> None:  # D6
    school = make_school()
    quiz = make_quiz(school, attempts_allowed=None, show_review=False)
    first = make_attempt(school, quiz, wrong=1)
    make_attempt(school, quiz, "classmate")
    actor = school.actor("instructor")
    part = first.questions.get(ordinal=5)
    for question, score in ((part, "0.5"), (None, "3"), (part, "1")):
        override_score(
            actor=actor, attempt=first, question=question, score=Decimal(score), reason="Test."
        )
    release_results(actor=actor, quiz=quiz)
    start_attempt(actor=school.actor("learner"), quiz=quiz)
    assert reconcile() == 0


def test_each_disagreement_is_counted() -> None:  # D6
    school = make_school()
    attempt = make_attempt(school, make_quiz(school))
    timed = make_quiz(school, QuestionKind.NUMERIC, time_limit_seconds=60)
    with travel(NOON):
        start_attempt(actor=school.actor("classmate"), quiz=timed)
    LessonProgress.objects.all().delete()
    AttemptQuestion.objects.filter(attempt=attempt, ordinal=1).update(answered_at=NOON)
    with travel(NOON + timedelta(minutes=22)):
        assert found() == {
            "attempts past their deadline": 1,
            "answers that are not the last step's": 1,
            "recent attempts that their log says otherwise": 1,
            "submitted quizzes that are not done": 1,
        }
    Attempt.objects.filter(pk=attempt.pk).update(score=5)
    assert found()["attempts whose score is not their sum"] == 1
    assert found()["grades that are not their attempt's"] == 1
    Grade.objects.update(score=5)
    assert found()["grades that are not their last change's"] == 1
    assert "grades that are not their attempt's" not in found()
    assert found()["course totals that are not what their grades give"] == 1
    assert reconcile() == 7


def test_an_answer_that_a_corrected_key_passed_by_is_counted() -> None:  # D6
    school = make_school()
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    for who in ("learner", "classmate"):
        make_attempt(school, quiz, who)
    question, teacher = quiz.items.get().question, school.actor("instructor")
    content = replace(version_content(question.latest), truth=False)
    revise_question(actor=teacher, question=question, content=content)
    assert found() == {}
    assert regrade_question(actor=teacher, quiz=quiz, question=question) == 2
    assert found() == {}
    passed_by = AttemptQuestion.objects.filter(attempt__learner=school.learner)
    passed_by.update(scored_with=None)
    assert found() == {"answers scored with a key that was corrected": 1}
    quiz.items.update(pinned=passed_by.get().version)
    assert found() == {}
