import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from assessments.enums import QuestionKind
from assessments.models import Question, QuestionBank
from assessments.tests.api.test_attempts import client_of, send
from assessments.tests.factories import School, make_question, make_school
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db
BANKS, IMPORTS = "/api/v1/question-banks/", "/api/v1/question-imports/"
TEXT = b"Chalk is made of shells. {T}\n\nThese stones are only looked at.\n"


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def bank(school: School) -> QuestionBank:
    return make_question(school).bank


@pytest.fixture
def client(school: School) -> Client:
    return client_of(school, "instructor")


def post(client: Client, bank: QuestionBank, data: bytes = TEXT, **more: object) -> object:
    file = SimpleUploadedFile("stones.gift", data)
    return client.post(f"{BANKS}{bank.public_id}/import/", {"file": file, **more})


def test_a_dry_run_then_the_import_then_undo(client: Client, bank: QuestionBank) -> None:
    tried = post(client, bank, dry_run="true")
    assert tried.status_code == 200  # type: ignore[attr-defined]
    said = tried.json()  # type: ignore[attr-defined]
    assert (said["id"], said["question_count"], said["left_count"]) == (None, 1, 1)
    assert Question.objects.count() == 1
    made = post(client, bank)
    assert made.status_code == 201  # type: ignore[attr-defined]
    done = made.json()  # type: ignore[attr-defined]
    assert [(line["line"], line["fate"]) for line in done["lines"]] == [(1, "came"), (3, "left")]
    assert [line["words"] for line in done["lines"]] == [[], ["This is a text without a question."]]
    assert client.get(f"{IMPORTS}{done['id']}/").json() == done
    listed = client.get(f"{IMPORTS}?bank={bank.public_id}").json()
    assert [one["id"] for one in listed["results"]] == [done["id"]]
    assert "lines" not in listed["results"][0]
    undone = send(client, "POST", f"{IMPORTS}{done['id']}/undo/").json()
    assert undone["stayed"] == []
    assert undone["undone_at"] is not None
    assert Question.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"Q {T", "Line 1: The brace of this question is never closed."),
        (b'<!DOCTYPE q SYSTEM "http://evil/x">\n<quiz/>', "Line 1: A DOCTYPE is not allowed."),
        (b"\n\xff {T}", "Line 2: This is not UTF-8. Save the file as UTF-8."),
    ],
)
def test_a_broken_file_is_400_with_its_line(
    client: Client, bank: QuestionBank, data: bytes, words: str
) -> None:  # P6
    answer = post(client, bank, data)
    assert answer.status_code == 400  # type: ignore[attr-defined]
    said = answer.json()  # type: ignore[attr-defined]
    assert (said["code"], said["detail"]) == ("unreadable_file", words)
    assert said["errors"] == {"file": [words]}


def test_an_import_needs_a_file_and_a_known_format(client: Client, bank: QuestionBank) -> None:
    url = f"{BANKS}{bank.public_id}/import/"
    assert client.post(url, {}).status_code == 400
    assert post(client, bank, format="hot_potatoes").status_code == 400  # type: ignore[attr-defined]
    assert send(client, "POST", url, {"file": "x"}).status_code == 415
    assert post(client, bank, b"").status_code == 400  # type: ignore[attr-defined]


def test_an_import_by_cookie_needs_the_csrf_token(school: School, bank: QuestionBank) -> None:  # P5
    client = Client(enforce_csrf_checks=True)
    client.force_login(school.instructor)
    assert post(client, bank).status_code == 403  # type: ignore[attr-defined]
    assert Question.objects.count() == 1


def test_export_answers_the_file_and_what_it_lost(
    client: Client, school: School, bank: QuestionBank
) -> None:
    truth = make_question(school, QuestionKind.TRUE_FALSE)
    url = f"{BANKS}{bank.public_id}/export/"
    done = client.get(f"{url}?as=aiken").json()
    assert (done["format"], done["question_count"]) == ("aiken", 2)
    assert done["text"].startswith("Which stone is **volcanic**?\nA. Basalt\n")
    assert [(one["place"], one["reason"]) for one in done["lost"]] == [
        (1, "Aiken has no feedback."),
        (2, "Aiken has single choice alone."),
    ]
    part = client.get(f"{url}?ids={truth.public_id}").json()
    assert part["text"] == "[markdown]A cairn is a pile of stones. {TRUE}\n"
    assert client.get(f"{url}?as=pdf").status_code == 400


def test_imports_cost_the_same_for_any_number(client: Client, bank: QuestionBank) -> None:
    def grow() -> None:
        post(client, bank, f"Question {Question.objects.count()}? {{T}}".encode())

    grow()
    assert_constant_queries(lambda: client.get(IMPORTS), grow)
