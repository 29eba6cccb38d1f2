"""A bank that is exported and brought into another course is the same bank there."""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from assessments.enums import ExchangeFormat, ImportFate, QuestionKind, ShareLevel
from assessments.models import LearningOutcome, QuestionBank, QuestionImport
from assessments.queries.bank import QuestionFilter
from assessments.queries.content import version_content
from assessments.scoring.content import QuestionContent
from assessments.services.bank import create_question, open_bank
from assessments.services.bank_share import open_own_bank, share_with_course
from assessments.services.filing import Filing, file_question
from assessments.services.learning_outcome import OutcomeFields, add_outcome
from assessments.services.question_category import ensure_paths
from assessments.services.question_export import QuestionExport, export_questions
from assessments.services.question_import import (
    QuestionFile,
    import_questions,
    preview_import,
    report_of,
)
from assessments.tests.exchange.test_round_trip import GIFTED, IN_XML, places, questions, said
from assessments.tests.factories import CONTENTS, School, make_school
from lms.kernel.testing import count_queries

pytestmark = pytest.mark.django_db

FORMATS = [ExchangeFormat.GIFT, ExchangeFormat.MOODLE_XML]
written = questions().filter(lambda content: content.kind in GIFTED & IN_XML)
both = pytest.mark.parametrize("kind", FORMATS)


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def bank(school: School) -> QuestionBank:
    return open_bank(actor=school.actor("instructor"), course=school.course)


def outcome(school: School, code: str, title: str, description: str = "") -> LearningOutcome:
    fields = OutcomeFields(code=code, title=title, description=description)
    return add_outcome(actor=school.actor("instructor"), course=school.course, fields=fields)


def serve(school: School, *outcomes: LearningOutcome, stem: str = "Basalt is lava.") -> Any:
    actor = school.actor("instructor")
    row = create_question(
        actor=actor,
        course=school.course,
        content=QuestionContent(kind=QuestionKind.TRUE_FALSE, stem=stem, truth=True),
    )
    return file_question(actor=actor, question=row, filing=Filing(outcomes=outcomes))


def export(school: School, bank: QuestionBank, kind: ExchangeFormat) -> QuestionExport:
    actor = school.actor("instructor")
    return export_questions(actor=actor, bank=bank, narrow=QuestionFilter(), format=kind)


def bring(
    school: School, bank: QuestionBank, text: str, who: str = "instructor", **more: Any
) -> QuestionImport:
    file = QuestionFile(text.encode())
    return import_questions(actor=school.actor(who), bank=bank, file=file, **more)


def words(row: QuestionImport) -> list[tuple[ImportFate, tuple[str, ...]]]:
    return [(line.fate, line.words) for line in report_of(row).lines]


def inside(bank: QuestionBank) -> list[dict[str, Any]]:
    """All that a file can say of the bank's questions, in an order of its own."""
    paths: dict[int | None, tuple[str, ...]] = {None: ()}
    for row in bank.categories.order_by("depth"):
        paths[row.pk] = (*paths[row.parent_id], row.name)
    found = [
        {
            "says": said(version_content(row.latest)),
            "category": paths[row.category_id],
            "tags": sorted(row.tags.values_list("name", flat=True)),
            "outcomes": sorted(row.outcomes.values_list("code", "title")),
        }
        for row in bank.questions.select_related("latest__question")
    ]
    return sorted(found, key=repr)


# Finding a smaller example would take minutes with a database.
@both
@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(drawn=st.lists(st.tuples(written, places()), min_size=1, max_size=3))
def test_a_bank_comes_back_whole(kind: ExchangeFormat, drawn: list[Any]) -> None:
    here, there = make_school(), make_school()
    teacher, bank = (
        here.actor("instructor"),
        open_bank(actor=here.actor("instructor"), course=here.course),
    )
    known: dict[str, LearningOutcome] = {}
    for content, place in drawn:
        for goal in place.outcomes:
            if goal.folded not in known:
                known[goal.folded] = outcome(here, goal.code, goal.title)
        row = create_question(actor=teacher, course=here.course, content=content)
        found = ensure_paths(bank, [place.category])
        filing = Filing(
            category=found.get(place.category),
            tags=place.tags,
            outcomes=[known[goal.folded] for goal in place.outcomes],
        )
        file_question(actor=teacher, question=row, filing=filing)
    done = export(here, bank, kind)
    assert done.lost == ()
    target = open_bank(actor=there.actor("instructor"), course=there.course)
    report = report_of(bring(there, target, done.text, take_same=True))
    assert inside(target) == inside(bank)
    assert {line.fate for line in report.lines} == {ImportFate.CAME}


@both
def test_outcomes_are_found_by_their_code_or_made(
    school: School, bank: QuestionBank, kind: ExchangeFormat
) -> None:
    known = outcome(school, "K1", "Tells rocks apart", "Much *longer*.")
    other = outcome(school, "K-2 [x]", "Reads a map: 100 %")
    serve(school, known, other)
    done = export(school, bank, kind)
    assert done.lost == ()
    assert done.notes == ("Learning outcomes go along with code and title, without descriptions.",)
    elsewhere = make_school()
    there = outcome(elsewhere, "k1", "Tells rocks apart")
    target = open_bank(actor=elsewhere.actor("instructor"), course=elsewhere.course)
    row = bring(elsewhere, target, done.text)
    (question,) = target.questions.all()
    assert list(question.outcomes.all()) == [
        there,
        LearningOutcome.objects.get(course=elsewhere.course, code="K-2 [x]"),
    ]
    assert words(row) == [(ImportFate.CAME, ())]
    assert report_of(row).notes[-2:] == (
        "They serve 1 learning outcome of the course.",
        "1 learning outcome is new to the course.",
    )


@both
def test_who_may_not_add_outcomes_reads_line_by_line_what_is_lost(
    school: School, bank: QuestionBank, kind: ExchangeFormat
) -> None:
    one, two = outcome(school, "K1", "Tells rocks apart"), outcome(school, "K2", "Reads a map")
    serve(school, one, two)
    serve(school, one, stem="Slate is soft.")
    text = export(school, bank, kind).text
    elsewhere = make_school()
    outcome(elsewhere, "K1", "Counts stones")
    target = open_bank(actor=elsewhere.actor("instructor"), course=elsewhere.course)
    called = "K1 is called “Counts stones” here."
    expected = [
        (ImportFate.LESS, (called, "Learning outcomes that the course does not have: K2.")),
        (ImportFate.LESS, (called,)),
    ]
    file = QuestionFile(text.encode())
    seen = preview_import(actor=elsewhere.actor("assistant"), bank=target, file=file)
    assert [(line.fate, line.words) for line in seen.lines] == expected
    assert words(bring(elsewhere, target, text, "assistant")) == expected
    assert elsewhere.course.learning_outcomes.count() == 1
    assert [q.outcomes.count() for q in target.questions.all()] == [1, 1]


def test_outcomes_of_a_file_that_make_no_sense_are_named(
    school: School, bank: QuestionBank
) -> None:
    tags = f"[tag:cairn:outcome-1={'x' * 31}] [tag:cairn:outcome-2=K7] [tag:cairn:outcome-3=k7]"
    row = bring(school, bank, f"// {tags}\nSlate is soft. {{F}}\n")
    (question,) = bank.questions.all()
    assert [(one.code, one.title) for one in question.outcomes.all()] == [("K7", "K7")]
    lost = f"Learning outcomes that do not fit: {'x' * 31}."
    assert words(row) == [(ImportFate.LESS, (lost,))]


def test_a_course_takes_only_as_many_outcomes_as_it_has_room_for(
    school: School, bank: QuestionBank
) -> None:
    LearningOutcome.objects.bulk_create(
        LearningOutcome(course=school.course, code=f"C{n}", folded=f"c{n}", title="x", ordinal=n)
        for n in range(1, 300)
    )
    text = "\n".join(f"// [tag:cairn:outcome-1=N{n}]\nQuestion {n}? {{T}}\n" for n in range(3))
    row = bring(school, bank, text)
    assert [fate for fate, _words in words(row)] == ["came", "less", "less"]
    assert school.course.learning_outcomes.count() == 300
    ordinals = school.course.learning_outcomes.values_list("ordinal", flat=True)
    assert list(ordinals) == list(range(1, 301))


def test_a_bank_of_ones_own_serves_outcomes_of_courses_that_have_it(school: School) -> None:
    teacher = school.actor("instructor")
    mine = open_own_bank(actor=teacher)
    share_with_course(actor=teacher, bank=mine, course=school.course, level=ShareLevel.READ)
    known = outcome(school, "K1", "Tells rocks apart")
    text = "// [tag:cairn:outcome-1=K1%0ATells rocks apart] [tag:cairn:outcome-2=K2]\nSlate? {F}\n"
    row = bring(school, mine, text)
    (question,) = mine.questions.all()
    assert list(question.outcomes.all()) == [known]
    assert words(row)[0][1] == ("Learning outcomes that the course does not have: K2.",)


def test_outcomes_cost_the_same_for_many_questions(school: School, bank: QuestionBank) -> None:
    def file(count: int, name: str) -> str:
        return "\n".join(
            f"// [tag:cairn:outcome-1={name}{n}]\n{name} {n}? {{T}}\n" for n in range(count)
        )

    few, many = (
        count_queries(lambda n=n, name=name: bring(school, bank, file(n, name)))  # type: ignore[misc]
        for n, name in ((2, "A"), (40, "B"))
    )
    assert few == many


def test_aiken_says_that_it_has_no_outcomes(school: School, bank: QuestionBank) -> None:
    content = CONTENTS[QuestionKind.SINGLE_CHOICE]
    actor = school.actor("instructor")
    row = create_question(actor=actor, course=school.course, content=content)
    filing = Filing(outcomes=[outcome(school, "K1", "Tells rocks apart")])
    file_question(actor=actor, question=row, filing=filing)
    lost = export(school, bank, ExchangeFormat.AIKEN).lost
    assert lost[-1].reason == "Aiken has neither hints, tags, learning outcomes nor categories."
