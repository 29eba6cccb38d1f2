"""Marking by a person: drafts until all is marked, then scored and released like the rest."""

from decimal import Decimal
from typing import Any

import pytest

from assessments.enums import AttemptState, QuestionKind, StepKind, Verdict
from assessments.events import AttemptSubmitted
from assessments.models import Attempt, AttemptQuestion, Grade, Quiz
from assessments.queries.answer_marking import answer_to_mark, queue, waiting_lines
from assessments.queries.reconcile import mismatches
from assessments.queries.review import review
from assessments.services.answer_marking import mark_question
from assessments.services.attempt import start_attempt
from assessments.services.closing import submit_attempt
from assessments.services.grading import override_score, regrade_question
from assessments.services.quiz import release_results
from assessments.tests.factories import (
    School,
    answer_all,
    make_attempt,
    make_quiz,
    make_school,
)
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound, Stale
from lms.kernel.testing import count_queries, events_of

pytestmark = pytest.mark.django_db
TRUE_FALSE, ESSAY = QuestionKind.TRUE_FALSE, QuestionKind.ESSAY


@pytest.fixture
def school() -> School:
    return make_school()


def essays(attempt: Attempt) -> list[AttemptQuestion]:
    return list(attempt.questions.filter(version__question__kind=ESSAY).order_by("ordinal"))


def mark(
    school: School, attempt: Attempt, score: str | None, comment: str = "", place: int = 0
) -> Attempt:
    return mark_question(
        actor=school.actor("assistant"),
        attempt=attempt,
        question=essays(attempt)[place],
        score=None if score is None else Decimal(score),
        comment=comment,
    )


def two_essays(school: School, **settings: Any) -> tuple[Quiz, Attempt]:
    quiz = make_quiz(school, TRUE_FALSE, ESSAY, ESSAY, **settings)
    return quiz, make_attempt(school, quiz)


def test_an_attempt_with_an_essay_waits_with_what_scored_itself(school: School) -> None:
    _quiz, attempt = two_essays(school)
    assert (attempt.state, attempt.score) == (AttemptState.SUBMITTED, None)
    scores = list(attempt.questions.order_by("ordinal").values_list("score", "verdict"))
    assert scores == [(Decimal(1), "correct"), (None, "waiting"), (None, "waiting")]
    assert not Grade.objects.exists()
    assert all(count == 0 for count in mismatches().values())
    (told,) = events_of(AttemptSubmitted.kind)
    assert told["score"] == ""


def test_the_last_mark_scores_and_releases(school: School) -> None:
    _quiz, attempt = two_essays(school)
    waiting = mark(school, attempt, "3.5", "Well **argued**.")
    assert (waiting.state, waiting.score) == (AttemptState.SUBMITTED, None)
    assert not Grade.objects.exists()
    done = mark(school, attempt, "2", place=1)
    assert (done.state, done.score) == (AttemptState.RELEASED, Decimal("6.5"))
    grade = Grade.objects.get()
    assert (grade.score, grade.max_score, grade.released) == (Decimal("6.5"), Decimal(9), True)
    first = review(school.actor("learner"), Attempt.objects.get()).questions[1]
    assert (first.sheet.score, first.sheet.verdict) == (Decimal("3.5"), Verdict.PARTIAL)
    assert "<strong>argued</strong>" in first.comment_html
    assert "<strong>way</strong>" in first.answer_html
    assert all(count == 0 for count in mismatches().values())


def test_marks_are_drafts_until_the_results_are_released(school: School) -> None:  # Z7
    quiz, attempt = two_essays(school, show_review=False)
    mark(school, attempt, "1", "First thoughts.")
    mark(school, attempt, "2", "Second.", place=1)
    scored = mark(school, attempt, "4", "On reflection, all of it.")
    assert (scored.state, scored.score) == (AttemptState.SCORED, Decimal(7))
    assert Grade.objects.get().score == Decimal(7)
    with pytest.raises(Denied):
        review(school.actor("learner"), Attempt.objects.get())
    release_results(actor=school.actor("instructor"), quiz=quiz)
    released = Attempt.objects.get()
    shown = review(school.actor("learner"), released)
    assert "On reflection" in shown.questions[1].comment_html
    with pytest.raises(Conflict) as refused:
        mark(school, released, "0")
    assert refused.value.code == "attempt_released"


def test_a_comment_alone_keeps_it_waiting(school: School) -> None:
    _quiz, attempt = two_essays(school)
    kept = mark(school, attempt, None, "Unsure.")
    part = essays(attempt)[0]
    assert (kept.state, part.comment, part.verdict) == ("submitted", "Unsure.", "waiting")
    mark(school, attempt, "1")
    again = mark(school, attempt, None, "Back to thinking.")
    assert (again.state, essays(attempt)[0].score) == ("submitted", None)


def test_a_score_of_a_scored_attempt_is_changed_and_not_taken_away(school: School) -> None:
    _quiz, attempt = two_essays(school, show_review=False)
    mark(school, attempt, "1")
    mark(school, attempt, "1", place=1)
    with pytest.raises(Invalid):
        mark(school, attempt, None)


def test_every_mark_is_a_step(school: School) -> None:  # D3
    _quiz, attempt = two_essays(school)
    mark(school, attempt, "1", "So.")
    mark(school, attempt, "1", "So.")
    mark(school, attempt, "2", "So.")
    steps = attempt.steps.filter(kind=StepKind.MARKED).order_by("pk")
    assert [(step.data["before"], step.data["after"]) for step in steps] == [
        (None, "1"),
        ("1.0000", "2"),
    ]
    assert {step.actor_id for step in steps} == {school.assistant.pk}


@pytest.mark.parametrize("score", ["-1", "4.5", "1.00001", "NaN"])
def test_scores_lie_within_the_points(school: School, score: str) -> None:
    _quiz, attempt = two_essays(school)
    with pytest.raises(Invalid):
        mark(school, attempt, score)


def test_who_may_not_mark(school: School) -> None:  # Z1
    _quiz, attempt = two_essays(school)
    for name, refusal in (("learner", Denied), ("classmate", NotFound), ("outsider", NotFound)):
        with pytest.raises(refusal):
            mark_question(
                actor=school.actor(name),
                attempt=attempt,
                question=essays(attempt)[0],
                score=Decimal(4),
                comment="",
            )


def test_marking_has_its_place_and_time(school: School) -> None:
    quiz, attempt = two_essays(school)
    machine = attempt.questions.get(version__question__kind=TRUE_FALSE)
    marker = {"actor": school.actor("assistant"), "score": Decimal(1), "comment": ""}
    with pytest.raises(Conflict) as refused:
        mark_question(attempt=attempt, question=machine, **marker)  # type: ignore[arg-type]
    assert refused.value.code == "marked_by_machine"
    with pytest.raises(Stale):
        mark_question(attempt=attempt, question=essays(attempt)[0], expected=0, **marker)  # type: ignore[arg-type]
    going = start_attempt(actor=school.actor("classmate"), quiz=quiz)
    with pytest.raises(Conflict) as early:
        mark_question(attempt=going, question=essays(going)[0], **marker)  # type: ignore[arg-type]
    assert early.value.code == "attempt_open"
    with pytest.raises(NotFound):
        mark_question(attempt=attempt, question=essays(going)[0], **marker)  # type: ignore[arg-type]


def test_an_essay_left_empty_waits_for_nobody(school: School) -> None:
    quiz = make_quiz(school, TRUE_FALSE, ESSAY)
    actor = school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=quiz)
    answer_all(attempt, actor, wrong=1)
    done = submit_attempt(actor=actor, attempt=attempt)
    assert (done.state, done.score) == (AttemptState.RELEASED, Decimal(1))
    assert not queue(school.actor("assistant"), quiz, waiting=False).exists()


def test_scores_by_hand_and_corrected_keys_reach_attempts_that_wait(school: School) -> None:
    quiz, attempt = two_essays(school)
    instructor = school.actor("instructor")
    machine = attempt.questions.get(version__question__kind=TRUE_FALSE)
    with pytest.raises(Conflict) as whole:
        override_score(actor=instructor, attempt=attempt, score=Decimal(9), reason="Best.")
    assert whole.value.code == "attempt_waiting"
    override_score(
        actor=instructor, attempt=attempt, score=Decimal(0), reason="Copied.", question=machine
    )
    assert Attempt.objects.get().state == AttemptState.SUBMITTED
    with pytest.raises(Conflict) as people:
        regrade_question(actor=instructor, quiz=quiz, question=essays(attempt)[0].version.question)
    assert people.value.code == "marked_by_people"
    mark(school, attempt, "4")
    mark(school, attempt, "4", place=1)
    assert Attempt.objects.get().score == Decimal(8)


def test_the_queue_goes_question_by_question_and_knows_its_neighbours(school: School) -> None:
    quiz = make_quiz(school, ESSAY, ESSAY)
    for who in ("learner", "classmate"):
        make_attempt(school, quiz, who)
    assistant = school.actor("assistant")
    rows = list(queue(assistant, quiz))
    questions = [row.version.question_id for row in rows]
    assert questions == sorted(questions)
    assert [row.attempt.learner_id for row in rows[:2]] == [school.learner.pk, school.classmate.pk]
    second = answer_to_mark(assistant, quiz, rows[1].public_id)
    place = second.place
    assert (place.position, place.total, place.waiting) == (2, 4, 4)
    assert (place.previous, place.following) == (rows[0].public_id, rows[2].public_id)
    assert "<strong>waymarks</strong>" in second.notes_html
    assert second.words == 4
    asked = rows[3].version.question.public_id
    last = answer_to_mark(assistant, quiz, rows[3].public_id, question=asked)
    assert (last.place.total, last.place.following) == (2, "")
    assert last.place.next_waiting == rows[2].public_id
    (line,) = waiting_lines(assistant)
    assert (line.quiz, line.waiting) == (quiz, 4)
    for who in ("learner", "outsider", "other_instructor"):
        assert waiting_lines(school.actor(who)) == []


def test_the_queue_costs_the_same_for_one_and_three(school: School) -> None:
    quiz = make_quiz(school, ESSAY)
    assistant = school.actor("assistant")

    def read() -> None:
        for row in queue(assistant, quiz):
            assert row.attempt.learner.display_name
            assert row.version.question.text

    make_attempt(school, quiz)
    one = count_queries(read)
    make_attempt(school, quiz, "classmate")
    assert count_queries(read) == one == 2
