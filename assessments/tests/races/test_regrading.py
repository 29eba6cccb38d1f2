"""Staff and learners at once: regrading, releasing, extending, while others submit."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from accounts.tests.factories import UserFactory
from assessments.enums import AttemptState, QuestionKind
from assessments.models import Attempt, Grade, Question, Quiz
from assessments.queries.content import version_content
from assessments.queries.reconcile import mismatches
from assessments.services.attempt import extend_attempt, save_answer, start_attempt
from assessments.services.bank import revise_question
from assessments.services.closing import settle_overdue, submit_attempt
from assessments.services.grading import override_score, regrade_question
from assessments.services.quiz import release_results
from assessments.tests.factories import School, make_quiz, make_school
from assessments.tests.races.test_attempt import all_at_once
from courses.models import Enrolment
from lms.kernel import actors, clock
from lms.kernel.errors import KernelError

pytestmark = pytest.mark.django_db(transaction=True)
LEARNERS = 4


@pytest.fixture
def school() -> School:
    """A school whose learners joined in another order than they signed up."""
    made = make_school()
    people = [UserFactory() for _ in range(LEARNERS)]
    for person in reversed(people):
        Enrolment.objects.create(course=made.course, user=person)
    return made


def learners(school: School) -> list[actors.Actor]:
    rows = school.course.enrolments.filter(role="learner").order_by("user_id")
    found = [row.user for row in rows.select_related("user")]
    return [actors.for_user(person) for person in found][-LEARNERS:]


def answered(school: School, quiz: Quiz, *, submit: bool) -> list[tuple[actors.Actor, Attempt]]:
    """Everybody says that it is true, and hands in or not."""
    found = []
    for actor in learners(school):
        attempt = start_attempt(actor=actor, quiz=quiz)
        part = attempt.questions.get()
        save_answer(actor=actor, attempt=attempt, question=part, answer=True, seq=1)
        if submit:
            submit_attempt(actor=actor, attempt=attempt)
        attempt.refresh_from_db()
        found.append((actor, attempt))
    return found


def corrected(school: School, quiz: Quiz) -> Question:
    """The quiz's question with its key turned round: now false is right."""
    question = quiz.items.get().question
    content = replace(version_content(question.latest), truth=False)
    revise_question(actor=school.actor("instructor"), question=question, content=content)
    return question


def wrong() -> dict[str, int]:
    """What the nightly reconciliation finds."""
    return {words: count for words, count in mismatches().items() if count}


def test_an_answer_handed_in_while_the_key_is_corrected_gets_the_new_key(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    teacher, taken = school.actor("instructor"), answered(school, quiz, submit=False)
    question = corrected(school, quiz)
    acts: list[Callable[[], object]] = [
        lambda: regrade_question(actor=teacher, quiz=quiz, question=question),
        *(lambda a=a, t=t: submit_attempt(actor=a, attempt=t).pk for a, t in taken),
    ]
    all_at_once(lambda n: acts[n](), len(acts))
    assert set(Attempt.objects.values_list("score", flat=True)) == {Decimal(0)}
    assert set(Grade.objects.values_list("score", flat=True)) == {Decimal(0)}
    assert wrong() == {}


def test_an_open_attempt_is_scored_with_the_corrected_key_later(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    [*_rest, (actor, attempt)] = answered(school, quiz, submit=False)
    question = corrected(school, quiz)
    teacher = school.actor("instructor")
    assert regrade_question(actor=teacher, quiz=quiz, question=question) == 0
    assert submit_attempt(actor=actor, attempt=attempt).score == 0
    assert wrong() == {}


def test_releasing_while_regrading_leaves_no_half_and_no_deadlock(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, show_review=False)
    teacher = school.actor("instructor")
    answered(school, quiz, submit=True)
    question = corrected(school, quiz)

    def act(number: int) -> object:
        if number % 2:
            return release_results(actor=teacher, quiz=quiz)
        return regrade_question(actor=teacher, quiz=quiz, question=question)

    found = all_at_once(act, 6)
    assert sum(one for one in found if isinstance(one, int)) == 2 * LEARNERS
    assert set(Attempt.objects.values_list("state", "score")) == {
        (AttemptState.RELEASED, Decimal(0))
    }
    assert set(Grade.objects.values_list("released", "score")) == {(True, Decimal(0))}
    assert wrong() == {}


def test_a_score_by_hand_stands_whatever_a_regrade_does_meanwhile(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    teacher, taken = school.actor("instructor"), answered(school, quiz, submit=True)
    question, half = corrected(school, quiz), Decimal("0.5")

    def act(number: int) -> object:
        if number == LEARNERS:
            return regrade_question(actor=teacher, quiz=quiz, question=question)
        attempt = taken[number][1]
        part = attempt.questions.get()
        return override_score(
            actor=teacher, attempt=attempt, question=part, score=half, reason="Half right."
        ).pk

    all_at_once(act, LEARNERS + 1)
    assert set(Attempt.objects.values_list("score", flat=True)) == {half}
    assert set(Grade.objects.values_list("score", flat=True)) == {half}
    assert wrong() == {}


def test_time_given_at_the_last_moment_counts_or_is_refused(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, time_limit_seconds=60)
    teacher = school.actor("instructor")
    # Begun by the clock and not set back, or the log would tell of another deadline.
    with clock.travel(clock.now() - timedelta(seconds=58)):
        taken = answered(school, quiz, submit=False)
    deadline = taken[0][1].deadline
    assert deadline is not None
    time.sleep(max(0.0, (deadline - clock.now()).total_seconds() - 0.15))

    def act(number: int) -> object:
        if number == LEARNERS:
            until = clock.now() + timedelta(milliseconds=600)
            while clock.now() < until:
                settle_overdue()
            return "swept"
        try:
            extend_attempt(actor=teacher, attempt=taken[number][1], minutes=5, reason="Late bus.")
        except KernelError as refused:
            return taken[number][1].pk, refused.code
        return taken[number][1].pk, "given"

    found = all_at_once(act, LEARNERS + 1)
    told: dict[int, str] = dict(one for one in found if isinstance(one, tuple))
    states = dict(Attempt.objects.values_list("pk", "state"))
    expected = {"given": AttemptState.OPEN, "deadline_passed": AttemptState.RELEASED}
    assert states == {pk: expected[words] for pk, words in told.items()}
    assert wrong() == {}


def test_two_tabs_of_a_plain_form_never_say_saved_for_what_is_not(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.SHORT_ANSWER)
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    part = attempt.questions.get().public_id
    lesson, slug = quiz.lesson.public_id, school.course.slug
    address = f"/c/{slug}/learn/{lesson}/attempt/{attempt.public_id}/"
    tabs = [Client() for _ in range(4)]
    for tab in tabs:
        tab.force_login(school.learner)

    def act(number: int) -> object:
        posted = {f"asked-{part}": "1", f"answer-{part}": f"tab {number}"}
        return tabs[number].post(address, posted).status_code

    found = all_at_once(act, 4)
    steps = attempt.steps.filter(kind="answer_saved").order_by("seq")
    said = [step.data["answer"] for step in steps]
    assert set(found) <= {302, 400}
    assert sorted(said) == [f"tab {n}" for n, status in enumerate(found) if status == 302]
    assert attempt.questions.get().answer == said[-1]
