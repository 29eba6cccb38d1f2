"""One's own questions on a page outside any course."""

import re

import pytest
from django.test import Client

from assessments.enums import QuestionKind, QuestionState, ShareLevel
from assessments.models import BankShare, Question, QuestionBank
from assessments.services.bank import add_question
from assessments.services.bank_share import open_own_bank, share_with_course
from assessments.services.filing import Filing, file_question
from assessments.tests.factories import CONTENTS, School, make_course, make_school
from assessments.tests.views.test_attempt import client_of, page
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db
URL = "/me/questions/"


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def client(school: School) -> Client:
    return client_of(school, "instructor")


@pytest.fixture
def bank(school: School) -> QuestionBank:
    return open_own_bank(actor=school.actor("instructor"))


def write(school: School, bank: QuestionBank, kind: QuestionKind, *tags: str) -> Question:
    actor = school.actor("instructor")
    row = add_question(actor=actor, bank=bank, content=CONTENTS[kind])
    return file_question(actor=actor, question=row, filing=Filing(tags=tags)) if tags else row


def test_an_empty_bank_invites_to_write(client: Client) -> None:
    shown = page(client, URL)
    assert "No questions of your own yet" in shown
    assert "Copy" not in shown
    assert not QuestionBank.objects.exists(), "looking opens nothing"


def test_the_first_question_opens_the_bank_beside_a_course(school: School, client: Client) -> None:
    sent = client.post(f"{URL}new/", {"kind": "essay"})
    bank = QuestionBank.objects.get(owner=school.instructor)
    address = f"/teach/{school.course.slug}/bank/new/essay/?bank={bank.public_id}"
    assert sent["Location"] == address
    assert client.get(address).status_code == 200
    assert client.post(f"{URL}new/", {"kind": "odd"})["Location"].split("/")[5] == "single_choice"


def test_who_teaches_no_course_yet_is_sent_to_make_one(school: School) -> None:
    school.course.enrolments.filter(user=school.instructor).delete()
    client = client_of(school, "instructor")
    assert "Create a course first" in page(client, URL)
    assert client.post(f"{URL}new/", {"kind": "essay"})["Location"] == URL


def test_own_questions_are_found_by_words_type_and_tag(
    school: School, client: Client, bank: QuestionBank
) -> None:
    write(school, bank, QuestionKind.TRUE_FALSE, "stones")
    write(school, bank, QuestionKind.NUMERIC)
    tag = bank.tags.get().public_id
    for query, seen in (
        ("", (True, True)),
        ("?search=cairn", (True, False)),
        ("?kind=numeric", (False, True)),
        (f"?tag={tag}", (True, False)),
        ("?search=nothing+like+it", (False, False)),
    ):
        shown = page(client, URL + query)
        assert ("A cairn is a pile" in shown, "How tall is the tower" in shown) == seen, query
    assert "No question fits" in page(client, f"{URL}?search=nothing+like+it")


@pytest.mark.parametrize("here", ["keep", "retire"])
def test_questions_are_copied_or_moved_into_a_course(
    school: School, client: Client, bank: QuestionBank, here: str
) -> None:
    one, two = (write(school, bank, kind) for kind in (QuestionKind.ESSAY, QuestionKind.NUMERIC))
    form = {"course": school.course.public_id, "here": here, "id": [one.public_id]}
    assert client.post(f"{URL}bring/", form)["Location"] == URL
    (copy,) = Question.objects.filter(bank__course=school.course)
    assert (copy.text, copy.origin) == (one.text, "copied")
    one.refresh_from_db()
    two.refresh_from_db()
    retired = QuestionState.RETIRED if here == "retire" else QuestionState.READY
    assert (one.state, two.state) == (retired, QuestionState.READY)
    shown = page(client, URL)
    assert f"1 question was copied into {school.course.title}." in shown
    assert ("Here they are retired." in shown) == (here == "retire")
    undo = f"/teach/{school.course.slug}/bank/bulk/"
    assert undo in shown, "with a way back"


def test_all_that_fit_are_copied(school: School, client: Client, bank: QuestionBank) -> None:
    for kind in (QuestionKind.ESSAY, QuestionKind.NUMERIC, QuestionKind.TRUE_FALSE):
        write(school, bank, kind)
    form = {"course": school.course.public_id, "here": "keep", "all": "1", "narrow": "kind=essay"}
    client.post(f"{URL}bring/", form)
    assert [one.kind for one in Question.objects.filter(bank__course=school.course)] == ["essay"]


def test_bringing_needs_questions_and_a_course_of_ones_own(
    school: School, client: Client, bank: QuestionBank
) -> None:
    one = write(school, bank, QuestionKind.ESSAY)
    foreign = make_course(school.other_instructor)
    assert client.post(f"{URL}bring/", {"course": school.course.public_id})["Location"] == URL
    assert "Tick the questions first." in page(client, URL)
    for course in ("", foreign.public_id):
        form = {"course": course, "here": "keep", "id": [one.public_id]}
        refused = client.post(f"{URL}bring/", form)
        assert refused.status_code == 400
        assert f'value="{one.public_id}" form="bank-bulk" checked' in refused.content.decode()
    assert Question.objects.count() == 1


def test_the_bank_is_lent_and_taken_back(
    school: School, client: Client, bank: QuestionBank
) -> None:
    write(school, bank, QuestionKind.ESSAY)
    refused = client.post(f"{URL}shares/", {"course": "", "email": "", "level": "read"})
    assert refused.status_code == 400
    assert "Choose a course, or name a colleague." in refused.content.decode()
    client.post(f"{URL}shares/", {"course": school.course.public_id, "level": "read"})
    row = BankShare.objects.get(bank=bank)
    assert (row.course, row.level) == (school.course, "read")
    assert f"Stop sharing with {school.course.title}" in page(client, URL)
    client.post(f"{URL}shares/{row.public_id}/end/")
    assert not BankShare.objects.exists()


def test_nobody_elses_questions_are_shown(school: School, bank: QuestionBank) -> None:
    write(school, bank, QuestionKind.ESSAY)
    share_with_course(
        actor=school.actor("instructor"), bank=bank, course=school.course, level=ShareLevel.WRITE
    )
    for who, status in (("assistant", 200), ("other_instructor", 200), ("learner", 403)):
        answer = client_of(school, who).get(URL)
        assert answer.status_code == status
        assert "Why do people build cairns?" not in answer.content.decode()
        form = {"course": school.course.public_id, "all": "1", "here": "keep"}
        client_of(school, who).post(f"{URL}bring/", form)
    assert Question.objects.count() == 1


def test_the_page_of_teaching_leads_there(school: School, client: Client) -> None:
    assert f'href="{URL}"' in page(client, "/teach/")


def test_more_questions_cost_no_more_queries(
    school: School, client: Client, bank: QuestionBank
) -> None:
    write(school, bank, QuestionKind.ESSAY, "a")

    def another() -> None:
        write(school, bank, QuestionKind.NUMERIC, "b", "c")

    assert_constant_queries(lambda: client.get(URL), another, most=25)


def test_the_page_belongs_to_teaching_in_the_navigation(client: Client) -> None:
    for address, lit in ((URL, "Teach"), ("/me/", "My learning")):
        bar = page(client, address).partition('<header class="topbar')[2].partition("</header>")[0]
        assert re.findall(r'aria-current="page">([^<]+)</a>', bar) == [lit]
