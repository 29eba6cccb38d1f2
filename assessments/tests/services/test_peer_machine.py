"""No sequence of calls around a peer review breaks what reviewers and authors rely on."""

from collections import Counter
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
    rule,
    run_state_machine_as_test,
)

from accounts.models import User
from accounts.tests.factories import UserFactory
from assessments.enums import AppealState, PeerPhase
from assessments.models import (
    GradeChange,
    Outcome,
    PeerAppeal,
    PeerReview,
    PeerTask,
    Submission,
    SubmissionMember,
)
from assessments.queries.marking import posted_grade, shown_to_authors
from assessments.queries.peer import peer_desk, reviews_received
from assessments.queries.reconcile import mismatches
from assessments.services.marking import Judgement, save_mark
from assessments.services.peer import (
    PeerSettings,
    decide_appeal,
    give_out_more,
    move_phase,
    object_to_reviews,
    set_up_peer_review,
    write_review,
)
from assessments.services.posting import post_grades
from assessments.services.returning import release_marks
from assessments.services.submission import open_submission, save_draft, submit
from assessments.tests.factories import make_school
from assessments.tests.handed_in import make_assignment
from courses.enums import EnrolmentState
from courses.models import Enrolment
from lms.kernel import actors
from lms.kernel.errors import KernelError

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WHO = st.integers(0, 3)
HISTORY = ("pk", "before", "after", "status_after", "released_after")


class Reviewing(RuleBasedStateMachine):
    """Four learners: they hand in, review, leave, object; staff move, mark, return and hide."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.school = make_school()
        self.teacher = self.school.actor("instructor")
        self.asked = make_assignment(self.school)
        self.people: list[User] = [self.school.learner, self.school.classmate]
        for _ in range(2):
            person = UserFactory()
            Enrolment.objects.create(course=self.school.course, user=person)
            self.people.append(person)
        self.row = set_up_peer_review(
            actor=self.teacher, assignment=self.asked, settings=PeerSettings(each=2, least=1)
        )
        self.history: dict[int, tuple[Any, ...]] = {}
        self.written: dict[int, Decimal] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    @initialize(works=st.integers(0, 4), phase=st.integers(0, 4))
    def begin_somewhere(self, works: int, phase: int) -> None:
        """So that every phase is reached by short sequences too."""
        for who in range(works):
            self.hand_in(who)
        for to in list(PeerPhase)[1 : phase + 1]:
            self.move(to)

    @property
    def phase(self) -> PeerPhase:
        return PeerPhase(PeerReview.objects.get(pk=self.row.pk).phase)

    def attempt(self, act: Any) -> bool:
        """Do it, or be refused in words; whether it was done."""
        try:
            with transaction.atomic():
                act()
        except KernelError:
            return False
        return True

    def work_of(self, person: User) -> Submission | None:
        return Submission.objects.filter(assignment=self.asked, learner=person).first()

    @rule(who=WHO)
    def hand_in(self, who: int) -> None:
        actor = actors.for_user(self.people[who])

        def act() -> None:
            row = open_submission(actor=actor, assignment=self.asked)
            words = f"Version {row.draft_seq}."
            save_draft(actor=actor, submission=row, text=words, seq=row.draft_seq + 1)
            submit(actor=actor, submission=row)

        self.attempt(act)

    @rule(to=st.sampled_from(list(PeerPhase)))
    def move(self, to: PeerPhase) -> None:
        self.attempt(lambda: move_phase(actor=self.teacher, review=self.row, to=to))

    @rule()
    def give_out(self) -> None:
        self.attempt(lambda: give_out_more(actor=self.teacher, review=self.row))

    @rule(who=WHO)
    def leave_or_return(self, who: int) -> None:
        row = Enrolment.objects.get(course=self.school.course, user=self.people[who])
        left = row.state == EnrolmentState.ACTIVE
        row.state = EnrolmentState.LEFT if left else EnrolmentState.ACTIVE
        row.save(update_fields=["state"])

    @rule(who=WHO, at=st.integers(0, 1), score=st.integers(0, 100))
    def review(self, who: int, at: int, score: int) -> None:
        actor = actors.for_user(self.people[who])
        tasks = peer_desk(actor, self.row).tasks
        if len(tasks) <= at:
            return
        task, given = tasks[at], Decimal(score)
        if self.attempt(
            lambda: write_review(actor=actor, task=task, picks={}, score=given, feedback="Said.")
        ):
            assert self.phase == PeerPhase.REVIEW
            self.written[task.pk] = given

    @rule(who=WHO)
    def object(self, who: int) -> None:
        mine, actor = self.work_of(self.people[who]), actors.for_user(self.people[who])
        if mine is not None and self.attempt(
            lambda: object_to_reviews(actor=actor, submission=mine, reason="No.")
        ):
            assert self.phase == PeerPhase.CLOSED

    @rule(upheld=st.booleans())
    def decide(self, upheld: bool) -> None:
        row = PeerAppeal.objects.order_by("pk").last()
        if row is None:
            return
        before = row.state
        done = self.attempt(
            lambda: decide_appeal(actor=self.teacher, appeal=row, upheld=upheld, answer="So.")
        )
        assert done == (before == AppealState.OPEN)

    @rule(who=WHO, score=st.integers(0, 100))
    def mark(self, who: int, score: int) -> None:
        row = self.work_of(self.people[who])
        judgement = Judgement(picks={}, score=Decimal(score), feedback="", private_note="")
        actor = self.school.actor("assistant")
        if row is not None:
            self.attempt(
                lambda: save_mark(actor=actor, submission=row, judgement=judgement, done=True)
            )

    @rule(released=st.booleans(), by_column=st.booleans())
    def give_back(self, released: bool, by_column: bool) -> None:
        if by_column:
            item = self.asked.grade_item
            self.attempt(lambda: post_grades(actor=self.teacher, item=item, released=released))
        else:
            release_marks(actor=self.teacher, assignment=self.asked)

    @invariant()
    def no_review_is_lost(self) -> None:
        done = PeerTask.objects.filter(peer_review=self.row, done_at__isnull=False)
        assert dict(done.values_list("pk", "score")) == self.written

    @invariant()
    def nobody_reviews_their_own_work_or_one_twice(self) -> None:
        pairs = list(self.row.tasks.values_list("reviewer_id", "submission_id"))
        assert max(Counter(pairs).values(), default=0) <= 1
        own = SubmissionMember.objects.values_list("learner_id", "submission_id")
        assert not {*pairs} & {*own}

    @invariant()
    def reviews_reach_authors_when_they_are_closed(self) -> None:  # Z7
        for person in self.people:
            mine, actor = self.work_of(person), actors.for_user(person)
            if mine is None:
                continue
            if self.phase != PeerPhase.CLOSED:
                assert reviews_received(actor, mine) == []
            shown = shown_to_authors(mine)
            assert shown is None or posted_grade(actor, self.asked) is not None

    @invariant()
    def a_draft_of_peers_waits_for_the_close(self) -> None:
        if self.phase != PeerPhase.CLOSED:
            judged = Outcome.objects.filter(mark__isnull=False)
            assert not judged.exclude(submission__marks__done=True).exists()

    @invariant()
    def history_only_grows(self) -> None:  # D3
        now = {row[0]: row for row in GradeChange.objects.values_list(*HISTORY)}
        assert {key: now.get(key) for key in self.history} == self.history
        self.history = now

    @invariant()
    def everything_agrees(self) -> None:  # D6
        assert {words: n for words, n in mismatches().items() if n} == {}


def test_no_sequence_of_calls_breaks_a_peer_review() -> None:
    run_state_machine_as_test(
        Reviewing,
        settings=settings(
            max_examples=12,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
