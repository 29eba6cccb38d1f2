"""An attempt as a state machine: whatever a learner, a clock and staff do, the log adds up."""

import contextlib
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

from assessments.enums import (
    AttemptState,
    Behaviour,
    Layout,
    Navigation,
    QuestionKind,
    QuestionState,
    StepKind,
)
from assessments.models import (
    Attempt,
    AttemptQuestion,
    AttemptStep,
    Grade,
    PreparedAttempt,
    Question,
    QuestionUse,
    Quiz,
)
from assessments.queries.attempt import sheet
from assessments.queries.content import version_content
from assessments.queries.replay import differences
from assessments.scoring.behaviour.registry import behaviour_of, outcome
from assessments.scoring.behaviour.tries import Outcome, Try, TryRules
from assessments.scoring.narrow import Narrow
from assessments.services.accommodation import set_accommodation
from assessments.services.attempt import (
    extend_attempt,
    flag_question,
    save_answer,
    start_attempt,
)
from assessments.services.bank import revise_question, set_state
from assessments.services.breaks import pause_attempt, resume_attempt
from assessments.services.checking import check_question
from assessments.services.closing import settle, submit_attempt
from assessments.services.grading import override_score
from assessments.services.pages import move_on
from assessments.services.preparing import prepare_attempts, prepare_due
from assessments.services.quiz import QuizSettings, create_quiz, publish_quiz
from assessments.services.quiz_draws import add_draw
from assessments.services.quiz_items import update_item
from assessments.tests.factories import make_lesson, make_question, make_quiz, make_school
from lms.kernel.clock import travel
from lms.kernel.errors import Conflict, NotFound

SAID = (StepKind.ANSWER_SAVED, StepKind.CHECKED)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
LIMIT = 100
TRUTH = Narrow(kinds=(QuestionKind.TRUE_FALSE,))
RETIRED = QuestionState.RETIRED


class AttemptMachine(RuleBasedStateMachine):
    """The model: what was acknowledged and checked, the deadline, whether it was handed in."""

    @initialize(behaviour=st.sampled_from(list(Behaviour)), ahead=st.booleans())
    def start(self, behaviour: Behaviour, ahead: bool) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        self.school = make_school()
        set_accommodation(
            actor=self.school.actor("instructor"), person=self.school.learner, break_minutes=1
        )
        quiz = make_quiz(
            self.school, QuestionKind.TRUE_FALSE, time_limit_seconds=LIMIT, behaviour=behaviour
        )
        self.try_rules = TryRules(behaviour)
        self.actor, self.now = self.school.actor("learner"), NOON
        if ahead:
            prepare_attempts(quiz=quiz)
        with travel(self.now):
            self.attempt = start_attempt(actor=self.actor, quiz=quiz)
        self.part = AttemptQuestion.objects.get(attempt=self.attempt)
        self.deadline = NOON + timedelta(seconds=LIMIT)
        self.answer: bool | None = None
        self.seq, self.done, self.score = 0, False, Decimal(0)
        self.by_hand = False
        self.tries: list[Try] = []
        self.sure: int | None = None
        self.break_left = 60
        self.said: tuple[str, bool | None, int | None] = ("", None, None)

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
            given = [*self.tries, Try(self.answer, self.sure)]
            score = self.outcome_of(given).score
            self.score = max(score or Decimal(0), Decimal(0))

    @rule(seconds=st.integers(min_value=0, max_value=70))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(
        answer=st.sampled_from([True, False, None]),
        sure=st.sampled_from([None, 1, 2, 3]),
        ahead=st.integers(-2, 3),
    )
    def answer_it(self, answer: bool | None, sure: int | None, ahead: int) -> None:
        certain = self.try_rules.behaviour is Behaviour.CERTAINTY and answer is not None
        sure = sure if certain else None
        seq = max(1, self.seq + ahead)
        said = ("saved", answer, sure)
        act: dict[str, Any] = {
            "actor": self.actor,
            "attempt": self.attempt,
            "question": self.part,
            "answer": answer,
            "seq": seq,
            "certainty": sure,
        }
        with travel(self.now):
            if self.refuses(seq, said):
                with pytest.raises(Conflict):
                    save_answer(**act)
                return
            save_answer(**act)
        if seq > self.seq:
            self.answer, self.sure, self.seq, self.said = answer, sure, seq, said

    @precondition(lambda self: behaviour_of(self.try_rules.behaviour).checks)
    @rule(answer=st.booleans(), ahead=st.integers(-2, 3))
    def check_it(self, answer: bool, ahead: int) -> None:
        seq = max(1, self.seq + ahead)
        said = ("checked", answer, None)
        act: dict[str, Any] = {
            "actor": self.actor,
            "attempt": self.attempt,
            "question": self.part,
            "answer": answer,
            "seq": seq,
        }
        with travel(self.now):
            if self.refuses(seq, said):
                with pytest.raises(Conflict):
                    check_question(**act)
                return
            check_question(**act)
        if seq > self.seq:
            self.answer, self.sure, self.seq, self.said = answer, None, seq, said
            self.tries.append(Try(answer))

    def refuses(self, seq: int, said: tuple[str, bool | None, int | None]) -> bool:
        """Whether an answer is refused; one that comes too late lets the clock hand in."""
        if self.late:
            self.close()
        if self.done:
            return True
        if seq > self.seq:
            return bool(self.tries) and self.outcome_of(self.tries).final
        return seq < self.seq or said != self.said

    def outcome_of(self, tries: list[Try]) -> Outcome:
        return outcome(self.try_rules, version_content(self.part.version), tries, Decimal(1))

    @precondition(lambda self: not self.done and not self.late)
    @rule(flagged=st.booleans())
    def flag(self, flagged: bool) -> None:
        with travel(self.now):
            saved = flag_question(
                actor=self.actor, attempt=self.attempt, question=self.part, flagged=flagged
            )
        self.seq, self.said = saved.seq, ("flagged", None, None)

    @precondition(lambda self: not self.done and not self.late and self.break_left)
    @rule(seconds=st.integers(1, 50))
    def take_a_break(self, seconds: int) -> None:
        with travel(self.now):
            pause_attempt(actor=self.actor, attempt=self.attempt)
        assert list(differences(Attempt.objects.filter(pk=self.attempt.pk))) == []
        self.now += timedelta(seconds=seconds)
        stood = min(seconds, self.break_left)
        self.break_left -= stood
        self.deadline += timedelta(seconds=stood)
        with travel(self.now):
            if not self.late:
                resume_attempt(actor=self.actor, attempt=self.attempt)
                return
            # The break was used up before, and then the time ran out.
            with pytest.raises(Conflict):
                resume_attempt(actor=self.actor, attempt=self.attempt)
        self.close()

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
        answers: list[Any] = [s.data["answer"] for s in steps if s.kind in SAID]
        part = AttemptQuestion.objects.get(pk=self.part.pk)
        assert part.answer == (answers[-1] if answers else None) == self.answer
        assert part.seq == (steps[-1].seq if steps else 0)

    @invariant()
    def the_log_rebuilds_the_row(self) -> None:
        if hasattr(self, "attempt"):
            rows = Attempt.objects.filter(pk=self.attempt.pk)
            assert list(differences(rows)) == []


class PreparedMachine(RuleBasedStateMachine):
    """A quiz of a fixed and a drawn question that is prepared, changed and started in any order.

    The model: what is in the bank, and what each learner was given when they started.
    """

    @initialize()
    def open(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        self.school = make_school()
        self.teacher = self.school.actor("instructor")
        self.quiz = make_quiz(self.school, QuestionKind.NUMERIC)
        self.bank = [
            make_question(self.school, QuestionKind.TRUE_FALSE, stem=f"Stone {number}?")
            for number in range(4)
        ]
        draw = {"count": 1, "points": Decimal(1), "narrow": TRUTH}
        add_draw(actor=self.teacher, quiz=self.quiz, **draw)  # type: ignore[arg-type]
        self.given: dict[str, list[tuple[int, int]]] = {}

    def teardown(self) -> None:
        if hasattr(self, "block"):
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    @rule()
    def prepare(self) -> None:
        with contextlib.suppress(Conflict):  # a bank that is too small prepares nobody
            prepare_attempts(quiz=self.quiz)

    @rule()
    def sweep(self) -> None:
        prepare_due()

    @rule(place=st.integers(0, 3))
    def revise(self, place: int) -> None:
        row = Question.objects.get(pk=self.bank[place].pk)
        content = version_content(row.latest)
        revise_question(actor=self.teacher, question=row, content=content)

    @rule(place=st.integers(0, 3), state=st.sampled_from([QuestionState.READY, RETIRED]))
    def file(self, place: int, state: QuestionState) -> None:
        row = Question.objects.get(pk=self.bank[place].pk)
        set_state(actor=self.teacher, question=row, state=state)

    @rule(points=st.integers(1, 3))
    def weigh(self, points: int) -> None:
        item = self.quiz.items.get()
        update_item(actor=self.teacher, item=item, points=Decimal(points), pinned=None)

    @rule(who=st.sampled_from(["learner", "classmate"]))
    def begin(self, who: str) -> None:
        ready = Question.objects.filter(state=QuestionState.READY, kind=QuestionKind.TRUE_FALSE)
        quiz = Quiz.objects.get(pk=self.quiz.pk)
        if who not in self.given and not ready.exists():
            with pytest.raises(Conflict):
                start_attempt(actor=self.school.actor(who), quiz=quiz)
            return
        attempt = start_attempt(actor=self.school.actor(who), quiz=quiz)
        parts = list(attempt.questions.select_related("version__question").order_by("ordinal"))
        if who not in self.given:
            fixed, drawn = parts
            latest = drawn.version.question.latest_id
            assert drawn.version.question in ready
            assert drawn.version_id == latest
            assert fixed.points == self.quiz.items.get().points
            assert attempt.max_score == quiz.points
        found = [(part.version_id, part.ordinal) for part in parts]
        assert found == self.given.setdefault(who, found)

    @invariant()
    def what_is_prepared_is_no_attempt(self) -> None:
        if not hasattr(self, "given"):
            return
        assert Attempt.objects.count() == len(self.given)
        assert sum(QuestionUse.objects.values_list("used", flat=True)) == len(self.given)
        assert list(differences(Attempt.objects.all())) == []
        assert PreparedAttempt.objects.count() <= 2


class PagedMachine(RuleBasedStateMachine):
    """An attempt at drawn questions on three pages, forward only.

    The model: the page that is reached, and what was acknowledged of each question.
    """

    @initialize()
    def start(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        self.school = make_school()
        teacher = self.school.actor("instructor")
        settings = QuizSettings(layout=Layout.QUESTION, navigation=Navigation.FORWARD)
        quiz = create_quiz(actor=teacher, lesson=make_lesson(self.school), settings=settings)
        for number in range(5):
            make_question(self.school, QuestionKind.TRUE_FALSE, stem=f"Stone {number}?")
        for count in (2, 1):
            add_draw(actor=teacher, quiz=quiz, count=count, points=Decimal(1), narrow=Narrow())
        quiz = publish_quiz(actor=teacher, quiz=quiz)
        self.actor = self.school.actor("learner")
        self.attempt = start_attempt(actor=self.actor, quiz=quiz)
        self.parts = list(self.attempt.questions.order_by("ordinal"))
        self.drawn = [part.version_id for part in self.parts]
        self.page, self.done = 1, False
        self.answers: list[bool | None] = [None] * 3
        self.seqs = [0] * 3

    def teardown(self) -> None:
        if hasattr(self, "block"):
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

    @rule(place=st.integers(0, 2), answer=st.sampled_from([True, False, None]))
    def answer_it(self, place: int, answer: bool | None) -> None:
        seq = self.seqs[place] + 1
        act = {"actor": self.actor, "attempt": self.attempt, "question": self.parts[place]}
        if not self.done and place + 1 == self.page:
            save_answer(**act, answer=answer, seq=seq)  # type: ignore[arg-type]
            self.answers[place], self.seqs[place] = answer, seq
            return
        with pytest.raises((Conflict, NotFound)) as refused:
            save_answer(**act, answer=answer, seq=seq)  # type: ignore[arg-type]
        code = "not_found" if place + 1 > self.page else "page_left"
        assert refused.value.code == ("attempt_closed" if self.done else code)

    @rule(page=st.integers(1, 3))
    def move(self, page: int) -> None:
        allowed = not self.done and page <= self.page and page < 3
        if not allowed:
            with pytest.raises(Conflict):
                move_on(actor=self.actor, attempt=self.attempt, page=page)
            return
        self.page = max(self.page, page + 1)
        assert move_on(actor=self.actor, attempt=self.attempt, page=page).page == self.page

    @rule()
    def submit(self) -> None:
        submit_attempt(actor=self.actor, attempt=self.attempt)
        self.done = True

    @rule()
    def retire_all(self) -> None:
        Question.objects.update(state=QuestionState.RETIRED)

    @invariant()
    def it_is_as_the_model_says(self) -> None:
        if not hasattr(self, "parts"):
            return
        row = Attempt.objects.get(pk=self.attempt.pk)
        parts = list(row.questions.order_by("ordinal"))
        assert [part.version_id for part in parts] == self.drawn
        assert len(set(self.drawn)) == 3
        assert [part.answer for part in parts] == self.answers
        moved = row.steps.filter(kind=StepKind.MOVED).order_by("seq")
        assert [step.data["page"] for step in moved] == [*range(2, self.page + 1)]
        assert row.page == self.page
        seen = [one.ordinal for one in sheet(self.actor, row).questions]
        assert seen == ([1, 2, 3] if self.done else [self.page])
        if self.done:
            assert row.score == sum(answer is True for answer in self.answers)


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


@pytest.mark.django_db
@pytest.mark.slow
def test_what_is_prepared_keeps_the_promises_of_a_start() -> None:
    run_state_machine_as_test(
        PreparedMachine,
        settings=settings(
            max_examples=20,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
@pytest.mark.slow
def test_an_attempt_that_goes_forward_keeps_its_promises() -> None:
    run_state_machine_as_test(
        PagedMachine,
        settings=settings(
            max_examples=15,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
