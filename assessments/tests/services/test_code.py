"""Code answers: waiting, run by a job, scored, swept, scored again, and off without a sandbox."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from assessments.enums import AttemptState, QuestionKind, StepKind, Verdict
from assessments.gateway import sandbox
from assessments.gateway.sandbox import Ended, Limits, Outcome, SandboxAway, check
from assessments.models import Attempt, AttemptQuestion, Grade, Question, SandboxReport
from assessments.queries.answer_marking import queue, waiting_lines
from assessments.queries.code import code_state, why_no_code
from assessments.queries.content import version_content
from assessments.queries.review import review
from assessments.scoring.code import Code
from assessments.scoring.content import detail_of
from assessments.services import code as services
from assessments.services import sandbox_report
from assessments.services.attempt import save_answer, start_attempt
from assessments.services.bank import revise_question
from assessments.services.closing import submit_attempt
from assessments.services.code import RUN_EXAMPLES, run_examples, sweep_code
from assessments.services.code_jobs import SCORE_CODE
from assessments.services.grading import override_score, regrade_question
from assessments.services.sandbox_report import report_sandbox, worker_name
from assessments.tests.factories import (
    CONTENTS,
    School,
    make_question,
    make_quiz,
    make_school,
    report_of_sandbox,
)
from assessments.tests.views.test_attempt import client_of, item_url, page
from lms.kernel import clock
from lms.kernel.clock import travel
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound
from lms.kernel.jobs.reap import reap
from lms.kernel.jobs.run import run_job
from lms.kernel.models import Job, JobState
from lms.settings import env

pytestmark = pytest.mark.django_db
AWAY = check()
IN_SANDBOX = pytest.mark.skipif(bool(AWAY), reason=f"no sandbox on this machine: {AWAY}")
CODE, TRUE_FALSE = QuestionKind.CODE, QuestionKind.TRUE_FALSE
RIGHT = detail_of(CONTENTS[CODE], Code).solution
HALF = "def add(a, b):\n    return a + b\n"


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def faked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the sandbox was asked to run; it is not there, and every test ends right away."""
    asked: list[str] = []

    def run(code: str, *, stdin: str, expression: str, limits: Limits) -> Outcome:
        asked.append(expression or stdin)
        said = {"add(2, 3)": "5", "4\n5\n": "9", "add(-1, 0.5)": "-0.5"}[expression or stdin]
        out = said if "right" in code or expression == "add(2, 3)" else "zq"
        return Outcome(Ended.DONE, out=out, err="", value=out, cpu_ms=7)

    monkeypatch.setattr(services, "run_code", run)
    return asked


def begun(school: School, *kinds: QuestionKind, **settings: Any) -> tuple[Attempt, AttemptQuestion]:
    quiz = make_quiz(school, *(kinds or (CODE,)), **settings)
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    return attempt, attempt.questions.get(version__question__kind=CODE)


def handed_in(
    school: School, program: str = "# right", *kinds: QuestionKind, **settings: Any
) -> tuple[Attempt, AttemptQuestion]:
    attempt, part = begun(school, *kinds, **settings)
    actor = school.actor("learner")
    save_answer(actor=actor, attempt=attempt, question=part, answer=program, seq=1)
    return submit_attempt(actor=actor, attempt=attempt), part


def run_waiting(kind: str = SCORE_CODE) -> list[Job]:
    jobs = list(Job.objects.filter(kind=kind, state=JobState.QUEUED))
    for job in jobs:
        run_job(job.pk)
        job.refresh_from_db()
    return jobs


def test_a_handed_in_program_waits_for_its_job(school: School, faked: list[str]) -> None:
    attempt, part = handed_in(school)
    part.refresh_from_db()
    assert (attempt.state, part.verdict, part.score) == ("submitted", Verdict.WAITING, None)
    assert faked == [], "nothing runs in the request"
    assert not Grade.objects.filter(learner=school.learner, score__isnull=False).exists()
    # It waits for a machine, not for a person.
    assert not queue(school.actor("instructor"), attempt.quiz).exists()
    assert waiting_lines(school.actor("instructor")) == []
    (job,) = run_waiting()
    assert (job.state, job.result, job.created_by_id) == ("succeeded", {"scored": 1}, None)
    assert len(faked) == 3
    part.refresh_from_db()
    attempt.refresh_from_db()
    assert [attempt.state, attempt.score, part.verdict] == ["released", 4, "correct"]
    grade = Grade.objects.get(learner=school.learner)
    assert [grade.score, grade.released] == [4, True]


def test_the_log_keeps_how_each_test_went_and_nothing_of_hidden_ones(
    school: School, faked: list[str]
) -> None:  # Z5
    attempt, part = handed_in(school, "# half")
    run_waiting()
    step = part.steps.get(kind=StepKind.SCORED)
    ids = [one.id for one in detail_of(version_content(part.version), Code).tests]
    assert step.data["score"] == "1.0000"
    told = [(one["id"], one["passed"], one["ended"], one["ms"]) for one in step.data["tests"]]
    assert told == [
        (ids[0], True, "done", 7),
        (ids[1], False, "done", 7),
        (ids[2], False, "error", 0),  # neither time nor end can tell what it read
    ]
    assert [one["out"] for one in step.data["tests"]] == ["5", "zq", ""]
    attempt.refresh_from_db()
    found = review(school.actor("learner"), attempt).questions[0]
    assert [(one.given, one.expected, one.out) for one in found.tests] == [
        ("add(2, 3)", "5", "5"),
        ("4\n5\n", "9", "zq"),
        ("", "", ""),
    ]
    shown = page(
        client_of(school, "learner"), f"{item_url(attempt.quiz)}attempt/{attempt.public_id}/review/"
    )
    assert "add(-1" not in shown
    assert "This test is not shown." in shown
    assert "Partly correct" in shown


def test_a_job_that_runs_twice_scores_once(school: School, faked: list[str]) -> None:
    _attempt, part = handed_in(school)
    (job,) = run_waiting()
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED, attempt=0)
    run_job(job.pk)
    assert part.steps.filter(kind=StepKind.SCORED).count() == 1
    assert len(faked) == 3


def test_what_no_job_scored_is_swept_once_an_hour(school: School, faked: list[str]) -> None:
    attempt, part = handed_in(school)
    Job.objects.all().delete()  # as when the worker and its row are gone
    assert sweep_code() == 0, "its first job still has time"
    with travel(clock.now() + timedelta(minutes=5)):
        report_of_sandbox()
        assert sweep_code() == 1
        assert sweep_code() == 0, "a job is on its way"
        Job.objects.update(state=JobState.FAILED)
        assert sweep_code() == 1
        assert not Job.objects.filter(state=JobState.QUEUED).exists(), "not twice in an hour"
    with travel(clock.now() + timedelta(hours=2)):
        report_of_sandbox()
        assert sweep_code() == 1
        run_waiting()
    part.refresh_from_db()
    attempt.refresh_from_db()
    assert [part.score, attempt.state] == [4, "released"]


def test_a_sandbox_that_breaks_leaves_the_answer_waiting(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_kw: Any) -> Outcome:
        raise SandboxAway("no namespaces")

    monkeypatch.setattr(services, "run_code", broken)
    _attempt, part = handed_in(school)
    (job,) = run_waiting()
    part.refresh_from_db()
    assert (job.state, part.verdict) == ("failed", Verdict.WAITING)


def test_a_score_by_hand_stands_when_the_job_comes_later(school: School, faked: list[str]) -> None:
    attempt, part = handed_in(school)
    override_score(
        actor=school.actor("instructor"),
        attempt=attempt,
        question=part,
        score=Decimal(2),
        reason="Read it.",
    )
    assert run_waiting()[0].result == {"scored": 0}
    part.refresh_from_db()
    attempt.refresh_from_db()
    assert [part.score, attempt.score] == [2, 2]


def test_nothing_typed_is_worth_nothing_at_once(school: School, faked: list[str]) -> None:
    attempt, part = begun(school)
    actor = school.actor("learner")
    save_answer(
        actor=actor, attempt=attempt, question=part, answer="def add(a, b):\n    ...", seq=1
    )
    attempt = submit_attempt(actor=actor, attempt=attempt)
    assert [attempt.state, attempt.score] == [AttemptState.RELEASED, 0]
    assert not Job.objects.exists()


def test_scoring_again_runs_again_and_is_logged(school: School, faked: list[str]) -> None:
    attempt, part = handed_in(school, "# half")
    run_waiting()
    question, teacher = part.version.question, school.actor("instructor")
    content = version_content(part.version)
    code = detail_of(content, Code)
    lone = replace(content, detail=replace(code, tests=code.tests[:1]))
    revise_question(actor=teacher, question=question, content=lone)
    assert regrade_question(actor=teacher, quiz=attempt.quiz, question=question) == 0
    part.refresh_from_db()
    assert part.score == 1, "the old score stands until the job is done"
    run_waiting()
    step = part.steps.get(kind=StepKind.REGRADED)
    assert (step.data["before"], step.data["after"]) == ("1.0000", "4.0000")
    assert len(step.data["tests"]) == 1
    attempt.refresh_from_db()
    assert attempt.score == 4
    assert Grade.objects.get(learner=school.learner).score == 4


@IN_SANDBOX
@pytest.mark.parametrize(
    ("program", "score"), [(RIGHT, 4), (HALF, 2), ("1/0", 0), ("while 1: 0", 0)]
)
def test_programs_are_scored_by_what_they_do(school: School, program: str, score: int) -> None:
    attempt, _part = handed_in(school, program)
    run_waiting()
    attempt.refresh_from_db()
    assert attempt.score == score


@IN_SANDBOX
def test_the_examples_run_without_being_scored(school: School) -> None:
    attempt, part = begun(school)
    actor = school.actor("learner")
    job = run_examples(actor=actor, attempt=attempt, question=part, code=HALF)
    with pytest.raises(Conflict) as refused:
        run_examples(actor=actor, attempt=attempt, question=part, code=HALF)
    assert refused.value.code == "already_running"
    run_job(job.pk)
    job.refresh_from_db()
    tests = (job.result or {})["tests"]
    told = [(one["number"], one["passed"], one["out"]) for one in tests]
    assert told == [(1, True, "5"), (2, False, "")]
    assert "-1" not in str(job.result)
    part.refresh_from_db()
    assert (part.answer, part.score, part.steps.count()) == (None, None, 0)


def test_only_its_learner_runs_code_and_only_in_time(school: School) -> None:
    attempt, part = begun(school, TRUE_FALSE, CODE, time_limit_seconds=60)
    for who, refusal in (("classmate", NotFound), ("instructor", Denied)):
        with pytest.raises(refusal):
            run_examples(actor=school.actor(who), attempt=attempt, question=part, code="1")
    learner = school.actor("learner")
    other = attempt.questions.exclude(pk=part.pk).get()
    for question, code in ((other, "1"), (part, ""), (part, 7)):
        with pytest.raises(Invalid):
            run_examples(actor=learner, attempt=attempt, question=question, code=code)
    with travel(clock.now() + timedelta(minutes=2)), pytest.raises(Conflict) as late:
        run_examples(actor=learner, attempt=attempt, question=part, code="1")
    assert late.value.code in {"deadline_passed", "code_off"}
    assert not Job.objects.filter(kind=RUN_EXAMPLES).exists()


def test_it_is_off_unless_the_site_says_so(school: School, settings: Settings) -> None:
    assert env.read({"LMS_MODE": "test"})["LMS_CODE_QUESTIONS"] is None
    question = make_question(school, CODE)
    content = version_content(question.latest)
    teacher = school.actor("instructor")
    settings.CODE_QUESTIONS = False
    assert "LMS_CODE_QUESTIONS" in why_no_code()
    for act in (
        lambda: make_question(school, CODE),
        lambda: revise_question(actor=teacher, question=question, content=content),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "code_off"
    client = client_of(school, "instructor")
    shown = page(client, f"/teach/{school.course.slug}/bank/new/code/")
    assert "switched off on this site" in shown
    assert Client().get("/readyz").json()["code_questions"] == "off"
    assert sweep_code() == 0


def test_a_worker_says_whether_its_sandbox_holds(
    monkeypatch: pytest.MonkeyPatch, school: School
) -> None:
    assert why_no_code().startswith("No worker has tested its sandbox")
    monkeypatch.setattr(sandbox_report, "check", lambda: "The sandbox does not hold: sockets.")
    assert report_sandbox() == why_no_code() == "The sandbox does not hold: sockets."
    assert Client().get("/readyz").json()["code_questions"] == "degraded"
    client = client_of(school, "instructor")
    assert "does not hold: sockets" in page(client, f"/teach/{school.course.slug}/bank/new/code/")
    monkeypatch.setattr(sandbox_report, "check", lambda: "")
    assert report_sandbox() == why_no_code() == ""
    assert SandboxReport.objects.get().worker == worker_name()
    assert Client().get("/readyz").json()["code_questions"] == "ok"
    assert sandbox.MAX_INPUT == 10_000


def test_no_worker_speaks_for_another() -> None:
    report_of_sandbox("No namespaces.", worker="worker@one")
    assert why_no_code() == "No namespaces."
    report_of_sandbox(worker="grading@two")
    assert why_no_code() == "", "code runs where one sandbox holds"
    assert code_state() == "degraded", "and whoever runs the site reads that one does not"
    report_of_sandbox("No namespaces.", worker="worker@one")
    assert why_no_code() == ""
    report_of_sandbox(worker="worker@one")
    assert code_state() == ""
    with travel(clock.now() + timedelta(minutes=16)):
        assert why_no_code().startswith("No worker has tested its sandbox")
        report_of_sandbox("No namespaces.", worker="worker@one")
        assert why_no_code() == "No namespaces.", "the word of the other one is too old"


def broken_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_kw: Any) -> Outcome:
        raise SandboxAway("no namespaces")

    monkeypatch.setattr(services, "run_code", broken)
    monkeypatch.setattr(sandbox_report, "check", lambda: "no namespaces")


def test_a_job_on_a_worker_without_a_sandbox_goes_to_another(
    school: School, faked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _attempt, part = handed_in(school)  # the factory let another worker say that it holds
    with monkeypatch.context() as here:
        broken_here(here)
        (job,) = run_waiting()
    assert (job.state, job.attempt) == (JobState.RUNNING, 1), "left to expire"
    assert SandboxReport.objects.get(worker=worker_name()).reason == "no namespaces"
    with travel(clock.now() + timedelta(minutes=1)):
        assert reap()["requeued"] == 1
        run_waiting()  # where the sandbox holds
    part.refresh_from_db()
    assert part.score == 4
    assert len(faked) == 3


def test_a_job_fails_in_words_where_no_worker_has_a_sandbox(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    _attempt, part = handed_in(school)
    SandboxReport.objects.all().delete()
    broken_here(monkeypatch)
    (job,) = run_waiting()
    assert (job.state, job.error) == (
        JobState.FAILED,
        "The program could not be run: no namespaces",
    )
    part.refresh_from_db()
    assert part.verdict == Verdict.WAITING


def test_a_question_is_written_and_read_back_on_its_page(school: School) -> None:
    report_of_sandbox()
    client = client_of(school, "instructor")
    url = f"/teach/{school.course.slug}/bank/new/code/"
    form: dict[str, Any] = {
        "stem": "Add.",
        "points": "3",
        "seconds": "1",
        "memory_mb": "32",
        "starter": "x = 1\r\n",
        "solution": "",
        "partial_credit": "on",
        "test-id": ["", ""],
        "test-call": ["call", ""],
        "test-given": ["add(1, 2)", "1\r\n2"],
        "test-expected": ["3", "3"],
        "test-weight": ["1", "2"],
        "test-hidden": ["1"],
        "act": "save",
    }
    odd = client.post(url, {**form, "test-given": ["add(1,", "1"]})
    assert odd.status_code == 400
    assert "Test 1 is no Python expression." in odd.content.decode()
    assert client.post(url, form).status_code == 302
    content = version_content(Question.objects.get().latest)
    tests = detail_of(content, Code).tests
    assert [(one.given, one.call, one.hidden, one.weight) for one in tests] == [
        ("add(1, 2)", True, False, 1),
        ("1\n2", False, True, 2),
    ]
    shown = page(client, f"/teach/{school.course.slug}/bank/{Question.objects.get().public_id}/")
    assert "add(1, 2)" in shown
