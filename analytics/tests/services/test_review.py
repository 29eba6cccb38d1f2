"""The review queue: what comes back to whom, ratings, taking one back."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.services.privacy import erase_person
from analytics.models import ReviewCard, ReviewLog
from analytics.queries.review import candidates, review_queue
from analytics.queries.review_card import back, question_front
from analytics.scoring.spacing import Recall
from analytics.services.review import rate_card, undo_rating
from analytics.tests.mastery import answer, make_skill_quiz
from assessments.enums import Layout, Navigation, QuestionState, Solutions
from assessments.models import AttemptQuestion, Question, Quiz
from assessments.services.attempt import start_attempt
from assessments.services.quiz import release_results
from assessments.services.quiz_items import add_item
from assessments.tests.factories import School, make_school
from courses.enums import CourseState
from lms.kernel import clock
from lms.kernel.errors import Conflict, Denied, NotFound
from lms.kernel.testing import count_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


def practise(school: School, pattern: str = "01") -> Quiz:
    """A practice quiz that shows everything at once, taken by the learner."""
    quiz = make_skill_quiz(school, count=len(pattern), solutions=Solutions.AT_ONCE)
    answer(quiz, school.learner, pattern)
    return quiz


def wrong_one(school: School) -> str:
    (due,) = review_queue(school.actor("learner")).questions
    found: str = Question.objects.get(pk=due.candidate.question).public_id
    return found


def test_what_was_missed_comes_back_and_what_was_right_does_not(school: School) -> None:
    quiz = practise(school, "01-")
    found = review_queue(school.actor("learner"))
    missed = quiz.items.order_by("ordinal").values_list("question_id", flat=True)
    assert [one.candidate.question for one in found.questions] == [missed[0], missed[2]]
    assert (found.new, found.again, found.held) == (2, 0, 0)
    assert review_queue(school.actor("classmate")).due == []
    assert review_queue(school.actor("anonymous")).due == []


def test_a_front_says_nothing_of_the_answer(school: School) -> None:
    practise(school)
    (due,) = review_queue(school.actor("learner")).questions
    front = question_front(due)
    assert (front.sheet.answer, front.sheet.verdict, front.sheet.score) == (None, "", None)
    assert back(due.candidate).solution is True


def test_ratings_move_the_card_and_are_counted_once(school: School) -> None:
    practise(school)
    actor, question = school.actor("learner"), wrong_one(school)
    card = rate_card(actor=actor, item_id=question, recall=Recall.EASY, reps=0)
    assert card.due > clock.now() + timedelta(days=1)
    assert review_queue(actor).due == []
    assert review_queue(actor).next_at == card.due
    with pytest.raises(Conflict) as refused:
        rate_card(actor=actor, item_id=question, recall=Recall.EASY, reps=0)
    assert refused.value.code == "rated_already"
    with clock.travel(card.due):
        assert len(review_queue(actor).due) == 1
        again = rate_card(actor=actor, item_id=question, recall=Recall.AGAIN, reps=1)
    assert (again.reps, again.lapses, ReviewLog.objects.count()) == (2, 1, 2)


def test_a_rating_is_taken_back_to_the_last_bit(school: School) -> None:
    practise(school)
    actor, question = school.actor("learner"), wrong_one(school)
    rate_card(actor=actor, item_id=question, recall=Recall.GOOD, reps=0)
    before = ReviewCard.objects.values().get()
    rate_card(actor=actor, item_id=question, recall=Recall.AGAIN, reps=1)
    assert undo_rating(actor=actor) == question
    assert ReviewCard.objects.values().get() == before
    assert undo_rating(actor=actor) == question
    assert not ReviewCard.objects.exists()
    with pytest.raises(NotFound):
        undo_rating(actor=actor)


def test_a_rating_is_final_after_twelve_hours(school: School) -> None:
    practise(school)
    actor = school.actor("learner")
    rate_card(actor=actor, item_id=wrong_one(school), recall=Recall.GOOD, reps=0)
    with clock.travel(clock.now() + timedelta(hours=13)), pytest.raises(NotFound):
        undo_rating(actor=actor)


def test_unreleased_answers_never_come(school: School) -> None:
    """Z7: neither results that wait for release nor right answers that are not shown yet."""
    actor = school.actor("learner")
    hidden = make_skill_quiz(school, count=1, attempts_allowed=1, show_review=False)
    answer(hidden, school.learner, "0")
    closed = make_skill_quiz(school, count=1, attempts_allowed=2)
    answer(closed, school.learner, "0")
    assert review_queue(actor).due == []
    release_results(actor=school.actor("instructor"), quiz=hidden)
    assert len(review_queue(actor).due) == 1
    answer(closed, school.learner, "0")
    assert len(review_queue(actor).due) == 2


@pytest.mark.parametrize("kept", ["retired", "hidden", "archived", "left", "exam", "draft exam"])
def test_what_a_learner_may_not_see_now_stays_away(school: School, kept: str) -> None:
    quiz = practise(school, "0")
    question, teacher = quiz.items.get().question, school.actor("instructor")
    public_id = wrong_one(school)
    if kept == "retired":
        Question.objects.filter(pk=question.pk).update(state=QuestionState.RETIRED)
    elif kept == "hidden":
        quiz.lesson.published = False
        quiz.lesson.save()
    elif kept == "archived":
        school.course.state = CourseState.ARCHIVED
        school.course.save()
    elif kept == "left":
        school.course.enrolments.filter(user=school.learner).update(state="left")
    else:
        exam = make_skill_quiz(school, count=1, exam_mode=True, published=False)
        add_item(actor=teacher, quiz=exam, question=question)
        if kept == "exam":
            exam.closes_at = clock.now() + timedelta(days=1)
            exam.save()
    actor = school.actor("learner")
    assert review_queue(actor).due == []
    with pytest.raises(NotFound):
        rate_card(actor=actor, item_id=public_id, recall=Recall.GOOD, reps=0)
    if kept == "exam":
        with clock.travel(clock.now() + timedelta(days=2)):
            assert len(review_queue(actor).due) == 1


def test_the_queue_is_closed_during_an_exam(school: School) -> None:
    practise(school)
    actor, question = school.actor("learner"), wrong_one(school)
    exam = make_skill_quiz(school, count=1, exam_mode=True, attempts_allowed=1)
    start_attempt(actor=actor, quiz=exam)
    found = review_queue(actor)
    assert (found.closed, found.due) == (True, [])
    with pytest.raises(NotFound):
        rate_card(actor=actor, item_id=question, recall=Recall.GOOD, reps=0)


def test_at_most_twenty_new_cards_a_day(school: School) -> None:
    practise(school, "0" * 22)
    actor = school.actor("learner")
    found = review_queue(actor)
    assert (found.new, found.held) == (20, 2)
    first = Question.objects.get(pk=found.questions[0].candidate.question).public_id
    rate_card(actor=actor, item_id=first, recall=Recall.EASY, reps=0)
    assert review_queue(actor).new == 19


def test_the_queue_takes_as_many_queries_for_three_quizzes_as_for_one(school: School) -> None:
    actor = school.actor("learner")
    practise(school)
    one = count_queries(lambda: review_queue(actor))
    practise(school)
    practise(school)
    assert count_queries(lambda: review_queue(actor)) == one


def test_readers_and_previews_rate_nothing(school: School) -> None:
    practise(school)
    question = wrong_one(school)
    for who in ("reader", "previewing"):
        with pytest.raises((Denied, NotFound)):
            rate_card(actor=school.everyone[who], item_id=question, recall=Recall.GOOD, reps=0)
    assert candidates(school.everyone["previewing"]) == {}


def kept_back(school: School, **settings: Any) -> Quiz:
    """A quiz that tells what is right, and neither score nor comment."""
    quiz = make_skill_quiz(school, count=2, **settings)
    shown = ["attempt", "correctness", "right_answer"]
    moments = ("after", "later", "spent", "closed")
    quiz.review = dict.fromkeys(moments, shown)
    quiz.closes_at = clock.now() + timedelta(days=1)
    quiz.save()
    return quiz


def test_an_answer_shows_no_more_than_its_attempt_does(school: School) -> None:
    """Z7"""
    answer(kept_back(school), school.learner, "00")
    AttemptQuestion.objects.update(comment="zqcomment")
    with clock.travel(clock.now() + timedelta(days=2)):
        due = review_queue(school.actor("learner")).questions[0]
        found = back(due.candidate)
    assert found.solution is True
    assert (found.sheet.score, found.comment_html) == (None, "")


def test_a_page_that_was_never_reached_does_not_come_back(school: School) -> None:
    """Z7: what an attempt does not show, since its learner never saw it."""
    quiz = kept_back(school, layout=Layout.QUESTION, navigation=Navigation.FORWARD)
    answer(quiz, school.learner, "0-")
    with clock.travel(clock.now() + timedelta(days=2)):
        assert len(review_queue(school.actor("learner")).due) == 1


def test_erasure_takes_cards(school: School) -> None:
    """V2."""
    practise(school)
    actor = school.actor("learner")
    rate_card(actor=actor, item_id=wrong_one(school), recall=Recall.GOOD, reps=0)
    erase_person(actor=actor, person=school.learner)
    left = (ReviewCard, ReviewLog)
    assert [model.objects.count() for model in left] == [0, 0]
