"""An author tries a stored code question through the API."""

from typing import Any

import pytest
from django.test import Client

from assessments.enums import QuestionKind
from assessments.gateway.sandbox import check
from assessments.models import Attempt, Question
from assessments.queries.code import TRY_CODE
from assessments.services.bank import add_question
from assessments.services.bank_share import open_own_bank
from assessments.tests.factories import CONTENTS, School, make_question, make_school
from assessments.tests.services.test_code import run_waiting
from assessments.tests.views.test_attempt import client_of
from lms.kernel.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.services]
AWAY = check()
IN_SANDBOX = pytest.mark.skipif(bool(AWAY), reason=f"no sandbox on this machine: {AWAY}")


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def question(school: School) -> Question:
    return make_question(school, QuestionKind.CODE)


def send(client: Client, question: Question, **body: Any) -> Any:
    url = f"/api/v1/questions/{question.public_id}/trials/"
    return client.post(url, body, content_type="application/json")


@IN_SANDBOX
def test_the_right_program_and_another_run_against_every_test(
    school: School, question: Question
) -> None:
    client = client_of(school, "assistant")
    wrong = "def add(a, b):\n    return 5\n"
    for body, passed in (({}, [True, True, True]), ({"code": wrong}, [True, False, False])):
        started = send(client, question, **body)
        assert started.status_code == 202
        job = started.json()["job"]
        assert (job["kind"], job["state"]) == (TRY_CODE, "queued")
        run_waiting(TRY_CODE)
        done = client.get(f"/api/v1/jobs/{job['id']}/").json()
        assert [one["passed"] for one in done["result"]["tests"]] == passed
        assert set(done["result"]["tests"][0]) == {
            "number",
            "passed",
            "ended",
            "ms",
            "out",
            "error",
        }
        for other in ("instructor", "learner"):
            hidden = client_of(school, other).get(f"/api/v1/jobs/{job['id']}/")
            assert hidden.status_code == 404
    assert not Attempt.objects.exists()
    assert question.versions.count() == 1


def test_only_a_code_question_with_a_program_is_tried(school: School, question: Question) -> None:
    client = client_of(school, "instructor")
    empty = send(client, question, code=" ")
    assert (empty.status_code, empty.json()["errors"]) == (
        400,
        {"code": ["Write a program first."]},
    )
    refused = send(client, make_question(school, QuestionKind.ESSAY), code="print(1)")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_code")
    assert send(client, question, code="x" * 20_001).status_code == 400
    assert send(client, question, code="a\x00b").status_code == 400
    assert not Job.objects.filter(kind=TRY_CODE).exists()


def test_one_trial_runs_at_a_time(school: School, question: Question) -> None:
    client = client_of(school, "instructor")
    assert send(client, question).status_code == 202
    again = send(client, question)
    assert (again.status_code, again.json()["code"]) == (409, "already_running")


def test_a_question_of_ones_own_bank_is_tried_in_a_course(
    school: School, question: Question
) -> None:
    actor = school.actor("instructor")
    bank = open_own_bank(actor=actor)
    mine = add_question(actor=actor, bank=bank, content=CONTENTS[QuestionKind.CODE])
    client = client_of(school, "instructor")
    unnamed = send(client, mine)
    assert (unnamed.status_code, list(unnamed.json()["errors"])) == (400, ["course"])
    assert send(client, mine, course=school.course.public_id).status_code == 202
    other = client_of(school, "other_instructor")
    assert send(other, mine, course=school.course.public_id).status_code == 404
    assert send(other, question).status_code == 404
    assert Job.objects.filter(kind=TRY_CODE).count() == 1
