from dataclasses import replace
from decimal import Decimal

import pytest

from assessments.enums import Difficulty, QuestionKind, QuestionState
from assessments.models import Question, QuestionBank
from assessments.queries.content import version_content
from assessments.scoring.content import Option
from assessments.scoring.registry import type_of
from assessments.services.bank import (
    create_question,
    duplicate_question,
    restore_question,
    retire_question,
    revise_question,
)
from assessments.tests.factories import CONTENTS, School, make_question, make_school
from lms.kernel.errors import Denied, Invalid, NotFound, SignInRequired, Stale

pytestmark = pytest.mark.django_db
SINGLE = CONTENTS[QuestionKind.SINGLE_CHOICE]


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.mark.parametrize("kind", QuestionKind)
def test_create_question_stores_what_it_was_told(school: School, kind: QuestionKind) -> None:
    told = version_content(make_question(school, kind).latest)  # a picture has to be there
    content = replace(type_of(kind).without_ids(told), difficulty=Difficulty.HARD)
    question = create_question(
        actor=school.actor("instructor"),
        course=school.course,
        content=content,
        provenance={"model": "m"},
    )
    stored = version_content(Question.objects.get(pk=question.pk).latest)
    assert type_of(kind).without_ids(stored) == content
    assert question.latest is not None
    assert question.latest.provenance == {"model": "m"}
    assert question.difficulty == "hard"


def test_create_question_renders_and_keeps_the_source(school: School) -> None:  # C1
    question = make_question(school, stem="What is **it**? <script>alert(1)</script>")
    version = question.latest
    assert version is not None
    assert version.stem == "What is **it**? <script>alert(1)</script>"
    assert "<strong>it</strong>" in version.stem_html
    assert "<script>" not in version.stem_html
    assert question.text == "What is it? <script>alert(1)</script>"


def test_options_get_ids_that_tell_nothing_of_their_order(school: School) -> None:
    ids = [o["id"] for o in make_question(school).latest.body["options"]]  # type: ignore[union-attr]
    assert len(set(ids)) == 3
    assert {len(option_id) for option_id in ids} == {10}


def test_the_bank_is_one_and_counts(school: School) -> None:
    make_question(school)
    make_question(school)
    bank = QuestionBank.objects.get(course=school.course)
    assert (bank.question_count, bank.title) == (2, school.course.title)


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("anonymous", SignInRequired),
        ("outsider", Denied),
        ("learner", Denied),
        ("observer", Denied),
        ("other_instructor", Denied),
    ],
)
def test_create_question_is_for_staff(school: School, who: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        create_question(actor=school.actor(who), course=school.course, content=SINGLE)
    assert Question.objects.count() == 0


@pytest.mark.parametrize("who", ["assistant", "instructor", "admin"])
def test_staff_create_questions(school: School, who: str) -> None:
    create_question(actor=school.actor(who), course=school.course, content=SINGLE)
    assert Question.objects.count() == 1


def test_create_question_refuses_what_cannot_be_asked(school: School) -> None:
    with pytest.raises(Invalid) as refused:
        make_question(school, options=(Option(text="one", correct=True),))
    assert list(refused.value.errors) == ["options"]
    assert QuestionBank.objects.count() == 0


def test_create_question_refuses_provenance_that_cannot_be_stored(school: School) -> None:  # C4
    with pytest.raises(Invalid):
        create_question(
            actor=school.actor("instructor"),
            course=school.course,
            content=SINGLE,
            provenance={"a": ["\x00"]},
        )


def test_revise_question_adds_a_version_and_keeps_option_ids(school: School) -> None:
    question = make_question(school)
    before = version_content(question.latest)
    after = replace(before, stem="Which stone came out of a volcano?", points=Decimal(3))
    revised = revise_question(
        actor=school.actor("instructor"), question=question, content=after, expected=1
    )
    assert [v.number for v in revised.versions.order_by("number")] == [1, 2]
    assert version_content(revised.latest) == after
    assert (revised.version, revised.text) == (2, "Which stone came out of a volcano?")


def test_revise_question_refuses_a_stale_reader(school: School) -> None:  # P4
    question = make_question(school)
    actor = school.actor("instructor")
    revise_question(actor=actor, question=question, content=SINGLE, expected=1)
    with pytest.raises(Stale):
        revise_question(actor=actor, question=question, content=SINGLE, expected=1)
    assert question.versions.count() == 2


def test_revise_question_refuses_another_kind(school: School) -> None:
    question = make_question(school)
    with pytest.raises(Invalid) as refused:
        revise_question(
            actor=school.actor("instructor"),
            question=question,
            content=CONTENTS[QuestionKind.TRUE_FALSE],
        )
    assert list(refused.value.errors) == ["kind"]


@pytest.mark.parametrize(("who", "error"), [("assistant", Denied), ("learner", NotFound)])
def test_revise_and_retire_are_for_instructors(
    school: School, who: str, error: type[Exception]
) -> None:
    question = make_question(school)
    with pytest.raises(error):
        revise_question(actor=school.actor(who), question=question, content=SINGLE)
    with pytest.raises(error):
        retire_question(actor=school.actor(who), question=question)
    question.refresh_from_db()
    assert (question.state, question.version) == (QuestionState.READY, 1)


def test_retire_and_restore_are_idempotent(school: School) -> None:
    actor = school.actor("instructor")
    question = make_question(school)
    retired = retire_question(actor=actor, question=question)
    assert retire_question(actor=actor, question=question).version == retired.version == 2
    assert retired.state == QuestionState.RETIRED
    restored = restore_question(actor=actor, question=question)
    assert (restored.state, restored.version) == (QuestionState.READY, 3)


def test_duplicate_question_says_the_same_on_its_own(school: School) -> None:
    question = make_question(school, kind=QuestionKind.MULTIPLE_CHOICE)
    copy = duplicate_question(actor=school.actor("assistant"), question=question)
    one, two = version_content(question.latest), version_content(copy.latest)
    assert [(o.text, o.correct) for o in one.options] == [(o.text, o.correct) for o in two.options]
    assert {o.id for o in one.options}.isdisjoint(o.id for o in two.options)
    assert copy.latest is not None
    assert copy.latest.provenance == {"copy_of": question.public_id}
