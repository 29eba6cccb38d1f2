from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as run_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pytest_django.fixtures import Settings

from accounts.tests.factories import UserFactory
from assessments.enums import AppealState, PeerPhase
from assessments.models import (
    Assignment,
    Grade,
    Outcome,
    PeerAppeal,
    PeerReview,
    PeerTask,
    PeerTry,
    Submission,
)
from assessments.queries.marking import shown_to_authors
from assessments.queries.peer import reviews_received
from assessments.services.marking import Judgement, save_mark
from assessments.services.peer import (
    PeerSettings,
    add_example,
    decide_appeal,
    give_out_more,
    move_phase,
    object_to_reviews,
    set_up_peer_review,
    try_example,
    write_review,
)
from assessments.services.returning import release_marks
from assessments.tests.factories import School, make_school
from assessments.tests.handed_in import hand_in, make_assignment
from courses.models import Enrolment
from lms.kernel import actors, clock
from lms.kernel.errors import Conflict, Invalid, KernelError

pytestmark = pytest.mark.django_db
PHASES = list(PeerPhase)


@pytest.fixture
def school(settings: Settings, tmp_path: Path) -> School:
    settings.MEDIA_ROOT = tmp_path
    return make_school()


def code_of(act: Any) -> str:
    with pytest.raises(KernelError) as refused, transaction.atomic():
        act()
    return refused.value.code


def add_learner(school: School) -> Any:
    person = UserFactory()
    Enrolment.objects.create(course=school.course, user=person)
    return person


def begin_review(
    school: School, *, people: int = 3, to: PeerPhase = PeerPhase.REVIEW, **settings: Any
) -> PeerReview:
    """A peer review with works of so many learners, brought to a phase."""
    asked, actor = make_assignment(school), school.actor("instructor")
    row = set_up_peer_review(
        actor=actor, assignment=asked, settings=PeerSettings(**{"each": 2, **settings})
    )
    work(school, asked, school.learner)
    work(school, asked, school.classmate)
    for _one in range(people - 2):
        work(school, asked, add_learner(school))
    for phase in PHASES[1 : PHASES.index(to) + 1]:
        row = move_phase(actor=actor, review=row, to=phase)
    return row


def work(school: School, asked: Assignment, person: Any) -> Submission:
    school.outsider = person
    return hand_in(school, asked, "outsider", text=f"Work of {person.pk}")


def write(task: PeerTask, score: str, feedback: str = "Clear.") -> PeerTask:
    return write_review(
        actor=actors.for_user(task.reviewer),
        task=task,
        picks={},
        score=Decimal(score),
        feedback=feedback,
    )


def test_works_are_given_out_and_add_up_to_a_mark(school: School) -> None:
    row = begin_review(school, least=1)
    tasks = list(row.tasks.select_related("reviewer", "submission"))
    assert set(Counter(one.submission_id for one in tasks).values()) == {2}
    assert all(one.submission.learner_id != one.reviewer_id for one in tasks)
    mine = [one for one in tasks if one.submission.learner_id == school.learner.pk]
    write(mine[0], "60")
    write(mine[0], "70")
    write(mine[1], "90", "Show a number.")
    closed = move_phase(actor=school.actor("instructor"), review=row, to=PeerPhase.CLOSED)
    found = Outcome.objects.get(submission=mine[0].submission)
    assert (found.mark, found.released) == (Decimal(80), False)
    assert Outcome.objects.count() == 1, "works without reviews wait for staff"
    assert code_of(lambda: write(mine[0], "0")) == "wrong_phase"
    release_marks(actor=school.actor("instructor"), assignment=closed.assignment)
    grade = Grade.objects.get(item__assignment=closed.assignment)
    assert grade.learner == school.learner
    assert grade.score == 80
    shown = shown_to_authors(mine[0].submission) or {}
    assert shown["feedback"] == ["Clear.", "Show a number."]


def test_reviews_reach_the_author_once_closed_and_nameless(school: School) -> None:  # Z7
    row = begin_review(school)
    task = row.tasks.filter(submission__learner=school.learner).select_related("reviewer")[0]
    write(task, "50")
    mine, learner = task.submission, school.actor("learner")
    assert list(reviews_received(learner, mine)) == []
    move_phase(actor=school.actor("instructor"), review=row, to=PeerPhase.CLOSED)
    assert list(reviews_received(learner, mine)) == [task]
    assert list(reviews_received(actors.for_user(task.reviewer), mine)) == []
    client = Client()
    client.force_login(school.learner)
    url = f"/c/{school.course.slug}/learn/{mine.assignment.lesson.public_id}/peer/"
    text = client.get(url).content.decode()
    assert "Clear." in text
    assert task.reviewer.name not in text
    PeerReview.objects.update(show_reviewers=True)
    assert task.reviewer.name in client.get(url).content.decode()


def test_a_reviewer_learns_no_name_either(school: School) -> None:
    row = begin_review(school)
    task = row.tasks.select_related("reviewer", "submission__learner")[0]
    client = Client()
    client.force_login(task.reviewer)
    lesson = row.assignment.lesson.public_id
    url = f"/c/{school.course.slug}/learn/{lesson}/peer/{task.public_id}/"
    text = client.get(url).content.decode()
    author = task.submission.learner
    assert author is not None
    assert f"Work of {author.pk}" in text
    assert author.name not in text
    other = Client()
    other.force_login(author)
    assert other.get(url).status_code == 404
    sent = client.post(url, {"score": "40", "feedback": "Good."})
    assert sent.status_code == 302
    task.refresh_from_db()
    assert task.score == 40
    assert task.feedback == "Good."
    assert client.post(url, {"score": "", "feedback": "Good."}).status_code == 400


def test_examples_come_first_and_weigh_the_word(school: School) -> None:
    row = begin_review(school, to=PeerPhase.ALLOCATION, least=2)
    teacher = school.actor("instructor")
    example = add_example(actor=teacher, review=row, text="A pile.", score=Decimal(50))
    row = move_phase(actor=teacher, review=row, to=PeerPhase.REVIEW)
    tasks = list(row.tasks.filter(submission__learner=school.learner).select_related("reviewer"))
    assert code_of(lambda: write(tasks[0], "60")) == "examples_first"
    for task, guess in zip(tasks, ("50", "90"), strict=True):
        for score in (guess, "0"):
            try_example(actor=actors.for_user(task.reviewer), example=example, score=Decimal(score))
    assert set(PeerTry.objects.values_list("score", flat=True)) == {50, 90}
    write(tasks[0], "60")
    write(tasks[1], "100")
    move_phase(actor=teacher, review=row, to=PeerPhase.CLOSED)
    found = Outcome.objects.get(submission=tasks[0].submission)
    # 1 and 1 - 2 x 0.4 = 0.2: (60 + 100 x 0.2) / 1.2
    assert found.mark == Decimal("66.6667")


def test_late_work_is_given_out_and_tasks_of_who_left_taken_back(school: School) -> None:
    row, teacher = begin_review(school, people=4), school.actor("instructor")
    left = school.classmate
    Enrolment.objects.filter(user=left).update(state="left")
    late = work(school, row.assignment, add_learner(school))
    assert give_out_more(actor=teacher, review=row) > 0
    assert not row.tasks.filter(reviewer=left, withdrawn=False).exists()
    there = row.tasks.filter(withdrawn=False)
    assert set(Counter(there.values_list("submission_id", flat=True)).values()) <= {2, 3}
    assert there.filter(submission=late).count() == 2
    assert give_out_more(actor=teacher, review=row) == 0


def test_objections_are_answered_by_staff(school: School) -> None:
    row, teacher = begin_review(school, least=1), school.actor("instructor")
    task = row.tasks.filter(submission__learner=school.learner).select_related("reviewer")[0]
    write(task, "10")
    mine, learner = task.submission, school.actor("learner")
    early = lambda: object_to_reviews(actor=learner, submission=mine, reason="x")  # noqa: E731
    assert code_of(early) == "wrong_phase"
    move_phase(actor=teacher, review=row, to=PeerPhase.CLOSED)
    for _twice in range(2):
        appeal = object_to_reviews(actor=learner, submission=mine, reason="Nobody read it.")
    assert PeerAppeal.objects.get() == appeal
    decide_appeal(actor=teacher, appeal=appeal, upheld=True, answer="We read it again.")
    again = lambda: decide_appeal(  # noqa: E731
        actor=teacher, appeal=appeal, upheld=False, answer="No."
    )
    assert code_of(again) == "decided"
    assert PeerAppeal.objects.get().state == AppealState.UPHELD
    anew = Judgement(score=Decimal(75))
    save_mark(actor=teacher, submission=mine, judgement=anew, done=True)
    assert Outcome.objects.get(submission=mine).mark == 75


def test_deadlines_hold(school: School) -> None:
    now = clock.now()
    due, until = now + timedelta(hours=1), now + timedelta(hours=2)
    row = begin_review(school, least=1, due_at=due, appeal_until=until)
    task = row.tasks.filter(submission__learner=school.learner).select_related("reviewer")[0]
    with clock.travel(due):
        write(task, "10")
    with clock.travel(due + timedelta(seconds=1)):
        assert code_of(lambda: write(task, "20")) == "reviews_over"
    move_phase(actor=school.actor("instructor"), review=row, to=PeerPhase.CLOSED)
    late = lambda: object_to_reviews(  # noqa: E731
        actor=school.actor("learner"), submission=task.submission, reason="x"
    )
    with clock.travel(until + timedelta(seconds=1)):
        assert code_of(late) == "appeals_over"


def test_settings_and_too_few_works_are_refused(school: School) -> None:
    asked, teacher = make_assignment(school), school.actor("instructor")
    wrong: list[tuple[dict[str, Any], str]] = [({"each": 0}, "each"), ({"least": 4}, "least")]
    for bad, field in wrong:
        with pytest.raises(Invalid) as refused:
            set_up_peer_review(actor=teacher, assignment=asked, settings=PeerSettings(**bad))
        assert list(refused.value.errors) == [field]
    row = set_up_peer_review(actor=teacher, assignment=asked, settings=PeerSettings())
    hand_in(school, asked)
    for phase in PHASES[1:3]:
        move_phase(actor=teacher, review=row, to=phase)
    few = lambda: move_phase(actor=teacher, review=row, to=PeerPhase.REVIEW)  # noqa: E731
    assert code_of(few) == "too_few"
    row.refresh_from_db()
    assert row.phase == PeerPhase.ALLOCATION


class PeerMachine(RuleBasedStateMachine):
    """Instructors move phases, peers write: reviews are never lost and never early or late."""

    @initialize()
    def start(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()
        self.school = make_school()
        self.row = begin_review(self.school, to=PeerPhase.SETUP)
        self.written: dict[int, Decimal] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    @property
    def phase(self) -> PeerPhase:
        return PeerPhase(PeerReview.objects.get(pk=self.row.pk).phase)

    @rule(to=st.sampled_from(PHASES))
    def move(self, to: PeerPhase) -> None:
        before = self.phase
        step = PHASES.index(to) - PHASES.index(before)
        back = step == -1 and before in PHASES[1:3] and not self.written
        try:
            move_phase(actor=self.school.actor("instructor"), review=self.row, to=to)
        except Conflict:
            assert step not in {0, 1}
            assert not back
            assert self.phase == before
        else:
            assert step in {0, 1} or back
            assert self.phase == to

    @precondition(lambda self: self.row.tasks.exists())
    @rule(at=st.integers(0, 5), score=st.integers(0, 100))
    def review(self, at: int, score: int) -> None:
        task = self.row.tasks.select_related("reviewer").order_by("pk")[at]
        try:
            write(task, str(score))
        except Conflict:
            assert self.phase != PeerPhase.REVIEW
        else:
            assert self.phase == PeerPhase.REVIEW
            self.written[task.pk] = Decimal(score)

    @invariant()
    def nothing_is_lost(self) -> None:
        done = PeerTask.objects.filter(peer_review=self.row, done_at__isnull=False)
        assert dict(done.values_list("pk", "score")) == self.written
        given = PHASES.index(self.phase) >= PHASES.index(PeerPhase.REVIEW)
        assert self.row.tasks.count() == (6 if given else 0)

    @invariant()
    def marks_stand_for_enough_reviews(self) -> None:
        if self.phase != PeerPhase.CLOSED:
            assert not Outcome.objects.exists()
            return
        tasks = self.row.tasks.filter(done_at__isnull=False)
        counts = Counter(tasks.values_list("submission_id", flat=True))
        enough = {key for key, count in counts.items() if count >= self.row.least}
        assert set(Outcome.objects.values_list("submission_id", flat=True)) == enough


@pytest.mark.slow
def test_a_peer_review_keeps_its_order_and_every_review() -> None:
    run_state_machine_as_test(
        PeerMachine,
        settings=run_settings(
            max_examples=6,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
