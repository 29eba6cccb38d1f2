from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from assessments.enums import AttemptState, QuestionKind, StepKind
from assessments.models import Attempt, AttemptQuestion, AttemptStep
from assessments.scoring.registry import type_of
from assessments.services.attempt import (
    extend_attempt,
    flag_question,
    save_answer,
    start_attempt,
)
from assessments.services.closing import settle, settle_overdue, submit_attempt
from assessments.services.quiz import unpublish_quiz, update_quiz
from assessments.services.quiz_items import add_item
from assessments.tests.factories import (
    School,
    answer_all,
    make_attempt,
    make_question,
    make_quiz,
    make_school,
    right_answer,
)
from courses.models import Enrolment, LessonProgress
from lms.kernel.clock import travel
from lms.kernel.errors import Conflict, Denied, Invalid, KernelError, NotFound
from lms.kernel.testing import events_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def school() -> School:
    return make_school()


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(KernelError) as refused:
        act()
    return refused.value.code


def parts(attempt: Attempt) -> list[AttemptQuestion]:
    return list(attempt.questions.order_by("ordinal"))


def test_start_attempt_draws_the_questions_and_fixes_the_deadline(school: School) -> None:  # D4
    quiz = make_quiz(school, time_limit_seconds=600, shuffle_options=False)
    with travel(NOON):
        attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    assert (attempt.number, attempt.state) == (1, AttemptState.OPEN)
    assert (attempt.started_at, attempt.deadline) == (NOON, NOON + timedelta(seconds=600))
    drawn = parts(attempt)
    items = list(quiz.items.order_by("ordinal"))
    assert [p.version_id for p in drawn] == [i.question.latest_id for i in items]
    assert [p.points for p in drawn] == [i.points for i in items]
    assert attempt.max_score == sum(i.points for i in items) == quiz.points
    assert drawn[0].option_order == [o["id"] for o in drawn[0].version.body["options"]]
    assert list(attempt.steps.values_list("kind", "seq")) == [(StepKind.STARTED, 1)]


def test_start_attempt_returns_the_open_one(school: School) -> None:
    quiz, actor = make_quiz(school), school.actor("learner")
    first = start_attempt(actor=actor, quiz=quiz)
    assert start_attempt(actor=actor, quiz=quiz) == first
    assert len(events_of("assessments.attempt_started")) == 1


def test_shuffling_keeps_every_question_and_option(school: School) -> None:
    quiz = make_quiz(school, shuffle_questions=True, shuffle_options=True)
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    assert {p.version_id for p in parts(attempt)} == {
        i.question.latest_id for i in quiz.items.all()
    }
    for part in parts(attempt):
        pool = type_of(part.version.question.kind).pool(part.version.body)
        assert sorted(part.option_order) == sorted(pool)


def test_changing_the_quiz_leaves_a_started_attempt_alone(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, time_limit_seconds=600)
    actor, teacher = school.actor("learner"), school.actor("instructor")
    attempt = start_attempt(actor=actor, quiz=quiz)
    from assessments.services.quiz import QuizSettings

    update_quiz(actor=teacher, quiz=quiz, settings=QuizSettings(time_limit_seconds=60))
    add_item(actor=teacher, quiz=quiz, question=make_question(school))
    unpublish_quiz(actor=teacher, quiz=quiz)
    before = attempt.deadline
    attempt.refresh_from_db()
    assert (attempt.deadline, attempt.questions.count()) == (before, 1)
    answer_all(attempt, actor)
    assert submit_attempt(actor=actor, attempt=attempt).score == 1


def test_attempts_run_out(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, attempts_allowed=2)
    make_attempt(school, quiz)
    assert make_attempt(school, quiz).number == 2
    actor = school.actor("learner")
    assert code_of(lambda: start_attempt(actor=actor, quiz=quiz)) == "no_attempts_left"
    assert make_attempt(school, quiz, "classmate").number == 1


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("outsider", NotFound),
        ("observer", Denied),
        ("assistant", Denied),
        ("instructor", Denied),
        ("other_instructor", NotFound),
        ("previewing", Denied),
        ("reader", Denied),
    ],
)
def test_only_learners_with_write_scope_start(
    school: School, who: str, error: type[Exception]
) -> None:  # Z8
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    with pytest.raises(error):
        start_attempt(actor=school.everyone[who], quiz=quiz)
    assert Attempt.objects.count() == 0


def test_a_draft_quiz_or_hidden_lesson_cannot_be_started(school: School) -> None:  # Z7
    draft = make_quiz(school, QuestionKind.TRUE_FALSE, published=False)
    hidden = make_quiz(school, QuestionKind.TRUE_FALSE)
    hidden.lesson.published = False
    hidden.lesson.save()
    for quiz in (draft, hidden):
        with pytest.raises(NotFound):
            start_attempt(actor=school.actor("learner"), quiz=quiz)


def test_save_answer_appends_and_folds(school: School) -> None:
    actor = school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=make_quiz(school, QuestionKind.SHORT_ANSWER))
    part = parts(attempt)[0]
    with travel(NOON):
        saved = save_answer(actor=actor, attempt=attempt, question=part, answer=" Lima ", seq=1)
    save_answer(actor=actor, attempt=attempt, question=part, answer="Quito", seq=7)
    save_answer(actor=actor, attempt=attempt, question=part, answer=None, seq=8)
    assert (saved.seq, saved.saved_at, saved.deadline) == (1, NOON, None)
    part.refresh_from_db()
    assert (part.answer, part.seq) == (None, 8)
    log = part.steps.order_by("seq").values_list("seq", "data")
    assert list(log) == [(1, {"answer": "Lima"}), (7, {"answer": "Quito"}), (8, {"answer": None})]


def test_save_answer_answers_a_repeated_number_the_same(school: School) -> None:
    actor = school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=make_quiz(school, QuestionKind.TRUE_FALSE))
    part = parts(attempt)[0]
    first = save_answer(actor=actor, attempt=attempt, question=part, answer=True, seq=3)
    again = save_answer(actor=actor, attempt=attempt, question=part, answer=True, seq=3)
    assert first == again
    assert part.steps.count() == 1


@pytest.mark.parametrize(("seq", "answer"), [(3, False), (2, True), (1, True)])
def test_save_answer_refuses_an_older_number(school: School, seq: int, answer: bool) -> None:
    actor = school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=make_quiz(school, QuestionKind.TRUE_FALSE))
    part = parts(attempt)[0]
    save_answer(actor=actor, attempt=attempt, question=part, answer=True, seq=3)
    with pytest.raises(Conflict) as refused:
        save_answer(actor=actor, attempt=attempt, question=part, answer=answer, seq=seq)
    assert refused.value.code == "stale_seq"
    part.refresh_from_db()
    assert (part.answer, part.seq) == (True, 3)


@pytest.mark.parametrize("seq", [0, -1, 2_000_000_001])
def test_save_answer_refuses_numbers_out_of_range(school: School, seq: int) -> None:
    actor = school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=make_quiz(school, QuestionKind.TRUE_FALSE))
    with pytest.raises(Invalid) as refused:
        save_answer(actor=actor, attempt=attempt, question=parts(attempt)[0], answer=True, seq=seq)
    assert list(refused.value.errors) == ["seq"]


def test_save_answer_is_the_learners_alone(school: School) -> None:  # Z2
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    part = parts(attempt)[0]
    for who, actor in school.everyone.items():
        if who == "learner":
            continue
        with pytest.raises(KernelError):
            save_answer(actor=actor, attempt=attempt, question=part, answer=True, seq=1)
    assert AttemptStep.objects.filter(question=part).count() == 0


def test_a_question_of_another_attempt_is_not_found(school: School) -> None:  # Z3
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    mine = start_attempt(actor=school.actor("learner"), quiz=quiz)
    other = start_attempt(actor=school.actor("classmate"), quiz=quiz)
    with pytest.raises(NotFound):
        save_answer(
            actor=school.actor("learner"),
            attempt=mine,
            question=parts(other)[0],
            answer=True,
            seq=1,
        )


def test_flagging_is_on_the_record(school: School) -> None:
    actor = school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=make_quiz(school, QuestionKind.TRUE_FALSE))
    part = parts(attempt)[0]
    assert flag_question(actor=actor, attempt=attempt, question=part, flagged=True).seq == 1
    flag_question(actor=actor, attempt=attempt, question=part, flagged=False, seq=5)
    act = lambda: flag_question(  # noqa: E731
        actor=actor, attempt=attempt, question=part, flagged=True, seq=5
    )
    assert code_of(act) == "stale_seq"
    part.refresh_from_db()
    assert (part.flagged, part.seq) == (False, 5)


def test_submit_attempt_scores_grades_and_finishes_the_lesson(school: School) -> None:
    quiz, actor = make_quiz(school), school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=quiz)
    answer_all(attempt, actor, wrong=1)
    done = submit_attempt(actor=actor, attempt=attempt)
    assert (done.state, done.score, done.max_score) == (
        AttemptState.RELEASED,
        Decimal(5),
        Decimal(6),
    )
    assert [p.verdict for p in parts(done)] == ["correct"] * 4 + ["unanswered"]
    assert list(done.steps.filter(question=None).values_list("kind", flat=True)) == [
        StepKind.STARTED,
        StepKind.SUBMITTED,
        StepKind.SCORED,
    ]
    progress = LessonProgress.objects.get(lesson=quiz.lesson)
    assert (progress.enrolment.user, progress.state) == (school.learner, "completed")
    told = events_of("assessments.attempt_submitted")
    assert told == [
        {
            "course_id": school.course.pk,
            "attempt_id": attempt.pk,
            "quiz_id": quiz.pk,
            "learner_id": school.learner.pk,
            "score": "5.0000",
            "max_score": "6.0000",
            "by_clock": False,
            "actor_id": school.learner.pk,
        }
    ]


def test_submit_attempt_is_the_same_however_often(school: School) -> None:
    actor = school.actor("learner")
    attempt = make_attempt(school, make_quiz(school))
    again = submit_attempt(actor=actor, attempt=attempt)
    assert (again.submitted_at, again.score) == (attempt.submitted_at, attempt.score)
    assert len(events_of("assessments.attempt_submitted")) == 1
    part = parts(attempt)[0]
    act = lambda: save_answer(  # noqa: E731
        actor=actor, attempt=attempt, question=part, answer=None, seq=99
    )
    assert code_of(act) == "attempt_closed"


@pytest.fixture
def timed(school: School) -> Attempt:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, time_limit_seconds=60)
    with travel(NOON):
        attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
        answer_all(attempt, school.actor("learner"))
    return attempt


def test_an_answer_at_the_last_moment_counts(school: School, timed: Attempt) -> None:
    with travel(NOON + timedelta(seconds=60)):
        saved = save_answer(
            actor=school.actor("learner"),
            attempt=timed,
            question=parts(timed)[0],
            answer=False,
            seq=9,
        )
    assert saved.deadline == NOON + timedelta(seconds=60)


def test_an_answer_too_late_is_refused_and_the_rest_handed_in(
    school: School, timed: Attempt
) -> None:
    late = NOON + timedelta(seconds=60, milliseconds=1)
    actor, part = school.actor("learner"), parts(timed)[0]
    with travel(late):
        act = lambda: save_answer(  # noqa: E731
            actor=actor, attempt=timed, question=part, answer=False, seq=9
        )
        assert code_of(act) == "deadline_passed"
    timed.refresh_from_db()
    assert (timed.state, timed.score, timed.closed_by_clock) == (
        AttemptState.RELEASED,
        Decimal(1),
        True,
    )
    assert timed.submitted_at == NOON + timedelta(seconds=60)
    assert events_of("assessments.attempt_submitted")[0]["actor_id"] is None


def test_submitting_too_late_is_refused_and_says_so_again(school: School, timed: Attempt) -> None:
    with travel(NOON + timedelta(seconds=61)):
        for _ in range(2):
            act = lambda: submit_attempt(actor=school.actor("learner"), attempt=timed)  # noqa: E731
            assert code_of(act) == "deadline_passed"
    timed.refresh_from_db()
    assert timed.score == 1
    assert len(events_of("assessments.attempt_submitted")) == 1


def test_submitting_in_time_stays_submitted_after_the_deadline(
    school: School, timed: Attempt
) -> None:
    with travel(NOON + timedelta(seconds=30)):
        submit_attempt(actor=school.actor("learner"), attempt=timed)
    with travel(NOON + timedelta(seconds=90)):
        again = submit_attempt(actor=school.actor("learner"), attempt=timed)
    assert again.submitted_at == NOON + timedelta(seconds=30)


def test_settle_hands_in_once_and_only_when_overdue(school: School, timed: Attempt) -> None:
    with travel(NOON + timedelta(seconds=59)):
        assert settle(timed).state == AttemptState.OPEN
    with travel(NOON + timedelta(seconds=61)):
        stale = Attempt.objects.get(pk=timed.pk)
        assert settle(timed).state == AttemptState.RELEASED
        assert settle(stale).state == AttemptState.RELEASED
    assert len(events_of("assessments.attempt_submitted")) == 1


def test_starting_again_hands_in_the_overdue_one_first(school: School, timed: Attempt) -> None:
    actor = school.actor("learner")
    with travel(NOON + timedelta(seconds=61)):
        act = lambda: start_attempt(actor=actor, quiz=timed.quiz)  # noqa: E731
        assert code_of(act) == "no_attempts_left"
    timed.refresh_from_db()
    assert timed.closed_by_clock


def test_the_sweep_hands_in_what_is_overdue(school: School, timed: Attempt) -> None:
    from assessments.tasks import sweep_deadlines

    open_end = start_attempt(
        actor=school.actor("classmate"), quiz=make_quiz(school, QuestionKind.NUMERIC)
    )
    with travel(NOON + timedelta(seconds=61)):
        assert sweep_deadlines() == 1
        assert settle_overdue(quiz=timed.quiz) == 0
    open_end.refresh_from_db()
    assert open_end.state == AttemptState.OPEN


def test_one_failure_stops_no_other(school: School, timed: Attempt) -> None:
    with travel(NOON):
        other = start_attempt(actor=school.actor("classmate"), quiz=timed.quiz)
    Attempt.objects.filter(pk=timed.pk).update(max_score="0.5")
    with travel(NOON + timedelta(seconds=61)):
        assert settle_overdue() == 1
    other.refresh_from_db()
    assert other.state == AttemptState.RELEASED


def test_a_learner_who_left_is_still_handed_in(school: School, timed: Attempt) -> None:
    Enrolment.objects.filter(user=school.learner).update(state="left")
    with travel(NOON + timedelta(seconds=61)):
        assert settle_overdue() == 1


def test_extend_attempt_moves_the_deadline_on_the_record(school: School, timed: Attempt) -> None:
    with travel(NOON + timedelta(seconds=30)):
        row = extend_attempt(
            actor=school.actor("assistant"), attempt=timed, minutes=10, reason="Fire drill."
        )
    assert row.deadline == NOON + timedelta(seconds=660)
    step = row.steps.get(kind=StepKind.EXTENDED)
    assert (step.actor, step.data["minutes"], step.data["reason"]) == (
        school.assistant,
        10,
        "Fire drill.",
    )
    with travel(NOON + timedelta(seconds=600)):
        save_answer(
            actor=school.actor("learner"),
            attempt=timed,
            question=parts(timed)[0],
            answer=True,
            seq=9,
        )


def test_extend_attempt_refuses(school: School, timed: Attempt) -> None:
    actor = school.actor("assistant")

    def extend(attempt: Attempt, minutes: int = 5, reason: str = "x") -> None:
        extend_attempt(actor=actor, attempt=attempt, minutes=minutes, reason=reason)

    with travel(NOON):
        with pytest.raises(Denied):
            extend_attempt(actor=school.actor("learner"), attempt=timed, minutes=1, reason="x")
        for minutes, reason in ((0, "x"), (1441, "x"), (5, " ")):
            with pytest.raises(Invalid):
                extend(timed, minutes, reason)
        endless = start_attempt(
            actor=school.actor("learner"), quiz=make_quiz(school, QuestionKind.NUMERIC)
        )
        assert code_of(lambda: extend(endless)) == "no_deadline"
    with travel(NOON + timedelta(seconds=61)):
        assert code_of(lambda: extend(timed)) == "deadline_passed"


def test_right_answers_of_every_type_earn_everything(school: School) -> None:
    attempt = make_attempt(school, make_quiz(school))
    assert attempt.score == attempt.max_score == 6
    assert [right_answer(p.version) for p in parts(attempt)] == [p.answer for p in parts(attempt)]
