from decimal import Decimal
from typing import Any

import pytest

from assessments.enums import BulkVerb, QuestionKind, QuestionState
from assessments.models import BulkEdit, Question, QuestionBank
from assessments.scoring.content import Option, QuestionContent
from assessments.services.bank import create_question, retire_question, revise_question
from assessments.services.bank_share import open_own_bank
from assessments.services.bulk_undo import undo_change
from assessments.services.filing import Filing, file_question
from assessments.services.learning_outcome import OutcomeFields, add_outcome
from assessments.services.question_bulk import BulkChange, change_questions, preview_bulk
from assessments.services.question_category import add_category, delete_category
from assessments.services.quiz_items import add_item
from assessments.tests.factories import CONTENTS, School, make_question, make_quiz, make_school
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db
SINGLE = CONTENTS[QuestionKind.SINGLE_CHOICE]


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def teacher(school: School) -> Actor:
    return school.actor("instructor")


@pytest.fixture
def three(school: School) -> list[Question]:
    return [make_question(school) for _n in range(3)]


def changes(school: School, bank: QuestionBank) -> dict[BulkVerb, dict[str, Any]]:
    teacher = school.actor("instructor")
    outcome = add_outcome(
        actor=teacher, course=school.course, fields=OutcomeFields(code="G1", title="Tell")
    )
    return {
        BulkVerb.MOVE: {"category": add_category(actor=teacher, bank=bank, name="Rocks")},
        BulkVerb.TAG: {"tags": ["lava", "hot"]},
        BulkVerb.UNTAG: {"tags": ["OLD"]},
        BulkVerb.SERVE: {"outcomes": [outcome]},
        BulkVerb.UNSERVE: {"outcomes": [outcome]},
        BulkVerb.STATE: {"state": QuestionState.RETIRED},
        BulkVerb.DIFFICULTY: {"difficulty": "hard"},
        BulkVerb.POINTS: {"points": Decimal(3)},
        BulkVerb.COPY: {"bank": open_own_bank(actor=teacher)},
    }


def told(bank: QuestionBank) -> list[tuple[Any, ...]]:
    """All that a change may touch."""
    return [
        (
            row.pk,
            row.category_id,
            row.state,
            row.difficulty,
            row.latest and row.latest.points,
            sorted(row.tags.values_list("name", flat=True)),
            sorted(row.outcomes.values_list("code", flat=True)),
        )
        for row in bank.questions.select_related("latest").order_by("pk")
    ]


@pytest.mark.parametrize("verb", BulkVerb)
def test_what_is_previewed_is_done_and_can_be_taken_back(
    school: School, teacher: Actor, three: list[Question], verb: BulkVerb
) -> None:
    bank = three[0].bank
    fields = changes(school, bank)
    outcome = fields[BulkVerb.SERVE]["outcomes"]
    if verb == BulkVerb.UNSERVE:
        for row in three:
            file_question(actor=teacher, question=row, filing=Filing(outcomes=outcome))
    file_question(
        actor=teacher,
        question=three[0],
        filing=Filing(tags=["old"], outcomes=outcome if verb == BulkVerb.UNSERVE else ()),
    )
    change = BulkChange(verb=verb, **fields[verb])
    before, own = told(bank), open_own_bank(actor=teacher)
    seen = preview_bulk(actor=teacher, bank=bank, questions=three, change=change)
    assert told(bank) == before
    assert BulkEdit.objects.count() == 0
    done = change_questions(actor=teacher, bank=bank, questions=three, change=change)
    assert (done.changed, done.same, done.refused) == (seen.changed, seen.same, seen.refused)
    assert done.changed == (1 if verb == BulkVerb.UNTAG else 3)
    after = told(own if verb == BulkVerb.COPY else bank)
    assert after not in ([], before)
    if verb != BulkVerb.COPY:
        again = preview_bulk(actor=teacher, bank=bank, questions=three, change=change)
        assert (again.changed, again.same) == (0, 3)
    assert done.edit is not None
    back = undo_change(actor=teacher, edit=done.edit)
    assert (back.changed, back.refused) == (done.changed, ())
    assert told(bank) == before
    own.refresh_from_db()
    assert (own.questions.count(), own.question_count) == (0, 0)
    with pytest.raises(Conflict):
        undo_change(actor=teacher, edit=done.edit)


@pytest.mark.parametrize("verb", BulkVerb)
def test_a_change_costs_the_same_for_any_number(
    school: School, teacher: Actor, three: list[Question], verb: BulkVerb
) -> None:
    bank = three[0].bank
    fields = changes(school, bank)
    outcomes = fields[BulkVerb.SERVE]["outcomes"] if verb == BulkVerb.UNSERVE else ()

    def file(row: Question) -> None:
        filing = Filing(tags=["old"], outcomes=outcomes)
        file_question(actor=teacher, question=row, filing=filing)

    def act() -> None:
        rows = list(Question.objects.filter(bank=bank))
        done = change_questions(
            actor=teacher,
            bank=bank,
            questions=rows,
            change=BulkChange(verb=verb, **fields[verb]),
        )
        assert done.edit is not None
        undo_change(actor=teacher, edit=done.edit)

    for row in three:
        file(row)
    assert_constant_queries(act, lambda: file(make_question(school)))


def test_what_cannot_be_changed_is_named_and_stays_whole(
    school: School, teacher: Actor, three: list[Question]
) -> None:
    asked, _free, retired = three
    add_item(actor=teacher, quiz=make_quiz(school, QuestionKind.TRUE_FALSE), question=asked)
    retire_question(actor=teacher, question=retired)
    incomplete = create_question(
        actor=teacher,
        course=school.course,
        content=QuestionContent(
            kind=QuestionKind.SINGLE_CHOICE, stem="Which?", options=(Option("a"), Option("b"))
        ),
        state=QuestionState.DRAFT,
    )
    rows, bank = [*three, incomplete], asked.bank
    draft = BulkChange(verb=BulkVerb.STATE, state=QuestionState.DRAFT)
    done = change_questions(actor=teacher, bank=bank, questions=rows, change=draft)
    assert (done.changed, done.same) == (2, 1)
    assert [(one.question, one.reason) for one in done.refused] == [
        (asked.public_id, "A quiz asks it.")
    ]
    ready = BulkChange(verb=BulkVerb.STATE, state=QuestionState.READY)
    done = change_questions(actor=teacher, bank=bank, questions=rows, change=ready)
    assert (done.changed, done.same) == (2, 1)
    assert [one.question for one in done.refused] == [incomplete.public_id]
    incomplete.refresh_from_db()
    assert (incomplete.state, incomplete.version) == ("draft", 1)


def test_taking_back_leaves_what_was_changed_since(
    school: School, teacher: Actor, three: list[Question]
) -> None:
    bank = three[0].bank
    place = add_category(actor=teacher, bank=bank, name="Rocks")
    for row in three:
        file_question(actor=teacher, question=row, filing=Filing(category=place))
    change = BulkChange(verb=BulkVerb.MOVE)
    done = change_questions(actor=teacher, bank=bank, questions=three, change=change)
    revise_question(actor=teacher, question=three[1], content=SINGLE)
    delete_category(actor=teacher, category=place)
    assert done.edit is not None
    back = undo_change(actor=teacher, edit=done.edit)
    assert [(one.question, one.reason) for one in back.refused] == [
        (three[1].public_id, "It was changed since.")
    ]
    assert set(bank.questions.values_list("category", flat=True)) == {None}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (BulkChange(verb=BulkVerb.TAG, tags=["a,b"]), "tags"),
        (BulkChange(verb=BulkVerb.TAG), "tags"),
        (BulkChange(verb=BulkVerb.SERVE), "outcomes"),
        (BulkChange(verb=BulkVerb.STATE, state="odd"), "state"),
        (BulkChange(verb=BulkVerb.DIFFICULTY, difficulty="odd"), "difficulty"),
        (BulkChange(verb=BulkVerb.POINTS), "points"),
        (BulkChange(verb=BulkVerb.POINTS, points=Decimal("NaN")), "points"),
        (BulkChange(verb=BulkVerb.COPY), "bank"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    teacher: Actor, three: list[Question], change: BulkChange, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        preview_bulk(actor=teacher, bank=three[0].bank, questions=three, change=change)
    assert list(refused.value.errors) == [field]


def test_a_change_is_for_who_may_edit_and_its_undo_for_who_made_it(  # Z2 Z3
    school: School, teacher: Actor, three: list[Question]
) -> None:
    bank, other = three[0].bank, make_school()
    foreign = make_question(other)
    change = BulkChange(verb=BulkVerb.DIFFICULTY, difficulty="hard")
    for who, error in (("assistant", Denied), ("learner", NotFound), ("outsider", NotFound)):
        with pytest.raises(error):
            change_questions(actor=school.actor(who), bank=bank, questions=three, change=change)
    done = change_questions(actor=teacher, bank=bank, questions=[*three, foreign], change=change)
    assert done.changed == 3
    foreign.refresh_from_db()
    assert foreign.difficulty == ""
    assert done.edit is not None
    with pytest.raises(NotFound):
        undo_change(actor=school.actor("admin"), edit=done.edit)
    copy = BulkChange(verb=BulkVerb.COPY, bank=foreign.bank)
    with pytest.raises(NotFound):
        change_questions(actor=teacher, bank=bank, questions=three, change=copy)


def test_copies_need_their_picture_and_keep_their_tags(school: School, teacher: Actor) -> None:
    plain, picture = make_question(school), make_question(school, QuestionKind.HOTSPOT)
    file_question(actor=teacher, question=plain, filing=Filing(tags=["Lava"]))
    own = open_own_bank(actor=teacher)
    done = change_questions(
        actor=teacher,
        bank=plain.bank,
        questions=[plain, picture],
        change=BulkChange(verb=BulkVerb.COPY, bank=own),
    )
    assert [one.question for one in done.refused] == [picture.public_id]
    copy = own.questions.get()
    assert (copy.origin, copy.state, copy.text) == ("copied", "ready", plain.text)
    assert [one.name for one in copy.tags.all()] == ["Lava"]
    assert copy.latest is not None
    assert copy.latest.provenance == {"copy_of": plain.public_id}
