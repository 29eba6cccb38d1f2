"""Files of the gradebook through the API: out, in again whole or not at all, one's transcript."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from assessments.models import Grade, GradeItem
from assessments.services.cells import set_cell
from assessments.services.gradebook import ItemFields, create_manual_item
from assessments.services.posting import post_grades
from assessments.tests.factories import School, make_attempt, make_quiz, make_school

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def item(school: School) -> GradeItem:
    fields = ItemFields(title="=Talk", max_score=Decimal(10))
    teacher = school.actor("instructor")
    return create_manual_item(actor=teacher, course=school.course, fields=fields)


def client_of(school: School, who: str) -> Client:
    client = Client()
    client.force_login(getattr(school, who))
    return client


def book(school: School, path: str) -> str:
    return f"/api/v1/gradebook/{school.course.public_id}/{path}"


def send(school: School, text: str, **more: str) -> Any:
    file = SimpleUploadedFile("grades.csv", text.encode())
    return client_of(school, "assistant").post(book(school, "import/"), {"file": file, **more})


def test_what_goes_out_comes_in_again(school: School, item: GradeItem) -> None:
    answer = client_of(school, "assistant").get(
        book(school, "export/"), headers={"Accept": "text/csv"}
    )
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    column = next(place for place, head in enumerate(rows[0]) if item.public_id in head)
    for row in rows[1:]:
        row[column] = "7.5" if row[0] == school.learner.public_id else ""
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    look = send(school, out.getvalue(), dry_run="true").json()
    assert (look["dry_run"], look["changed"], look["problems"]) == (True, 1, [])
    assert look["changes"][0]["after"] == "7.5"
    assert not Grade.objects.exists()
    assert send(school, out.getvalue(), reason="Talks").json()["changed"] == 1
    assert Grade.objects.get().score == Decimal("7.5")
    assert send(school, out.getvalue()).json()["unchanged"] == 1


def test_a_cell_that_cannot_be_used_keeps_all_of_them_out(school: School, item: GradeItem) -> None:
    head = f"id,learner,Talk [{item.public_id}]"
    text = f"{head}\n{school.learner.public_id},x,7\n{school.classmate.public_id},x,many\n"
    look = send(school, text, dry_run="true")
    assert (look.status_code, [one["line"] for one in look.json()["problems"]]) == (200, [3])
    done = send(school, text)
    assert (done.status_code, list(done.json()["errors"])) == (400, ["file"])
    assert not Grade.objects.exists()


@pytest.mark.parametrize("text", ["", "name,Talk\nx,1\n", "id\n\0"])
def test_what_is_no_such_table_is_refused_in_words(school: School, text: str) -> None:
    done = send(school, text)
    assert (done.status_code, list(done.json()["errors"])) == (400, ["file"])


def test_a_transcript_holds_what_is_posted(school: School, item: GradeItem) -> None:
    teacher = school.actor("instructor")
    set_cell(actor=teacher, item=item, learner=school.learner, score=Decimal(7))
    post_grades(actor=teacher, item=item, released=True)
    answer = client_of(school, "learner").get(
        book(school, "transcript/"), headers={"Accept": "application/pdf"}
    )
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert answer["Cache-Control"] == "no-store"


def test_a_refusal_is_a_problem_whatever_was_asked_for(school: School) -> None:
    answer = client_of(school, "outsider").get(
        book(school, "export/"), headers={"Accept": "text/csv"}
    )
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"


def test_results_of_a_quiz_are_a_table(school: School) -> None:  # C7
    quiz = make_quiz(school)
    type(school.learner).objects.filter(pk=school.learner.pk).update(name="=1+1")
    make_attempt(school, quiz)
    answer = client_of(school, "assistant").get(f"/api/v1/quizzes/{quiz.public_id}/results/export/")
    head, row = csv.reader(io.StringIO(answer.content.decode()))
    assert head[:3] == ["learner", "attempt", "state"]
    assert row[:2] == ["'=1+1", "1"]
