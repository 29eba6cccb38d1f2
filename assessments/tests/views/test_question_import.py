import base64
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from assessments.enums import QuestionKind
from assessments.models import Question, QuestionImport
from assessments.tests.factories import School, make_question, make_school
from assessments.tests.views.test_attempt import client_of, page
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db
XML = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<quiz>
<question type="truefalse">
<questiontext format="plain_text"><text>Der M\xf6rtel h\xe4lt.</text></questiontext>
<answer fraction="100"><text>true</text></answer>
<answer fraction="0"><text>false</text></answer></question>
<question type="ddmarker"><name><text>=cmd()</text></name></question>
</quiz>"""


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def client(school: School) -> Client:
    return client_of(school, "instructor")


@pytest.fixture
def base(school: School) -> str:
    return f"/teach/{school.course.slug}/bank/"


def bring(client: Client, base: str, text: str) -> QuestionImport:
    assert client.post(f"{base}import/", {"text": text, "act": "import"}).status_code == 302
    return QuestionImport.objects.latest("id")


def test_a_file_is_checked_then_brought_in(client: Client, base: str) -> None:
    assert "before anything is stored" in page(client, f"{base}import/")
    file = SimpleUploadedFile("mortar.xml", XML)
    shown = client.post(f"{base}import/", {"file": file}).content.decode()
    assert "1 question would come" in shown
    assert "mortar.xml, read as Moodle XML. Nothing is stored yet." in shown
    assert "Der Mörtel hält." in shown
    assert Question.objects.count() == 0
    (carried,) = re.findall(r'name="carried" value="([^"]+)"', shown)
    assert base64.b64decode(carried) == XML
    fields = {"carried": carried, "name": "mortar.xml", "format": "moodle_xml", "act": "import"}
    sent = client.post(f"{base}import/", fields)
    row = QuestionImport.objects.get()
    assert sent.headers["Location"] == f"{base}imports/{row.public_id}/"
    report = page(client, sent.headers["Location"])
    assert f"{base}{row.questions.get().public_id}/" in report
    assert "not supported yet" in report
    assert "Der Mörtel hält." not in page(client, f"{base}imports/{row.public_id}/?fate=left")
    assert "mortar.xml" in page(client, f"{base}imports/")
    table = client.get(f"{base}imports/{row.public_id}/report.csv").content.decode()
    assert "7,'=cmd(),left," in table  # C7


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Choose a file or paste some questions."),
        ({"text": "Q {T"}, "Line 1: The brace of this question is never closed."),
        ({"carried": "not base64!"}, "Choose the file again."),
        ({"text": "A text without a question.", "act": "import"}, "No question of this file"),
        ({"text": "Q {T}", "format": "word"}, "Select a valid choice"),
    ],
)
def test_a_refusal_stands_at_the_form(
    client: Client, base: str, fields: dict[str, str], words: str
) -> None:
    answer = client.post(f"{base}import/", fields)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert QuestionImport.objects.count() == 0


def test_a_file_that_is_too_large_is_refused(client: Client, base: str) -> None:
    file = SimpleUploadedFile("large.txt", b"x" * 1_600_000)
    answer = client.post(f"{base}import/", {"file": file})
    assert answer.status_code == 400
    assert "The file has more than 1.5 MB." in answer.content.decode()


def test_the_largest_file_travels_from_the_preview_to_the_import(client: Client, base: str) -> None:
    data = b"// " + b"x" * 1_499_980 + b"\nQ {T}\n"
    shown = client.post(f"{base}import/", {"file": SimpleUploadedFile("l.txt", data)})
    (carried,) = re.findall(r'name="carried" value="([^"]+)"', shown.content.decode())
    sent = client.post(f"{base}import/", {"carried": carried, "act": "import"})
    assert sent.status_code == 302
    assert Question.objects.get().text == "Q"


def test_an_import_is_undone_from_its_report(client: Client, base: str) -> None:
    row = bring(client, base, "One. {T}\n\nTwo. {F}")
    shown = client.post(f"{base}imports/{row.public_id}/undo/", follow=True).content.decode()
    assert "2 questions are removed." in shown
    assert "No question of it is left." in shown
    assert Question.objects.count() == 0


def test_imports_of_another_course_are_missing(client: Client, base: str, school: School) -> None:
    row = bring(client, base, "One. {T}")
    other = make_school()
    admin = client_of(school, "admin")
    for bank in (None, make_question(other)):
        url = f"/teach/{other.course.slug}/bank/imports/{row.public_id}/"
        assert admin.get(url).status_code == 404, bank  # Z3


def test_export_tells_the_losses_before_the_download(
    client: Client, base: str, school: School
) -> None:
    assert client.get(f"{base}export/").status_code == 302
    one = make_question(school)
    make_question(school, QuestionKind.TRUE_FALSE)
    assert "Nothing is lost" in page(client, f"{base}export/?state=all")
    aiken = page(client, f"{base}export/?as=aiken")
    assert "Aiken has single choice alone." in aiken
    assert "Export 2 questions" in aiken
    part = client.get(f"{base}export/file/?id={one.public_id}&as=moodle_xml")
    assert part.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert part.headers["Content-Disposition"].endswith('.xml"')
    assert part.content.decode().count("<question ") == 1
    assert "No question fits" in page(client, f"{base}export/?search=nothing")


def test_imports_cost_the_same_for_any_number(client: Client, base: str) -> None:
    def grow() -> None:
        bring(client, base, f"Question {Question.objects.count()}? {{T}}")

    grow()
    assert_constant_queries(lambda: page(client, f"{base}imports/"), grow)
