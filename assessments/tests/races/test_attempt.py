"""Many at once: one open attempt, one submission, one acknowledged order of answers."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from threading import Barrier

import pytest
from django.db import connection

from assessments.enums import AttemptState, QuestionKind
from assessments.models import (
    Attempt,
    AttemptQuestion,
    AttemptStep,
    Grade,
    GradeChange,
    PreparedAttempt,
    Question,
)
from assessments.queries.code import TRY_CODE
from assessments.queries.content import version_content
from assessments.services.attempt import save_answer, start_attempt
from assessments.services.bank import create_question, revise_question
from assessments.services.closing import settle, submit_attempt
from assessments.services.code_trial import try_code
from assessments.services.grading import override_score
from assessments.services.preparing import prepare_attempts, prepare_due
from assessments.tests.factories import (
    CONTENTS,
    answer_all,
    make_attempt,
    make_question,
    make_quiz,
    make_school,
    report_of_sandbox,
)
from lms.kernel import clock
from lms.kernel.errors import KernelError
from lms.kernel.models import Job
from lms.kernel.testing import events_of

pytestmark = pytest.mark.django_db(transaction=True)


def all_at_once(act: Callable[[int], object], times: int) -> list[object]:
    """Run `act(n)` in as many threads from one moment on; results, or codes of errors."""
    start = Barrier(times)

    def run(number: int) -> object:
        start.wait(timeout=30)
        try:
            return act(number)
        except KernelError as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def test_twenty_starts_claim_one_prepared_attempt() -> None:
    school = make_school()
    quiz = make_quiz(school, attempts_allowed=None)
    prepare_attempts(quiz=quiz)
    prepared = PreparedAttempt.objects.get(learner=school.learner)
    actor = school.actor("learner")
    found = all_at_once(lambda _: start_attempt(actor=actor, quiz=quiz).pk, 20)
    assert len(set(found)) == Attempt.objects.count() == 1
    asked = set(AttemptQuestion.objects.values_list("public_id", flat=True))
    assert asked == set(prepared.questions.values_list("public_id", flat=True))
    assert len(events_of("assessments.attempt_started")) == 1


def test_starts_beside_preparing_changing_and_sweeping_get_whole_attempts() -> None:
    school = make_school()
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, QuestionKind.NUMERIC)
    prepare_attempts(quiz=quiz)
    question = quiz.items.get(ordinal=1).question
    content = version_content(question.latest)
    teacher = school.actor("instructor")
    acts: list[Callable[[], object]] = [
        lambda: start_attempt(actor=school.actor("learner"), quiz=quiz).pk,
        lambda: start_attempt(actor=school.actor("classmate"), quiz=quiz).pk,
        lambda: prepare_attempts(quiz=quiz),
        prepare_due,
        lambda: revise_question(actor=teacher, question=question, content=content).pk,
        lambda: prepare_attempts(quiz=quiz),
    ]
    found = all_at_once(lambda number: acts[number](), len(acts))
    assert not [one for one in found if isinstance(one, str)]
    assert Attempt.objects.count() == 2
    for attempt in Attempt.objects.all():
        parts = attempt.questions.select_related("version__question")
        assert [part.ordinal for part in parts] == [1, 2]
        assert {part.version.question.kind for part in parts} == {
            QuestionKind.TRUE_FALSE,
            QuestionKind.NUMERIC,
        }
    prepare_due()
    assert PreparedAttempt.objects.count() == 0


def test_twenty_starts_make_one_attempt() -> None:
    school = make_school()
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, attempts_allowed=None)
    actor = school.actor("learner")
    found = all_at_once(lambda _: start_attempt(actor=actor, quiz=quiz).pk, 20)
    assert len(set(found)) == 1
    assert Attempt.objects.count() == 1
    assert len(events_of("assessments.attempt_started")) == 1


def test_twenty_submissions_make_one() -> None:
    school = make_school()
    actor = school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=make_quiz(school))
    answer_all(attempt, actor)
    fresh = [Attempt.objects.get(pk=attempt.pk) for _ in range(20)]
    found = all_at_once(lambda n: submit_attempt(actor=actor, attempt=fresh[n]).score, 20)
    assert Counter(found) == {6: 20}
    assert len(events_of("assessments.attempt_submitted")) == 1
    assert (Grade.objects.count(), GradeChange.objects.count()) == (1, 1)
    assert AttemptStep.objects.filter(question=None, kind="submitted").count() == 1


def test_the_clock_and_the_learner_hand_in_once() -> None:
    school = make_school()
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, time_limit_seconds=60)
    actor = school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=quiz)
    Attempt.objects.filter(pk=attempt.pk).update(deadline=clock.now() - timedelta(seconds=1))
    fresh = [Attempt.objects.get(pk=attempt.pk) for _ in range(8)]

    def act(number: int) -> object:
        if number % 2:
            return settle(fresh[number]).state
        return submit_attempt(actor=actor, attempt=fresh[number])

    assert set(all_at_once(act, 8)) == {"deadline_passed", AttemptState.RELEASED}
    assert len(events_of("assessments.attempt_submitted")) == 1


def test_answers_in_parallel_are_all_in_the_log_or_refused() -> None:
    school = make_school()
    actor = school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=make_quiz(school, QuestionKind.SHORT_ANSWER))
    part = attempt.questions.get()

    def act(number: int) -> object:
        seq = number + 1
        saved = save_answer(
            actor=actor, attempt=attempt, question=part, answer=f"answer {seq}", seq=seq
        )
        return saved.seq

    found = all_at_once(act, 12)
    acknowledged = sorted(seq for seq in found if isinstance(seq, int))
    part.refresh_from_db()
    assert set(found) - set(acknowledged) <= {"stale_seq"}
    assert list(part.steps.order_by("seq").values_list("seq", flat=True)) == acknowledged
    assert (part.seq, part.answer) == (12, "answer 12")


def test_the_same_number_with_two_answers_is_acknowledged_once() -> None:
    school = make_school()
    actor = school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=make_quiz(school, QuestionKind.SHORT_ANSWER))
    part = attempt.questions.get()

    def act(number: int) -> object:
        return save_answer(
            actor=actor, attempt=attempt, question=part, answer=f"tab {number}", seq=1
        ).seq

    assert Counter(all_at_once(act, 6)) == {1: 1, "stale_seq": 5}


def test_answering_while_submitting_never_loses_an_acknowledged_answer() -> None:
    school = make_school()
    actor = school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=make_quiz(school, QuestionKind.SHORT_ANSWER))
    part = attempt.questions.get()
    save_answer(actor=actor, attempt=attempt, question=part, answer="Lima", seq=1)

    def act(number: int) -> object:
        row = Attempt.objects.get(pk=attempt.pk)
        if number == 0:
            submit_attempt(actor=actor, attempt=row)
            return "submitted"
        return save_answer(
            actor=actor, attempt=row, question=part, answer="Quito", seq=1 + number
        ).seq

    found = all_at_once(act, 4)
    acknowledged = [seq for seq in found if isinstance(seq, int)]
    attempt.refresh_from_db()
    assert attempt.score == (1 if acknowledged else 0)


def test_overrides_in_parallel_leave_an_unbroken_chain_of_changes() -> None:  # D3
    school = make_school()
    attempt = make_attempt(school, make_quiz(school))
    actor = school.actor("instructor")

    def act(number: int) -> object:
        score = Decimal(number % 3)
        return override_score(actor=actor, attempt=attempt, score=score, reason="Again.").pk

    all_at_once(act, 6)
    changes = list(GradeChange.objects.order_by("pk"))
    assert all(a.after == b.before for a, b in pairwise(changes))
    assert changes[-1].after == Grade.objects.get().score


def test_revisions_in_parallel_number_their_versions_once() -> None:
    school = make_school()
    question = make_question(school)
    content = version_content(question.latest)
    actor = school.actor("instructor")
    all_at_once(lambda _: revise_question(actor=actor, question=question, content=content).pk, 6)
    numbers = list(question.versions.order_by("number").values_list("number", flat=True))
    assert numbers == [1, 2, 3, 4, 5, 6, 7]


def test_first_questions_in_parallel_share_one_bank() -> None:
    school = make_school()
    actor = school.actor("instructor")
    content = CONTENTS[QuestionKind.TRUE_FALSE]
    all_at_once(lambda _: create_question(actor=actor, course=school.course, content=content).pk, 6)
    assert Question.objects.values("bank").distinct().count() == 1
    assert Question.objects.get_queryset().first().bank.question_count == 6  # type: ignore[union-attr]


def test_ten_trials_of_one_person_at_once_are_one() -> None:
    school = make_school()
    report_of_sandbox()
    content = CONTENTS[QuestionKind.CODE]

    def trial(_number: int) -> str:
        job = try_code(
            actor=school.actor("instructor"),
            course=school.course,
            content=content,
            program="print(1)",
            field="",
        )
        return job.kind

    found = Counter(all_at_once(trial, 10))
    assert found == {TRY_CODE: 1, "already_running": 9}
    assert Job.objects.filter(kind=TRY_CODE).count() == 1
