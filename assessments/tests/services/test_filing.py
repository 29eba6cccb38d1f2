from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.enums import QuestionKind, QuestionState
from assessments.models import Question, QuestionBank, QuestionCategory, QuestionTag
from assessments.models.filing import MAX_FOLDED, MAX_NAME, MAX_TAG
from assessments.queries.content import version_content
from assessments.queries.filing import category_tree, outcomes, subtree_ids, tags
from assessments.scoring import naming
from assessments.scoring.content import Option
from assessments.services.bank import (
    create_question,
    duplicate_question,
    restore_question,
    retire_question,
    revise_question,
    set_state,
)
from assessments.services.filing import Filing, file_question
from assessments.services.learning_outcome import (
    OutcomeFields,
    add_outcome,
    delete_outcome,
    reorder_outcomes,
    update_outcome,
)
from assessments.services.question_category import (
    MAX_DEPTH,
    add_category,
    delete_category,
    merge_category,
    move_category,
    rename_category,
)
from assessments.services.question_tag import delete_tag, merge_tag, rename_tag
from assessments.services.quiz_items import add_item
from assessments.tests.factories import CONTENTS, School, make_question, make_quiz, make_school
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Denied, Invalid, KernelError, NotFound, Stale
from lms.kernel.testing import assert_constant_queries, count_queries

pytestmark = pytest.mark.django_db
NONE_RIGHT = (Option(text="Basalt"), Option(text="Chalk"))


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def teacher(school: School) -> Actor:
    return school.actor("instructor")


@pytest.fixture
def bank(school: School) -> QuestionBank:
    return make_question(school).bank


def shape(actor: Actor, bank: QuestionBank) -> list[tuple[str, int, int]]:
    return [(node.words, node.count, node.total) for node in category_tree(actor, bank)]


def test_the_tree_has_its_counts_in_one_query(teacher: Actor, bank: QuestionBank) -> None:
    rocks = add_category(actor=teacher, bank=bank, name="Rocks")
    lava = add_category(actor=teacher, bank=bank, name="Lava", parent=rocks)
    add_category(actor=teacher, bank=bank, name="Plants")
    question = bank.questions.get()
    file_question(actor=teacher, question=question, filing=Filing(category=lava))
    assert shape(teacher, bank) == [("Rocks", 0, 1), ("Rocks / Lava", 1, 1), ("Plants", 0, 0)]
    retire_question(actor=teacher, question=question)
    assert shape(teacher, bank)[0] == ("Rocks", 0, 0)
    rules = count_queries(lambda: tags(teacher, bank))
    assert count_queries(lambda: category_tree(teacher, bank)) == rules + 1
    assert_constant_queries(
        lambda: category_tree(teacher, bank),
        lambda: add_category(
            actor=teacher, bank=bank, name=f"More {bank.categories.count()}", parent=lava
        ),
    )
    assert count_queries(lambda: subtree_ids(rocks.public_id)) == 1
    assert {rocks.pk, lava.pk} < subtree_ids(rocks.public_id)


def test_names_are_unique_among_siblings_alone(teacher: Actor, bank: QuestionBank) -> None:
    rocks = add_category(actor=teacher, bank=bank, name="  Rocks   and  ice ")
    assert rocks.name == "Rocks and ice"
    inner = add_category(actor=teacher, bank=bank, name="ROCKS AND ICE", parent=rocks)
    for refused in (
        lambda: add_category(actor=teacher, bank=bank, name="rocks and ice"),
        lambda: rename_category(actor=teacher, category=_other(teacher, bank), name=rocks.name),
        lambda: move_category(actor=teacher, category=inner, parent=None),
        lambda: add_category(actor=teacher, bank=bank, name=" "),
        lambda: add_category(actor=teacher, bank=bank, name="a\nb"),
        lambda: add_category(actor=teacher, bank=bank, name="\ufdfa" * 60),
    ):
        with pytest.raises(Invalid) as problem:
            refused()
        assert list(problem.value.errors) == ["name"]
    renamed = rename_category(actor=teacher, category=rocks, name="rocks and ICE", expected=1)
    assert (renamed.name, renamed.version) == ("rocks and ICE", 2)
    with pytest.raises(Stale):
        rename_category(actor=teacher, category=rocks, name="Stones", expected=1)


def _other(teacher: Actor, bank: QuestionBank) -> QuestionCategory:
    return add_category(actor=teacher, bank=bank, name=f"Other {bank.categories.count()}")


def test_a_tree_has_no_cycle_and_is_bounded(teacher: Actor, bank: QuestionBank) -> None:
    rows: list[QuestionCategory] = []
    for n in range(MAX_DEPTH):
        parent = rows[-1] if rows else None
        rows.append(add_category(actor=teacher, bank=bank, name=f"Level {n}", parent=parent))
    with pytest.raises(Invalid):
        add_category(actor=teacher, bank=bank, name="Too deep", parent=rows[-1])
    for inside in (rows[0], rows[-1]):
        with pytest.raises(Invalid):
            move_category(actor=teacher, category=rows[0], parent=inside)
    pair = add_category(actor=teacher, bank=bank, name="Pair")
    add_category(actor=teacher, bank=bank, name="Inner", parent=pair)
    with pytest.raises(Invalid):
        move_category(actor=teacher, category=pair, parent=rows[-2])
    move_category(actor=teacher, category=pair, parent=rows[-3])
    assert max(node.depth for node in category_tree(teacher, bank)) == MAX_DEPTH


def test_categories_are_ordered_among_siblings(teacher: Actor, bank: QuestionBank) -> None:
    a, b, c = (add_category(actor=teacher, bank=bank, name=name) for name in "ABC")
    move_category(actor=teacher, category=c, parent=None, place=0)
    assert [node.row.name for node in category_tree(teacher, bank)] == ["C", "A", "B"]
    move_category(actor=teacher, category=a, parent=None, place=99)
    assert [node.row.name for node in category_tree(teacher, bank)] == ["C", "B", "A"]
    move_category(actor=teacher, category=b, parent=a)
    assert [node.words for node in category_tree(teacher, bank)] == ["C", "A", "A / B"]


def test_merging_pours_questions_and_same_categories_together(
    school: School, teacher: Actor, bank: QuestionBank
) -> None:
    left, right = (add_category(actor=teacher, bank=bank, name=name) for name in ("L", "R"))
    same = [add_category(actor=teacher, bank=bank, name="Same", parent=p) for p in (left, right)]
    only = add_category(actor=teacher, bank=bank, name="Only", parent=left)
    for place in (left, same[0], same[1], only):
        question = make_question(school)
        file_question(actor=teacher, question=question, filing=Filing(category=place))
    with pytest.raises(Invalid):
        merge_category(actor=teacher, category=left, into=only)
    assert merge_category(actor=teacher, category=left, into=right) == 2
    assert shape(teacher, bank) == [("R", 1, 4), ("R / Same", 2, 2), ("R / Only", 1, 1)]


def test_deleting_says_where_the_questions_go(
    school: School, teacher: Actor, bank: QuestionBank
) -> None:
    rocks, plants = (add_category(actor=teacher, bank=bank, name=n) for n in ("Rocks", "Plants"))
    lava = add_category(actor=teacher, bank=bank, name="Lava", parent=rocks)
    question = bank.questions.get()
    file_question(actor=teacher, question=question, filing=Filing(category=lava))
    for wrong in (lava, rocks, _foreign()):
        with pytest.raises(Invalid):
            delete_category(actor=teacher, category=rocks, into=wrong)
    assert delete_category(actor=teacher, category=rocks, into=plants) == 1
    assert shape(teacher, bank) == [("Plants", 1, 1)]
    assert delete_category(actor=teacher, category=plants) == 1
    question.refresh_from_db()
    assert question.category is None


def _foreign() -> QuestionCategory:
    other = make_school()
    bank = make_question(other).bank
    return add_category(actor=other.actor("instructor"), bank=bank, name="Foreign")


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_any_moves_leave_a_tree(data: st.DataObject) -> None:
    school = make_school()
    teacher, bank = school.actor("instructor"), make_question(school).bank
    for n in range(6):
        add_category(actor=teacher, bank=bank, name=f"C{n}")
    for _step in range(8):
        rows = list(bank.categories.order_by("id"))
        row, to = data.draw(st.sampled_from(rows)), data.draw(st.sampled_from([None, *rows]))
        try:
            move_category(
                actor=teacher, category=row, parent=to, place=data.draw(st.integers(0, 3))
            )
        except Invalid:
            continue
    tree = category_tree(teacher, bank)
    assert len(tree) == 6
    for node in tree:
        assert node.depth == len(node.path) == node.row.depth


def test_tags_are_the_same_however_they_are_spelled(
    school: School, teacher: Actor, bank: QuestionBank
) -> None:
    question = bank.questions.get()
    names = ["Volcanic", " volcanic ", "VOLCANIC", "Straße", "strasse", ""]
    row = file_question(actor=teacher, question=question, filing=Filing(tags=names))
    assert [one.folded for one in row.tags.all()] == ["strasse", "volcanic"]
    other = make_question(school)
    file_question(actor=teacher, question=other, filing=Filing(tags=["volcanic"]))
    assert [(one.folded, one.held) for one in tags(teacher, bank)] == [  # type: ignore[attr-defined]
        ("strasse", 1),
        ("volcanic", 2),
    ]
    for wrong in (["a,b"], ["x" * 51], ["a\x00"], [f"t{n}" for n in range(21)]):
        with pytest.raises(Invalid):
            file_question(actor=teacher, question=question, filing=Filing(tags=wrong))
    assert QuestionTag.objects.count() == 2


def test_tags_are_renamed_merged_and_deleted(teacher: Actor, bank: QuestionBank) -> None:
    question = bank.questions.get()
    file_question(actor=teacher, question=question, filing=Filing(tags=["lava", "magma"]))
    lava, magma = bank.tags.order_by("folded")
    with pytest.raises(Invalid):
        rename_tag(actor=teacher, tag=lava, name="MAGMA")
    assert rename_tag(actor=teacher, tag=lava, name="Lava flow").folded == "lava flow"
    with pytest.raises(Invalid):
        merge_tag(actor=teacher, tag=lava, into=lava)
    assert merge_tag(actor=teacher, tag=lava, into=magma) == 1
    assert [one.name for one in question.tags.all()] == ["magma"]
    assert delete_tag(actor=teacher, tag=magma) == 1
    assert not question.tags.exists()


def test_outcomes_have_codes_of_their_own_and_an_order(school: School, teacher: Actor) -> None:
    course = school.course
    first, second = (
        add_outcome(actor=teacher, course=course, fields=OutcomeFields(code=code, title="Tell"))
        for code in ("G1", "G2")
    )
    with pytest.raises(Invalid) as refused:
        add_outcome(actor=teacher, course=course, fields=OutcomeFields(code="g1", title="T"))
    assert list(refused.value.errors) == ["code"]
    changed = OutcomeFields(code="g1", title="Tell rocks apart", description="By *colour*.")
    assert update_outcome(actor=teacher, outcome=first, fields=changed, expected=1).version == 2
    with pytest.raises(Invalid):
        reorder_outcomes(actor=teacher, course=course, order=[first.public_id])
    reorder_outcomes(actor=teacher, course=course, order=[second.public_id, first.public_id])
    assert [row.code for row in outcomes(teacher, course)] == ["G2", "g1"]
    question = make_question(school)
    file_question(actor=teacher, question=question, filing=Filing(outcomes=[first, second]))
    assert question.outcomes.count() == 2
    assert delete_outcome(actor=teacher, outcome=first) == 1


def test_outcomes_build_on_others_without_a_circle(school: School, teacher: Actor) -> None:
    def fields(code: str, *on: Any) -> OutcomeFields:
        return OutcomeFields(code=code, title="Tell", prerequisites=on)

    first, second, third = (
        add_outcome(actor=teacher, course=school.course, fields=fields(code))
        for code in ("G1", "G2", "G3")
    )
    update_outcome(actor=teacher, outcome=second, fields=fields("G2", first))
    update_outcome(actor=teacher, outcome=third, fields=fields("G3", second))
    with pytest.raises(Invalid) as refused:
        update_outcome(actor=teacher, outcome=first, fields=fields("G1", third))
    assert "G1 → G3 → G2 → G1" in refused.value.errors["prerequisites"][0]
    with pytest.raises(Invalid):
        update_outcome(actor=teacher, outcome=first, fields=fields("G1", first))
    foreign = add_outcome(
        actor=(other := make_school()).actor("instructor"), course=other.course, fields=fields("X")
    )
    with pytest.raises(Invalid):
        update_outcome(actor=teacher, outcome=first, fields=fields("G1", foreign))
    kept = OutcomeFields(code="G3", title="Tell more")
    assert update_outcome(actor=teacher, outcome=third, fields=kept).prerequisites.get() == second
    delete_outcome(actor=teacher, outcome=second)
    assert third.prerequisites.count() == 0
    update_outcome(actor=teacher, outcome=first, fields=fields("G1", third))


def test_filing_takes_what_belongs_to_the_bank_alone(
    school: School, teacher: Actor, bank: QuestionBank
) -> None:
    foreign = _foreign()
    other = make_school()
    outcome = add_outcome(
        actor=other.actor("instructor"),
        course=other.course,
        fields=OutcomeFields(code="X", title="X"),
    )
    question = bank.questions.get()
    for field, filing in (
        ("category", Filing(category=foreign)),
        ("outcomes", Filing(outcomes=[outcome])),
    ):
        with pytest.raises(Invalid) as refused:
            file_question(actor=teacher, question=question, filing=filing)
        assert list(refused.value.errors) == [field]
    with pytest.raises(Stale):
        file_question(actor=teacher, question=question, filing=Filing(), expected=9)


@pytest.mark.parametrize("who", ["assistant", "learner", "outsider", "other_instructor"])
def test_only_instructors_file(school: School, bank: QuestionBank, who: str) -> None:  # Z2
    actor, teacher = school.actor(who), school.actor("instructor")
    question, place = bank.questions.get(), _other(teacher, bank)
    refused = Denied if who == "assistant" else NotFound
    acts: list[Any] = [
        lambda: add_category(actor=actor, bank=bank, name="Mine"),
        lambda: rename_category(actor=actor, category=place, name="Mine"),
        lambda: move_category(actor=actor, category=place, parent=None),
        lambda: delete_category(actor=actor, category=place),
        lambda: file_question(actor=actor, question=question, filing=Filing(tags=["mine"])),
        lambda: set_state(actor=actor, question=question, state=QuestionState.DRAFT),
    ]
    for act in acts:
        with pytest.raises(refused):
            act()
    assert [one.name for one in bank.categories.all()] == [place.name]
    assert not bank.tags.exists()


def test_a_draft_may_be_incomplete_and_is_never_asked(school: School, teacher: Actor) -> None:
    content = CONTENTS[QuestionKind.SINGLE_CHOICE]
    draft = create_question(
        actor=teacher,
        course=school.course,
        content=type(content)(kind=content.kind, stem="Which?", options=NONE_RIGHT),
        state=QuestionState.DRAFT,
    )
    quiz = make_quiz(school)
    with pytest.raises(Conflict) as refused:
        add_item(actor=teacher, quiz=quiz, question=draft)
    assert refused.value.code == "question_draft"
    with pytest.raises(Invalid) as incomplete:
        set_state(actor=teacher, question=draft, state=QuestionState.READY)
    assert list(incomplete.value.errors) == ["options"]
    assert retire_question(actor=teacher, question=draft).state == QuestionState.RETIRED
    assert restore_question(actor=teacher, question=draft).state == QuestionState.DRAFT
    copy = duplicate_question(actor=teacher, question=draft)
    assert (copy.state, copy.origin) == ("draft", "copied")
    revise_question(actor=teacher, question=draft, content=content)
    ready = set_state(actor=teacher, question=draft, state=QuestionState.READY)
    assert ready.state == QuestionState.READY
    add_item(actor=teacher, quiz=quiz, question=ready)
    with pytest.raises(Conflict) as used:
        set_state(actor=teacher, question=ready, state=QuestionState.DRAFT)
    assert used.value.code == "question_used"
    with pytest.raises(Invalid):
        revise_question(
            actor=teacher,
            question=ready,
            content=type(content)(kind=content.kind, stem="Which?", options=NONE_RIGHT),
        )


def test_a_copy_is_filed_like_its_model(school: School, teacher: Actor, bank: QuestionBank) -> None:
    place, question = _other(teacher, bank), bank.questions.get()
    file_question(actor=teacher, question=question, filing=Filing(category=place, tags=["lava"]))
    copy = duplicate_question(actor=teacher, question=Question.objects.get(pk=question.pk))
    assert copy.category == place
    assert [one.name for one in copy.tags.all()] == ["lava"]
    assert version_content(copy.latest).stem == version_content(question.latest).stem


def test_a_question_made_with_a_bad_filing_is_not_made(
    school: School, teacher: Actor, bank: QuestionBank
) -> None:
    count = Question.objects.count()
    foreign = _foreign()
    made = Question.objects.count()
    with pytest.raises(KernelError):
        create_question(
            actor=teacher,
            course=school.course,
            content=CONTENTS[QuestionKind.TRUE_FALSE],
            filing=Filing(category=foreign),
        )
    assert Question.objects.count() == made == count + 1


def test_names_are_as_long_as_the_tables_hold() -> None:
    assert (MAX_NAME, MAX_TAG) == (naming.MAX_CATEGORY, naming.MAX_TAG)
    assert MAX_FOLDED == naming.FOLDS_TO * MAX_NAME
