from urllib.parse import parse_qs, urlparse

import pytest
from django.test import Client

from assessments.enums import QuestionKind, QuestionState, ShareLevel
from assessments.models import BankShare, BulkEdit, Question, QuestionBank
from assessments.queries.content import version_content
from assessments.services.bank import add_question
from assessments.services.bank_share import open_own_bank, share_with_course
from assessments.services.filing import Filing, file_question
from assessments.services.learning_outcome import OutcomeFields, add_outcome
from assessments.services.question_category import add_category
from assessments.services.quiz_items import add_item
from assessments.tests.factories import CONTENTS, School, make_question, make_quiz, make_school
from assessments.tests.views.test_attempt import client_of, page
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def client(school: School) -> Client:
    return client_of(school, "instructor")


def url(school: School, rest: str = "") -> str:
    return f"/teach/{school.course.slug}/bank/{rest}"


def filed(school: School) -> dict[str, str]:
    """Three questions: in Lava inside Rocks, in Plants, in no category; ids by name."""
    actor = school.actor("instructor")
    stone, plant, loose = (make_question(school, stem=f"What of {n}?") for n in "ABC")
    bank = stone.bank
    rocks = add_category(actor=actor, bank=bank, name="Rocks")
    lava = add_category(actor=actor, bank=bank, name="Lava", parent=rocks)
    plants = add_category(actor=actor, bank=bank, name="Plants")
    fields = OutcomeFields(code="G1", title="Tell rocks apart")
    outcome = add_outcome(actor=actor, course=school.course, fields=fields)
    filing = Filing(category=lava, tags=["volcanic"], outcomes=[outcome])
    file_question(actor=actor, question=stone, filing=filing)
    file_question(actor=actor, question=plant, filing=Filing(category=plants))
    return {
        "rocks": rocks.public_id,
        "lava": lava.public_id,
        "tag": bank.tags.get().public_id,
        "outcome": outcome.public_id,
        "author": school.instructor.public_id,
        "stone": stone.public_id,
        "plant": plant.public_id,
        "loose": loose.public_id,
    }


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", "ABC"),
        ("category={rocks}", "A"),
        ("category={lava}", "A"),
        ("category=none", "C"),
        ("tag={tag}", "A"),
        ("outcome={outcome}", "A"),
        ("author={author}", "ABC"),
        ("source=written", "ABC"),
        ("source=imported", ""),
        ("search=of+B", "B"),
        ("state=draft", ""),
        ("unused=1", "ABC"),
        ("category=-&tag=zz", ""),
    ],
)
def test_the_list_is_narrowed_by_its_address(
    school: School, client: Client, query: str, shown: str
) -> None:
    ids = filed(school)
    text = page(client, url(school, f"?{query.format(**ids)}"))
    assert [n for n in "ABC" if f"What of {n}?" in text] == list(shown)
    assert "Lava" in text  # the tree is always there


def test_each_filter_has_a_chip_that_takes_it_off(school: School, client: Client) -> None:
    ids = filed(school)
    query = f"?category={ids['rocks']}&tag={ids['tag']}&state=all&search=of"
    text = page(client, url(school, query))
    for words in ("“of”", "Rocks", "#volcanic", "Any state"):
        assert words in text
    chips = [part.split('"')[0] for part in text.split('class="chip" aria-current="true" href="')]
    without = [set(parse_qs(urlparse(one.replace("&amp;", "&")).query)) for one in chips[1:]]
    every = {"category", "tag", "state", "search"}
    assert sorted(map(sorted, without)) == sorted(sorted(every - {one}) for one in every)


def test_the_list_costs_the_same_for_any_number(school: School, client: Client) -> None:
    filed(school)
    actor = school.actor("instructor")

    def grow() -> None:
        row = make_question(school)
        file_question(actor=actor, question=row, filing=Filing(tags=["volcanic", row.public_id]))

    assert_constant_queries(lambda: client.get(url(school)), grow)


def test_many_are_changed_after_a_look_and_taken_back(school: School, client: Client) -> None:
    ids = filed(school)
    asked = Question.objects.get(public_id=ids["plant"])
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    add_item(actor=school.actor("instructor"), quiz=quiz, question=asked)
    bulk = url(school, "bulk/")
    chosen = f"?verb=state&id={ids['stone']}&id={ids['plant']}"
    assert "2 questions are chosen" in page(client, bulk + chosen)
    form = {"verb": "state", "state": "draft", "id": [ids["stone"], ids["plant"]]}
    look = client.post(bulk, {**form, "act": "look"}).content.decode()
    assert "Change 1 question" in look
    assert "A quiz asks it." in look
    assert BulkEdit.objects.count() == 0
    done = client.post(bulk, {**form, "act": "do"}, follow=True)
    stone = Question.objects.get(public_id=ids["stone"])
    assert stone.state == QuestionState.DRAFT
    assert "1 question changed." in done.content.decode()
    assert "A quiz asks it." in done.content.decode()
    undo = url(school, f"bulk/{BulkEdit.objects.get().public_id}/undo/")
    assert undo in done.content.decode()
    assert "1 question is as it was." in client.post(undo, follow=True).content.decode()
    stone.refresh_from_db()
    assert stone.state == QuestionState.READY


def test_all_that_the_list_shows_can_be_changed(school: School, client: Client) -> None:
    ids = filed(school)
    form = {"verb": "tag", "tags": "seen", "all": "1", "narrow": f"category={ids['rocks']}"}
    client.post(url(school, "bulk/"), {**form, "act": "do"})
    tagged = Question.objects.filter(tags__name="seen")
    assert [row.public_id for row in tagged] == [ids["stone"]]


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("move", {"category": ""}),
        ("untag", {"tags": "volcanic"}),
        ("serve", {"outcomes": "{outcome}"}),
        ("unserve", {"outcomes": "{outcome}"}),
        ("difficulty", {"difficulty": "hard"}),
        ("points", {"points": "3"}),
        ("copy", {"bank_to": "{own}"}),
    ],
)
def test_every_change_has_a_form(
    school: School, client: Client, verb: str, fields: dict[str, str]
) -> None:
    ids = filed(school)
    ids["own"] = open_own_bank(actor=school.actor("instructor")).public_id
    form = {name: value.format(**ids) for name, value in fields.items()}
    answer = client.post(
        url(school, "bulk/"), {"verb": verb, "all": "1", "narrow": "", "act": "do", **form}
    )
    assert answer.status_code == 302
    assert BulkEdit.objects.get().verb == verb
    wrong = client.post(
        url(school, "bulk/"),
        {"verb": "tag", "id": ids["stone"], "tags": "x" * 51, "act": "do"},
    )
    assert wrong.status_code == 400


def test_the_page_of_a_question_files_it(school: School, client: Client) -> None:
    ids = filed(school)
    row = Question.objects.get(public_id=ids["loose"])
    form = {
        "stem": "What of C?",
        "option-id": [o["id"] for o in row.latest.body["options"]],  # type: ignore[union-attr]
        "option-text": ["Basalt", "Chalk", "Slate"],
        "option-feedback": ["", "", ""],
        "option-correct": ["0"],
        "points": "1",
        "difficulty": "",
        "explanation": "",
        "hint-text": ["Think **hot**.", ""],
        "filing-category": ids["lava"],
        "filing-tags": "hot, VOLCANIC",
        "filing-outcomes": [ids["outcome"]],
        "filing-state": "draft",
        "version": row.version,
    }
    here = url(school, f"{row.public_id}/")
    tried = client.post(here, {**form, "act": "preview"}).content.decode()
    assert "<strong>hot</strong>" in tried
    assert client.post(here, {**form, "act": "save"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.category and row.category.name) == ("draft", "Lava")
    assert sorted(one.name for one in row.tags.all()) == ["hot", "volcanic"]
    assert version_content(row.latest).hints == ("Think **hot**.",)
    text = page(client, here)
    assert "In Lava" not in text
    assert "No quiz asks it." in text
    assert client.post(here, {**form, "act": "save"}).status_code == 400  # somebody was faster


def test_a_draft_is_shown_and_tried_as_far_as_it_goes(school: School, client: Client) -> None:
    form = {
        "stem": "Which?",
        "option-id": ["", ""],
        "option-text": ["One", "Two"],
        "option-feedback": ["", ""],
        "points": "1",
        "filing-state": "draft",
    }
    new = url(school, "new/single_choice/")
    tried = client.post(new, {**form, "act": "try"}).content.decode()
    assert "Not complete yet" in tried
    assert client.post(new, {**form, "act": "save"}).status_code == 302
    row = Question.objects.get()
    assert row.state == QuestionState.DRAFT
    text = page(client, url(school, f"{row.public_id}/"))
    assert "Not complete yet" in text
    ready = client.post(url(school, f"{row.public_id}/ready/"), follow=True)
    assert "Mark one option as right" in ready.content.decode() or "right" in ready.content.decode()
    row.refresh_from_db()
    assert row.state == QuestionState.DRAFT
    assert client.post(new, {**form, "filing-state": "ready", "act": "save"}).status_code == 400


def test_a_lent_bank_is_read_from_the_course(school: School) -> None:
    other = make_school()
    teacher = other.actor("instructor")
    bank = open_own_bank(actor=teacher)
    row = add_question(actor=teacher, bank=bank, content=CONTENTS[QuestionKind.TRUE_FALSE])
    client = client_of(school, "instructor")
    there = url(school, f"?bank={bank.public_id}")
    page(client, there, 404)
    share_with_course(
        actor=school.actor("admin"), bank=bank, course=school.course, level=ShareLevel.READ
    )
    text = page(client, there)
    assert "A cairn is a pile of stones." in text
    assert "New question" not in text
    shown = page(client, url(school, f"{row.public_id}/"))
    assert 'value="save"' not in shown
    page(client, url(school, f"shares/?bank={bank.public_id}"), 403)
    share = BankShare.objects.get()
    ended = client.post(url(school, f"shares/{share.public_id}/end/?bank={bank.public_id}"))
    assert ended.status_code == 302
    page(client, there, 404)


def test_banks_are_lent_on_their_page(school: School, client: Client) -> None:
    other = make_school()
    client.post(url(school, "own/"))
    bank = QuestionBank.objects.get(owner=school.instructor)
    here = url(school, f"shares/?bank={bank.public_id}")
    assert "Shared with nobody yet" in page(client, here)
    for form, status in (
        ({"course": school.course.public_id, "level": "read"}, 302),
        ({"email": other.instructor.email, "level": "write"}, 302),
        ({"email": school.learner.email, "level": "read"}, 400),
        ({"level": "read"}, 400),
        ({"course": other.course.public_id, "level": "read"}, 400),
    ):
        assert client.post(here, form).status_code == status
    text = page(client, here)
    assert school.course.title in text
    assert other.instructor.display_name in text


def test_categories_and_tags_are_put_in_order(school: School, client: Client) -> None:
    ids = filed(school)
    shelf = url(school, "shelf/")
    one = shelf + "categories/"
    bank = QuestionBank.objects.get(course=school.course)

    def names() -> list[str]:
        rows = bank.categories.order_by("depth", "ordinal")
        return [row.name for row in rows]

    assert client.post(shelf, {"name": "Ice", "parent": ids["rocks"]}).status_code == 302
    assert client.post(shelf, {"name": "ICE", "parent": ids["rocks"]}).status_code == 400
    assert names() == ["Rocks", "Plants", "Lava", "Ice"]
    client.post(f"{one}{ids['rocks']}/down/")
    client.post(f"{one}{ids['lava']}/rename/", {"name": "Magma"})
    assert names() == ["Plants", "Rocks", "Magma", "Ice"]
    answer = client.post(f"{one}{ids['rocks']}/move/", {"parent": ids["lava"]}, follow=True)
    assert "A category cannot be inside itself." in answer.content.decode()
    client.post(f"{one}{ids['lava']}/merge/", {"into": ids["rocks"]})
    answer = client.post(f"{one}{ids['rocks']}/delete/", {"into": ""}, follow=True)
    assert "1 question is filed anew." in answer.content.decode()
    assert names() == ["Plants"]
    assert client.post(f"{shelf}tags/{ids['tag']}/rename/", {"name": "hot"}).status_code == 302
    assert bank.tags.get().name == "hot"
    client.post(f"{shelf}tags/{ids['tag']}/delete/")
    assert not bank.tags.exists()
    foreign = filed(make_school())
    assert client.post(f"{one}{foreign['rocks']}/delete/").status_code == 404  # Z3
    assert client.post(f"{shelf}tags/{foreign['tag']}/delete/").status_code == 404


def test_outcomes_are_written_on_their_page(school: School, client: Client) -> None:
    here = url(school, "outcomes/")
    assert "No outcomes yet" in page(client, here)
    for code in ("G1", "G2"):
        client.post(here, {"code": code, "title": f"Outcome {code}", "description": "*So.*"})
    assert client.post(here, {"code": "g1", "title": "Twice"}).status_code == 400
    first, second = school.course.learning_outcomes.order_by("id")
    client.post(f"{here}{second.public_id}/up/")
    assert [row.code for row in school.course.learning_outcomes.all()] == ["G2", "G1"]
    wrong = client.post(f"{here}{first.public_id}/save/", {"code": "", "title": "T"})
    assert wrong.status_code == 400
    built = {"code": "G2", "title": "T", "prerequisites": "g1"}
    client.post(f"{here}{second.public_id}/save/", built)
    assert 'value="G1"' in page(client, here)
    built = {"code": "G1", "title": "T", "prerequisites": "G2"}
    wrong = client.post(f"{here}{first.public_id}/save/", built)
    assert (wrong.status_code, "G1 → G2 → G1" in wrong.content.decode()) == (400, True)
    wrong = client.post(f"{here}{first.public_id}/save/", {**built, "prerequisites": "G7"})
    assert "no outcome of the code “G7”" in wrong.content.decode()
    client.post(f"{here}{first.public_id}/save/", {"code": "G9", "title": "T"})
    client.post(f"{here}{second.public_id}/delete/")
    assert [row.code for row in school.course.learning_outcomes.all()] == ["G9"]
    assert "New outcome" not in page(client_of(school, "assistant"), here)
