"""An attempt as a state machine: whatever a learner, a clock and staff do, the log adds up."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from assessments.enums import AttemptState, QuestionKind, StepKind
from assessments.models import Attempt, AttemptQuestion, AttemptStep, Grade
from assessments.services.attempt import extend_attempt, save_answer, start_attempt
from assessments.services.closing import settle, submit_attempt
from assessments.services.grading import override_score
from assessments.tests.factories import make_quiz, make_school
from lms.kernel.clock import travel
from lms.kernel.errors import Conflict

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
LIMIT = 100


class AttemptMachine(RuleBasedStateMachine):
    """The model: the last acknowledged answer, the deadline, whether it was handed in."""

    @initialize()
    def start(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        self.school = make_school()
        quiz = make_quiz(self.school, QuestionKind.TRUE_FALSE, time_limit_seconds=LIMIT)
        self.actor, self.now = self.school.actor("learner"), NOON
        with travel(self.now):
            self.attempt = start_attempt(actor=self.actor, quiz=quiz)
        self.part = AttemptQuestion.objects.get(attempt=self.attempt)
        self.deadline = NOON + timedelta(seconds=LIMIT)
        self.answer: bool | None = None
        self.seq, self.done, self.score = 0, False, Decimal(0)
        self.by_hand = False

    def teardown(self) -> None:
        if hasattr(self, "block"):
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    @property
    def late(self) -> bool:
        return self.now > self.deadline

    def close(self) -> None:
        if not self.done:
            self.done = True
            self.score = Decimal(1 if self.answer is True else 0)

    @rule(seconds=st.integers(min_value=0, max_value=70))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(answer=st.sampled_from([True, False, None]), ahead=st.integers(-2, 3))
    def answer_it(self, answer: bool | None, ahead: int) -> None:
        seq = max(1, self.seq + ahead)
        fresh = seq > self.seq
        act = {"actor": self.actor, "attempt": self.attempt, "question": self.part}
        with travel(self.now):
            if self.done or self.late or (not fresh and not self.repeats(seq, answer)):
                with pytest.raises(Conflict):
                    save_answer(**act, answer=answer, seq=seq)  # type: ignore[arg-type]
                if self.late:
                    self.close()
                return
            save_answer(**act, answer=answer, seq=seq)  # type: ignore[arg-type]
        if fresh:
            self.answer, self.seq = answer, seq

    def repeats(self, seq: int, answer: bool | None) -> bool:
        return seq == self.seq and answer is self.answer

    @rule()
    def submit(self) -> None:
        with travel(self.now):
            if self.late and not (self.done and not self.stored().closed_by_clock):
                with pytest.raises(Conflict) as refused:
                    submit_attempt(actor=self.actor, attempt=self.attempt)
                assert refused.value.code == "deadline_passed"
            elif self.done and self.stored().closed_by_clock:
                with pytest.raises(Conflict):
                    submit_attempt(actor=self.actor, attempt=self.attempt)
            else:
                submit_attempt(actor=self.actor, attempt=self.attempt)
        self.close()

    @rule()
    def read(self) -> None:
        with travel(self.now):
            seen = settle(self.stored())
        if self.late:
            self.close()
        assert (seen.state == AttemptState.OPEN) == (not self.done)

    @precondition(lambda self: not self.done and not self.late)
    @rule(minutes=st.integers(1, 2))
    def extend(self, minutes: int) -> None:
        with travel(self.now):
            extend_attempt(
                actor=self.school.actor("assistant"),
                attempt=self.attempt,
                minutes=minutes,
                reason="More time.",
            )
        self.deadline += timedelta(minutes=minutes)

    @precondition(lambda self: self.done)
    @rule(score=st.decimals(min_value=0, max_value=1, places=4))
    def override(self, score: Decimal) -> None:
        override_score(
            actor=self.school.actor("assistant"),
            attempt=self.attempt,
            score=score,
            reason="Because.",
        )
        self.score = score

    def stored(self) -> Attempt:
        return Attempt.objects.get(pk=self.attempt.pk)

    @invariant()
    def the_row_says_what_happened(self) -> None:
        if not hasattr(self, "attempt"):
            return
        row = self.stored()
        assert row.deadline == self.deadline
        assert (row.state == AttemptState.OPEN) == (not self.done)
        if self.done:
            assert row.score == self.score
            assert Grade.objects.get(attempt=row).score == self.score
            assert row.submitted_at is not None
            assert row.submitted_at <= self.deadline

    @invariant()
    def the_log_adds_up_to_the_row(self) -> None:
        if not hasattr(self, "attempt"):
            return
        steps: list[AttemptStep] = list(self.part.steps.order_by("seq"))
        answers: list[Any] = [s.data["answer"] for s in steps if s.kind == StepKind.ANSWER_SAVED]
        part = AttemptQuestion.objects.get(pk=self.part.pk)
        assert part.answer == (answers[-1] if answers else None) == self.answer
        assert part.seq == (steps[-1].seq if steps else 0)


@pytest.mark.django_db
@pytest.mark.slow
def test_an_attempt_keeps_its_promises() -> None:
    run_state_machine_as_test(
        AttemptMachine,
        settings=settings(
            max_examples=25,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
