"""An author tries programs in the editor: every test runs, nothing is kept, nobody else sees it."""

from typing import Any

import pytest
from pytest_django.fixtures import Settings

from assessments.enums import QuestionKind
from assessments.gateway.sandbox import check
from assessments.models import Attempt, Question, QuestionVersion
from assessments.queries.code import TRY_CODE
from assessments.tests.factories import School, make_question, make_school, report_of_sandbox
from assessments.tests.services.test_code import run_waiting
from assessments.tests.views.test_attempt import client_of, page
from lms.kernel.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.services]
AWAY = check()
IN_SANDBOX = pytest.mark.skipif(bool(AWAY), reason=f"no sandbox on this machine: {AWAY}")
RIGHT = "def add(a, b):\r\n    return a + b\r\n"
FORM: dict[str, Any] = {
    "stem": "Add.",
    "points": "3",
    "seconds": "1",
    "memory_mb": "32",
    "starter": "",
    "solution": RIGHT,
    "test-id": ["", ""],
    "test-call": ["call", "call"],
    "test-given": ["add(1, 2)", "add(40, 2)"],
    "test-expected": ["3", "42"],
    "test-weight": ["1", "2"],
    "test-hidden": ["1"],
    "act": "run",
}


@pytest.fixture
def school() -> School:
    return make_school()


def editor(school: School) -> str:
    return f"/teach/{school.course.slug}/bank/new/code/"


def trial_page(school: School) -> str:
    return f"/teach/{school.course.slug}/bank/trials/{Job.objects.get().public_id}/"


@IN_SANDBOX
def test_the_right_program_runs_against_every_test_and_nothing_is_saved(school: School) -> None:
    report_of_sandbox()
    client = client_of(school, "assistant")
    shown = client.post(editor(school), FORM)
    assert shown.status_code == 200
    assert trial_page(school) in shown.content.decode()
    assert "Running the tests" in page(client, trial_page(school))
    (job,) = run_waiting(TRY_CODE)
    told = [(one["number"], one["passed"], one["out"]) for one in (job.result or {})["tests"]]
    assert told == [(1, True, "3"), (2, True, "42")]
    result = page(client, trial_page(school))
    assert "2 of 2 tests passed" in result
    assert result.count("</svg>Hidden</span>") == 1, "marked, and shown to its author"
    assert "add(40, 2)" in result
    assert not Question.objects.exists()
    assert not QuestionVersion.objects.exists()
    assert not Attempt.objects.exists()


@IN_SANDBOX
def test_an_author_tries_an_answer_that_is_wrong(school: School) -> None:
    report_of_sandbox()
    client = client_of(school, "instructor")
    answer = {"answer-preview": "def add(a, b):\n    return 42 if a == 40 else 1 / 0"}
    client.post(editor(school), {**FORM, **answer, "act": "try"})
    run_waiting(TRY_CODE)
    result = page(client, trial_page(school))
    assert "1 of 2 tests passed" in result
    assert "ZeroDivisionError" in result


def test_a_trial_needs_a_whole_question_a_program_and_a_sandbox(school: School) -> None:
    client = client_of(school, "instructor")
    away = client.post(editor(school), FORM).content.decode()
    assert "No worker has tested its sandbox" in away
    report_of_sandbox()
    for changes, words in (
        ({"solution": ""}, "Write a program first."),
        ({"test-expected": ["3", ""]}, "Test 2 expects nothing."),
        ({"act": "try", "answer-preview": ""}, "Write a program first."),
    ):
        assert words in client.post(editor(school), {**FORM, **changes}).content.decode()
    assert not Job.objects.exists()
    client.post(editor(school), FORM)
    again = client.post(editor(school), FORM).content.decode()
    assert "Your last run has not ended yet." in again
    assert Job.objects.count() == 1


def test_nobody_else_reads_a_trial(school: School) -> None:
    report_of_sandbox()
    client_of(school, "instructor").post(editor(school), FORM)
    statuses = {
        who: client_of(school, who).get(trial_page(school)).status_code
        for who in ("instructor", "assistant", "learner")
    }
    assert statuses == {"instructor": 200, "assistant": 404, "learner": 403}


def test_a_stored_question_is_tried_as_it_stands_in_the_form(school: School) -> None:
    question = make_question(school, QuestionKind.CODE)
    client = client_of(school, "instructor")
    url = f"/teach/{school.course.slug}/bank/{question.public_id}/"
    assert "Run all tests" in page(client, url)
    client.post(url, {**FORM, "version": str(question.version)})
    job = Job.objects.get(kind=TRY_CODE)
    assert [one["given"] for one in job.params["code"]["tests"]] == ["add(1, 2)", "add(40, 2)"]
    assert job.params["program"] == RIGHT.replace("\r\n", "\n")
    assert question.versions.count() == 1


def test_the_editor_of_the_trial_shows_no_run_before_there_is_one(
    school: School, settings: Settings
) -> None:
    """The frame of every page knows whether this is a trial of Cairn; that is no run of code."""
    settings.TRIAL = True
    report_of_sandbox()
    shown = page(client_of(school, "instructor"), editor(school))
    assert "Run all tests" in shown
    assert "Running the tests" not in shown
