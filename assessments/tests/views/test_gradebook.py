import json
import re
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client

from assessments.enums import Aggregate
from assessments.models import Grade, Gradebook, GradeCategory, GradeItem
from assessments.tests.factories import School, make_attempt, make_quiz, make_school

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def teacher(school: School) -> Client:
    client = Client()
    client.force_login(school.instructor)
    return client


def base(school: School) -> str:
    return f"/teach/{school.course.slug}/gradebook"


def talk(school: School, teacher: Client) -> GradeItem:
    teacher.post(
        f"{base(school)}/columns/new/", {"title": "Talk", "max_score": "10", "weight": "1"}
    )
    return GradeItem.objects.get(title="Talk")


def test_the_page_ships_its_words_and_no_cell(school: School, teacher: Client) -> None:
    make_attempt(school, make_quiz(school))
    page = teacher.get(f"{base(school)}/").content.decode()
    words = json.loads(unescape(re.search(r'data-words="([^"]*)"', page).group(1)))  # type: ignore[union-attr]
    assert words["statuses"]["excused"] == "Excused"
    assert f'data-url="/api/v1/gradebook/{school.course.public_id}/"' in page
    assert school.learner.display_name not in page


def test_the_plain_table_needs_no_script(school: School, teacher: Client) -> None:
    quiz = make_quiz(school)
    make_attempt(school, quiz, wrong=1)
    page = teacher.get(f"{base(school)}/?view=plain").content.decode()
    cell = f"{base(school)}/cells/{quiz.grade_item.public_id}/{school.learner.public_id}/"
    assert re.search(rf'href="{cell}">5<', page)
    assert "83.33 %" in page


def test_a_cell_has_a_page_of_its_own(school: School, teacher: Client) -> None:
    item = talk(school, teacher)
    url = f"{base(school)}/cells/{item.public_id}/{school.learner.public_id}/"
    send = {"score": "7.5", "status": "graded", "reason": "Clear.", "version": "0"}
    assert teacher.post(url, send).status_code == 302
    page = teacher.get(url).content.decode()
    assert "Clear." in page
    assert school.instructor.display_name in page
    again = teacher.post(url, {**send, "score": "8"})
    assert again.status_code == 400
    assert "changed by somebody else" in again.content.decode()
    bad = teacher.post(url, {**send, "score": "11", "version": "1"})
    assert "between 0 and 10" in bad.content.decode()
    assert Grade.objects.get().score == 7.5


def test_setting_up_by_forms(school: School, teacher: Client) -> None:
    send = {
        "rule": "mean",
        "ungraded": "zero",
        "show_totals": "on",
        "levels": "A 90\nB- 50.5\nF 0",
        "periods": "Autumn; 2026-09-01; 2026-12-31; closed",
        "version": "0",
    }
    assert teacher.post(f"{base(school)}/setup/", send).status_code == 302
    book = Gradebook.objects.get()
    assert (book.rule, book.levels[1]) == (Aggregate.MEAN, {"label": "B-", "least": "50.5"})
    assert (book.periods[0]["name"], book.periods[0]["closed"]) == ("Autumn", True)
    key = book.periods[0]["key"]
    for field, text in (("levels", "A ninety"), ("levels", "A 90"), ("periods", "Autumn; soon")):
        wrong = teacher.post(f"{base(school)}/setup/", {**send, field: text, "version": "1"})
        assert wrong.status_code == 400
    assert teacher.post(f"{base(school)}/setup/", {**send, "version": "1"}).status_code == 302
    assert Gradebook.objects.get().periods[0]["key"] == key
    assert "A 90" in teacher.get(f"{base(school)}/setup/").content.decode()


def test_categories_and_columns_by_forms(school: School, teacher: Client) -> None:
    send = {"name": "Talks", "rule": "mean", "weight": "2", "drop_lowest": "1", "drop_highest": "0"}
    assert teacher.post(f"{base(school)}/categories/new/", send).status_code == 302
    row = GradeCategory.objects.get()
    one = f"{base(school)}/categories/{row.public_id}/"
    assert teacher.post(one, {**send, "name": "Speeches"}).status_code == 302
    assert teacher.post(one, {**send, "drop_lowest": "99"}).status_code == 400
    assert "Speeches" in teacher.get(one).content.decode()
    item = talk(school, teacher)
    url = f"{base(school)}/columns/{item.public_id}/"
    fields = {"title": "Speech", "max_score": "20", "category": row.public_id, "weight": "3"}
    assert teacher.post(url, fields).status_code == 302
    item.refresh_from_db()
    assert (item.title, item.category) == ("Speech", row)
    assert (item.max_score, item.weight) == (Decimal(20), Decimal(3))
    assert teacher.post(one, {"remove": "1"}).status_code == 302
    item.refresh_from_db()
    assert item.category is None
    teacher.post(f"{url}remove/")
    assert not GradeItem.objects.filter(pk=item.pk).exists()


def test_statuses_by_forms(school: School, teacher: Client) -> None:
    setup = f"{base(school)}/setup/"
    assert "None of your own" in teacher.get(setup).content.decode()
    send = {
        "name": "Incomplete",
        "sign": "INC",
        "colour": "warn",
        "effect": "percent",
        "percent": "50",
        "version": "0",
    }
    new = f"{base(school)}/statuses/new/"
    for field, text in (("sign", "ex"), ("percent", "200"), ("colour", "x"), ("version", "4")):
        assert teacher.post(new, {**send, field: text}).status_code == 400
    assert teacher.post(new, send).status_code == 302
    (one,) = Gradebook.objects.get().statuses
    page = teacher.get(setup).content.decode()
    assert "counts as 50 % of the points" in page
    url = f"{base(school)}/statuses/{one['key']}/"
    assert teacher.get(url).status_code == 200
    assert teacher.get(f"{base(school)}/statuses/own_none/").status_code == 404
    changed = {**send, "name": "Not done", "effect": "zero", "version": "1"}
    assert teacher.post(url, changed).status_code == 302
    item = talk(school, teacher)
    cell = f"{base(school)}/cells/{item.public_id}/{school.learner.public_id}/"
    assert teacher.post(cell, {"status": one["key"], "version": "0"}).status_code == 302
    assert "<strong>Not done</strong>" in teacher.get(cell).content.decode()
    assert "Not done" in teacher.get(f"{base(school)}/?view=plain").content.decode()
    for verb, archived in (("remove", False), ("archive", True), ("restore", False)):
        assert teacher.post(f"{url}{verb}/").status_code == 302
        assert [row["archived"] for row in Gradebook.objects.get().statuses] == [archived]
    teacher.post(f"{url}archive/")
    other = f"{base(school)}/cells/{item.public_id}/{school.classmate.public_id}/"
    assert one["key"] in teacher.get(cell).content.decode()
    assert one["key"] not in teacher.get(other).content.decode()


def test_posting_and_curving_by_buttons(school: School, teacher: Client) -> None:
    item = talk(school, teacher)
    cell = f"{base(school)}/cells/{item.public_id}/{school.learner.public_id}/"
    teacher.post(cell, {"score": "4", "status": "graded", "version": "0"})
    url = f"{base(school)}/columns/{item.public_id}/"
    page = teacher.get(url).content.decode()
    assert "1 grade is not posted" in page
    assert "<bdi>40%</bdi>" in page
    steps = [
        ("post", {}, ("4.0000", True)),
        ("hide", {}, ("4.0000", False)),
        ("curve", {"kind": "flat", "points": "2"}, ("6.0000", False)),
        ("uncurve", {}, ("4.0000", False)),
        ("curve", {"kind": "flat", "points": "much"}, ("4.0000", False)),
        ("remove", {}, ("4.0000", False)),
    ]
    for verb, data, expected in steps:
        assert teacher.post(f"{url}{verb}/", data).status_code == 302
        grade = Grade.objects.get()
        assert (str(grade.score), grade.released) == expected, verb
