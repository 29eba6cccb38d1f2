"""Counting how the questions of a quiz worked: from attempts, by jobs, when due."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from accounts.services.privacy import erase_person
from analytics.models import ItemStatistics, QuizAnalysis
from analytics.services.items import count_items, start_count, start_due_counts
from analytics.services.stale import mark_quizzes
from analytics.tests.factories import drain, make_learner
from analytics.tests.lsat import ALPHA, CORRECTED, FACILITY, four, patterns
from assessments.enums import QuestionKind
from assessments.models import Attempt, AttemptQuestion, Quiz
from assessments.queries.content import version_content
from assessments.services.attempt import save_answer, start_attempt
from assessments.services.bank import revise_question
from assessments.services.closing import submit_attempt
from assessments.services.grading import regrade_question
from assessments.tests.factories import (
    School,
    make_attempt,
    make_quiz,
    make_school,
    right_answer,
)
from lms.kernel import actors, clock
from lms.kernel.errors import Denied, NotFound
from lms.kernel.models import Job
from lms.kernel.testing import count_queries, run_jobs

pytestmark = pytest.mark.django_db
SYSTEM = actors.system("test")


@pytest.fixture
def school() -> School:
    return make_school()


def take(quiz: Quiz, person: User, pattern: str) -> Attempt:
    """An attempt with a right answer at each 1, another option at each 0 and none at each -."""
    actor = actors.for_user(person)
    attempt = start_attempt(actor=actor, quiz=quiz)
    for part, mark in zip(attempt.questions.order_by("ordinal"), pattern, strict=True):
        right = right_answer(part.version)
        if mark == "0":
            right = (
                (not right)
                if isinstance(right, bool)
                else next(one for one in sorted(part.option_order) if one != right)
            )
        if mark != "-":
            save_answer(actor=actor, attempt=attempt, question=part, answer=right, seq=1)
    return submit_attempt(actor=actor, attempt=attempt)


def copies(attempt: Attempt, times: int) -> None:
    """The same attempt by as many more people."""
    name = f"copy-of-{attempt.public_id}"
    people = [User(email=f"{name}-{number}@example.com") for number in range(times)]
    User.objects.bulk_create(people)
    parts = list(attempt.questions.all())
    made = [Attempt(**{**plain(attempt), "learner_id": person.pk}) for person in people]
    Attempt.objects.bulk_create(made)
    AttemptQuestion.objects.bulk_create(
        AttemptQuestion(**{**plain(part), "attempt_id": one.pk}) for one in made for part in parts
    )


def plain(row: Any) -> dict[str, Any]:
    """A row's values but for its keys."""
    names = [f.attname for f in row._meta.concrete_fields if f.name not in {"id", "public_id"}]
    return {name: getattr(row, name) for name in names}


@pytest.mark.slow
def test_lsat6_taken_as_a_quiz_gives_the_published_figures(school: School) -> None:
    """Each pattern of answers is taken through the services, then given to all who had it."""
    quiz = make_quiz(school, *[QuestionKind.TRUE_FALSE] * 5)
    for pattern, people in patterns().items():
        attempt = take(quiz, make_learner(school.course), pattern)
        copies(attempt, people - 1)
    assert Attempt.objects.count() == 1000
    counted = count_items(actor=school.actor("assistant"), quiz=quiz)
    rows = list(counted.items.all())
    assert four([row.facility for row in rows]) == FACILITY
    assert four([row.corrected for row in rows]) == CORRECTED
    assert four([counted.alpha, counted.kr20]) == [ALPHA, ALPHA]
    assert (counted.n, counted.alpha_n, {row.n for row in rows}) == (1000, 1000, {1000})
    latent = counted.latent
    assert latent is not None
    # The values of the R package ltm, and its standard errors of the discrimination.
    assert latent["bic_of"]["1pl"] < latent["bic_of"]["2pl"]
    assert (latent["model"], latent["n"], latent["reason"]) == ("1pl", 1000, None)
    assert [one["item"] for one in latent["items"]] == [str(row.version_id) for row in rows]
    assert {round(one["discrimination"], 3) for one in latent["items"]} == {0.755}
    assert all(one["discrimination_se"] and one["difficulty_se"] for one in latent["items"])
    told = {one["id"]: one["count"] for one in rows[0].options}
    assert told == {"": 0, "true": 924, "false": 76}


def test_the_first_attempt_of_each_learner_counts(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, attempts_allowed=None)
    for pattern in ("0", "1", "1"):
        take(quiz, school.learner, pattern)
    take(quiz, school.classmate, "1")
    start_attempt(actor=school.actor("learner"), quiz=quiz)
    counted = count_items(actor=SYSTEM, quiz=quiz)
    assert (counted.n, counted.items.get().facility) == (2, 0.5)


def test_versions_are_counted_apart_and_kept_in_the_order_of_the_quiz(school: School) -> None:
    kinds = (QuestionKind.SINGLE_CHOICE, QuestionKind.TRUE_FALSE)
    quiz = make_quiz(school, *kinds, shuffle_questions=True)
    question = quiz.items.order_by("ordinal").first().question  # type: ignore[union-attr]
    make_attempt(school, quiz, "learner")
    content = version_content(question.latest)
    revise_question(actor=school.actor("instructor"), question=question, content=content)
    make_attempt(school, quiz, "classmate")
    rows = list(count_items(actor=SYSTEM, quiz=quiz).items.select_related("version__question"))
    assert [
        (row.ordinal, row.version.question.kind, row.version.number, row.n) for row in rows
    ] == [
        (1, "single_choice", 1, 1),
        (2, "single_choice", 2, 1),
        (3, "true_false", 1, 2),
    ]


def test_answers_are_counted_by_option(school: School) -> None:
    kinds = (QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE, QuestionKind.NUMERIC)
    quiz = make_quiz(school, *kinds, shuffle_questions=False)
    make_attempt(school, quiz, "learner")
    make_attempt(school, quiz, "classmate", wrong=3)
    rows = list(count_items(actor=SYSTEM, quiz=quiz).items.select_related("version"))
    single, multiple, numeric = ([o["count"] for o in row.options] for row in rows)
    assert (single, multiple, numeric) == ([1, 1, 0, 0], [1, 1, 1, 0, 0], [])
    assert [o["id"] for o in rows[0].options][1:] == [
        o["id"] for o in rows[0].version.body["options"]
    ]
    assert [(row.n, row.answered) for row in rows] == [(2, 1)] * 3


def test_counting_again_replaces_and_an_erased_person_is_left_out(school: School) -> None:  # V7
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    take(quiz, school.learner, "1")
    take(quiz, school.classmate, "0")
    count_items(actor=SYSTEM, quiz=quiz)
    erase_person(actor=actors.for_user(school.admin), person=school.learner)
    counted = count_items(actor=SYSTEM, quiz=quiz)
    assert (counted.n, counted.items.get().facility) == (1, 0.0)
    assert ItemStatistics.objects.count() == QuizAnalysis.objects.count() == 1


def test_an_older_count_never_replaces_a_newer_one(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    take(quiz, school.learner, "1")
    newer = count_items(actor=SYSTEM, quiz=quiz)
    with clock.travel(clock.now() - timedelta(minutes=1)):
        assert count_items(actor=SYSTEM, quiz=quiz).counted_at == newer.counted_at


def test_a_regrade_is_seen_by_the_next_count(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    take(quiz, school.learner, "1")
    question = quiz.items.get().question
    content = version_content(question.latest)
    from dataclasses import replace

    teacher = school.actor("instructor")
    revise_question(actor=teacher, question=question, content=replace(content, truth=False))
    regrade_question(actor=teacher, quiz=quiz, question=question)
    assert count_items(actor=SYSTEM, quiz=quiz).items.get().facility == 0.0


def test_counting_costs_the_same_for_any_number_of_attempts(school: School) -> None:
    quiz = make_quiz(school)
    make_attempt(school, quiz, "learner")
    count_items(actor=SYSTEM, quiz=quiz)
    one = count_queries(lambda: count_items(actor=SYSTEM, quiz=quiz))
    make_attempt(school, quiz, "classmate")
    assert count_queries(lambda: count_items(actor=SYSTEM, quiz=quiz)) == one


@pytest.mark.parametrize("who", ["learner", "observer", "outsider"])
def test_only_staff_count(school: School, who: str) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    with pytest.raises((Denied, NotFound)):
        count_items(actor=school.actor(who), quiz=quiz)
    with pytest.raises(Denied):
        start_count(actor=school.actor("assistant").previewing(school.course.pk), quiz=quiz)
    assert not QuizAnalysis.objects.exists()


def test_a_count_that_waits_is_not_started_twice(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    actor = school.actor("instructor")
    assert start_count(actor=actor, quiz=quiz).pk == start_count(actor=actor, quiz=quiz).pk
    [job] = run_jobs("analytics.item_statistics")
    assert (job.state, job.result) == ("succeeded", {"n": 0, "items": 0})
    assert start_count(actor=actor, quiz=quiz).pk != job.pk


def test_the_job_stops_for_whoever_lost_the_right(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    start_count(actor=school.actor("assistant"), quiz=quiz)
    school.course.enrolments.filter(user=school.assistant).update(role="learner")
    [job] = run_jobs("analytics.item_statistics")
    assert job.state == "failed"
    assert not QuizAnalysis.objects.exists()


def due() -> list[int]:
    """The quizzes for which the sweep starts a job; the jobs run."""
    before = Job.objects.count()
    start_due_counts()
    jobs = list(Job.objects.order_by("pk")[before:])
    run_jobs("analytics.item_statistics")
    return [job.params["quiz"] for job in jobs]


def test_a_quiz_is_counted_when_it_closes_and_again_when_it_changes(school: School) -> None:
    now = clock.now()
    closes = now + timedelta(minutes=30)
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, closes_at=closes)
    mark_quizzes({quiz.pk, 10**9})
    with clock.travel(now + timedelta(minutes=1)):
        assert due() == [quiz.pk]
        assert due() == []
    with clock.travel(now + timedelta(minutes=2)):
        mark_quizzes({quiz.pk})
    with clock.travel(now + timedelta(minutes=29)):
        assert due() == []  # still open: at most hourly
    with clock.travel(closes):
        assert due() == [quiz.pk]
        assert due() == []
    with clock.travel(closes + timedelta(seconds=1)):
        mark_quizzes({quiz.pk})
    with clock.travel(closes + timedelta(seconds=2)):
        assert due() == [quiz.pk]


def test_a_quiz_without_an_end_is_counted_hourly(school: School) -> None:
    quiz, now = make_quiz(school, QuestionKind.TRUE_FALSE), clock.now()
    for minutes, expected in ((1, True), (5, False), (60, False), (62, True)):
        with clock.travel(now + timedelta(minutes=minutes)):
            mark_quizzes({quiz.pk})
        with clock.travel(now + timedelta(minutes=minutes, seconds=30)):
            assert bool(due()) is expected


@pytest.mark.django_db(transaction=True)
def test_submitting_marks_the_quiz_through_the_fold(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    make_attempt(school, quiz)
    assert Decimal(1) == Attempt.objects.get().score
    drain()
    assert QuizAnalysis.objects.get(quiz=quiz).stale
    assert due() == [quiz.pk]
    assert QuizAnalysis.objects.get(quiz=quiz).n == 1


def test_few_learners_get_no_latent_model_but_a_reason(school: School) -> None:
    quiz = make_quiz(school, *[QuestionKind.TRUE_FALSE] * 3)
    take(quiz, school.learner, "101")
    take(quiz, school.classmate, "011")
    latent = count_items(actor=SYSTEM, quiz=quiz).latent
    assert latent is not None
    assert (latent["items"], latent["n"], latent["questions"]) == ([], 2, 2)
    assert latent["reason"] == "A latent model needs at least 30 learners; there are 2."
