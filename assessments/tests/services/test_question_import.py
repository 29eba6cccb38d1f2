from typing import Any

import pytest

from assessments.enums import ExchangeFormat, ImportFate, QuestionKind, QuestionState
from assessments.exchange.fidelity import Fidelity
from assessments.exchange.reading import MAX_BYTES, Unreadable
from assessments.models import Question, QuestionBank, QuestionImport, QuestionVersion
from assessments.queries.bank import QuestionFilter
from assessments.queries.content import version_content
from assessments.scoring.content import QuestionContent
from assessments.services.bank import create_question, open_bank, revise_question
from assessments.services.filing import Filing, file_question
from assessments.services.question_category import add_category
from assessments.services.question_export import export_questions
from assessments.services.question_import import (
    QuestionFile,
    import_questions,
    preview_import,
    report_of,
    undo_import,
)
from assessments.services.quiz import QuizSettings, create_quiz, publish_quiz
from assessments.services.quiz_items import add_item, remove_item
from assessments.tests.factories import (
    CONTENTS,
    School,
    make_attempt,
    make_lesson,
    make_question,
    make_school,
)
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound
from lms.kernel.testing import count_queries

pytestmark = pytest.mark.django_db

GIFT = """// a comment
Which stone is volcanic? {=Basalt ~Chalk}

These stones are only looked at.

Chalk is made of shells. {T#Feedback that is lost}

Which stone   is volcanic? {~Chalk =Basalt}
"""


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def bank(school: School) -> QuestionBank:
    return open_bank(actor=school.actor("instructor"), course=school.course)


def many(count: int) -> QuestionFile:
    return QuestionFile(
        "\n".join(f"Question {n}? {{=yes ~no ~perhaps}}\n" for n in range(count)).encode()
    )


def bring(school: School, bank: QuestionBank, text: str = GIFT, **more: Any) -> QuestionImport:
    file = QuestionFile(text.encode(), "stones.txt")
    return import_questions(actor=school.actor("assistant"), bank=bank, file=file, **more)


def fates(report: Fidelity) -> list[tuple[int, ImportFate]]:
    return [(line.line, line.fate) for line in report.lines]


EXPECTED = [
    (2, ImportFate.CAME),
    (4, ImportFate.LEFT),
    (6, ImportFate.LESS),
    (8, ImportFate.SAME),
]


def test_preview_tells_what_the_import_does_and_writes_nothing(
    school: School, bank: QuestionBank
) -> None:
    file = QuestionFile(GIFT.encode(), "stones.txt")
    seen = preview_import(actor=school.actor("assistant"), bank=bank, file=file)
    assert fates(seen) == EXPECTED
    assert (Question.objects.count(), QuestionImport.objects.count()) == (0, 0)
    done = report_of(bring(school, bank))
    assert fates(done) == EXPECTED
    assert [line.words for line in done.lines] == [line.words for line in seen.lines]


def test_import_keeps_questions_report_and_source(school: School, bank: QuestionBank) -> None:
    row = bring(school, bank)
    assert (row.question_count, row.lossy_count, row.left_count) == (2, 1, 2)
    assert (row.format, row.file_name) == ("gift", "stones.txt")
    assert (row.created_by, row.bank) == (school.assistant, bank)
    brought = list(row.questions.order_by("id"))
    assert [one.text for one in brought] == ["Which stone is volcanic?", "Chalk is made of shells."]
    assert [one.state for one in brought] == ["ready", "ready"]
    contents = [version_content(one.latest) for one in brought]
    assert [one.kind for one in contents] == ["single_choice", "true_false"]
    assert all(one.latest and one.latest.provenance["import"] == row.public_id for one in brought)
    lines = report_of(QuestionImport.objects.get(pk=row.pk)).lines
    assert [line.question for line in lines] == [brought[0].public_id, "", brought[1].public_id, ""]
    assert lines[3].words == ("It says the same as line 2 of this file.",)
    bank.refresh_from_db()
    assert bank.question_count == 2


def test_a_second_import_skips_what_the_bank_has(school: School, bank: QuestionBank) -> None:
    first = bring(school, bank)
    with pytest.raises(Conflict) as refused:
        bring(school, bank)
    assert refused.value.code == "nothing_to_import"
    again = bring(school, bank, GIFT + "\nA cairn is a pile. {F}\n")
    report = report_of(again)
    assert [line.fate for line in report.lines] == ["same", "left", "same", "same", "came"]
    assert report.lines[0].question == first.questions.order_by("id")[0].public_id
    assert Question.objects.count() == 3


def test_the_same_may_be_taken_by_choice(school: School, bank: QuestionBank) -> None:
    bring(school, bank)
    assert bring(school, bank, take_same=True).question_count == 3
    assert Question.objects.count() == 5


def test_what_a_person_wrote_is_recognised(school: School, bank: QuestionBank) -> None:
    written = make_question(school, QuestionKind.SHORT_ANSWER)
    text = (
        "// [tag:cairn:accents=match]\n"
        "What is the capital of Ecuador? {=Quito =San Francisco de Quito}\n\nNew? {T}"
    )
    report = report_of(bring(school, bank, text))
    assert report.lines[0].question == written.public_id
    assert [line.fate for line in report.lines] == ["same", "came"]


def test_a_thousand_questions_cost_few_queries(school: School, bank: QuestionBank) -> None:
    actor = school.actor("instructor")
    spent = [
        count_queries(lambda n=n: import_questions(actor=actor, bank=bank, file=many(n)))  # type: ignore[misc]
        for n in (10, 1_000)
    ]
    assert spent[1] <= 60, spent
    assert spent[0] <= 20, spent
    assert Question.objects.count() == 1_000
    assert Question.objects.filter(latest=None).count() == 0
    assert QuestionVersion.objects.count() == 1_000
    bank.refresh_from_db()
    assert bank.question_count == 1_000


BROKEN = [
    pytest.param(b"One {T}\n\nTwo {T\n", 3, id="open brace"),
    pytest.param(b"One {T}\n\nTw\xf6 {T}\n", 3, id="latin-1"),
    pytest.param(b"One {T}\n\nTwo\x00 {T}\n", 3, id="nul"),
    pytest.param(b"<quiz>\n<question type='truefalse'>\n</quiz>", 3, id="broken XML"),
    pytest.param(
        b'<?xml version="1.0"?>\n<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<quiz>&x;</quiz>',
        2,
        id="XXE",
    ),
    pytest.param(
        b'<?xml version="1.0"?>\n<!DOCTYPE q [<!ENTITY a "a"><!ENTITY b "&a;&a;">]>\n<q>&b;</q>',
        2,
        id="entity bomb",
    ),
    pytest.param(b'<?xml version="1.0" encoding="rot13"?>\n<quiz/>', 1, id="unknown encoding"),
    pytest.param(
        b'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n\xff</quiz>', 3, id="wrong encoding"
    ),
    pytest.param(b"Q {T}\n\n" * 1_001, 2_001, id="too many"),
    pytest.param(b"Just words\n\n" * 1_001, 2_001, id="too many of nothing"),
    pytest.param(b"<quiz>\n" + b"<a/>" * 100_000 + b"</quiz>", 2, id="too many elements"),
    pytest.param(b"x" * (MAX_BYTES + 1), 0, id="1.5 MB"),
    pytest.param(b"\n\n", 0, id="nothing"),
]


@pytest.mark.parametrize(("data", "line"), BROKEN)
def test_a_broken_file_is_refused_whole_with_its_line(
    school: School, bank: QuestionBank, data: bytes, line: int
) -> None:  # C4 U4 P6
    with pytest.raises(Unreadable) as refused:
        import_questions(actor=school.actor("instructor"), bank=bank, file=QuestionFile(data))
    assert refused.value.line == line
    assert (Question.objects.count(), QuestionImport.objects.count()) == (0, 0)


def test_a_brace_that_stays_open_is_named_with_its_line(school: School, bank: QuestionBank) -> None:
    """The line where the next one opens is where it is noticed, not where it has to be mended."""
    for text, line, words in (
        (b"One {T}\n\nTwo {T\n\nThree {F}\n", 5, "The brace of line 3 is not closed before this"),
        (b"One {{T}\n", 1, "The brace of line 1 is not closed before this"),
        (b"One T}\n", 1, "This brace has no partner."),
    ):
        with pytest.raises(Unreadable) as refused:
            preview_import(actor=school.actor("instructor"), bank=bank, file=QuestionFile(text))
        assert refused.value.line == line
        assert words in refused.value.detail


def test_a_name_that_cannot_be_stored_is_refused(school: School, bank: QuestionBank) -> None:  # C4
    with pytest.raises(Invalid):
        import_questions(
            actor=school.actor("instructor"), bank=bank, file=QuestionFile(b"Q {T}", "a\x00.txt")
        )


@pytest.mark.parametrize(
    ("who", "error"),
    [("learner", NotFound), ("observer", NotFound), ("other_instructor", NotFound)],
)
def test_import_is_for_staff(
    school: School, bank: QuestionBank, who: str, error: type[Exception]
) -> None:
    for act in (preview_import, import_questions):
        with pytest.raises(error):
            act(actor=school.actor(who), bank=bank, file=QuestionFile(b"Q {T}"))
    assert Question.objects.count() == 0


def test_undo_removes_what_nobody_uses_and_says_what_stays(
    school: School, bank: QuestionBank
) -> None:
    actor = school.actor("instructor")
    file = "\n\n".join(f"Question {n}? {{T}}" for n in range(1, 6))
    row = bring(school, bank, file)
    asked, answered, changed, free, _other = row.questions.order_by("id")
    quiz = create_quiz(actor=actor, lesson=make_lesson(school), settings=QuizSettings())
    add_item(actor=actor, quiz=quiz, question=asked)
    item = add_item(actor=actor, quiz=quiz, question=answered)
    quiz.refresh_from_db()
    quiz = publish_quiz(actor=actor, quiz=quiz)
    make_attempt(school, quiz)
    remove_item(actor=actor, item=item)
    revise_question(actor=actor, question=changed, content=CONTENTS[QuestionKind.TRUE_FALSE])
    with pytest.raises(Denied):
        undo_import(actor=school.actor("assistant"), brought=row)
    staying = undo_import(actor=actor, brought=row)
    assert [(one.question, one.reason) for one in staying] == [
        (asked.public_id, "A quiz asks it."),
        (answered.public_id, "Learners have answered it."),
        (changed.public_id, "It was changed since."),
    ]
    assert set(Question.objects.all()) == {asked, answered, changed}
    row.refresh_from_db()
    bank.refresh_from_db()
    assert (bank.question_count, len(row.undone)) == (3, 3)
    assert row.undone_at is not None
    assert not Question.objects.filter(pk=free.pk).exists()
    assert undo_import(actor=actor, brought=row) == staying


@pytest.mark.parametrize("kind", ExchangeFormat)
def test_export_and_import_give_the_same_questions(
    school: School, bank: QuestionBank, kind: ExchangeFormat
) -> None:
    for one in QuestionKind:
        if one in CONTENTS:
            make_question(school, one)
    actor = school.actor("assistant")
    done = export_questions(actor=actor, bank=bank, narrow=QuestionFilter(), format=kind)
    assert done.count == len(CONTENTS)
    if kind == ExchangeFormat.AIKEN:
        assert {one.reason for one in done.lost} >= {"Aiken has single choice alone."}
        return
    assert all("has no questions of the type" in one.reason for one in done.lost)
    file = QuestionFile(done.text.encode(), done.name)
    assert file.kind == kind
    report = preview_import(actor=actor, bank=bank, file=file)
    # Moodle numbers gaps by their place: with its gaps in another order it is another question.
    others = [line.fate for line in report.lines if "[[1]] lava" not in line.title]
    assert set(others) == {ImportFate.SAME}
    assert len(report.lines) == done.count - len(done.lost)


def test_export_writes_the_chosen_part(school: School, bank: QuestionBank) -> None:
    make_question(school)
    two = make_question(school, QuestionKind.TRUE_FALSE)
    actor = school.actor("instructor")
    for narrow in (QuestionFilter(ids=(two.public_id,)), QuestionFilter(kind="true_false")):
        done = export_questions(actor=actor, bank=bank, narrow=narrow, format=ExchangeFormat.GIFT)
        assert done.count == 1
        assert done.text == "[markdown]A cairn is a pile of stones. {TRUE}\n"
    with pytest.raises(NotFound):
        export_questions(
            actor=school.actor("learner"),
            bank=bank,
            narrow=QuestionFilter(),
            format=ExchangeFormat.GIFT,
        )


FILED = r"""$CATEGORY: $course$/top/Rocks/Lava

// [tag:hot] [tag:Volcanic] [tag:no,comma]
Basalt cooled from lava. {T}

$CATEGORY: $course$/top

Chalk is made of shells. {T}

$CATEGORY: ROCKS

Slate is soft. {F}
"""


def where(bank: QuestionBank) -> list[tuple[str, str, list[str]]]:
    """What each question says, its category, its tags."""
    return [
        (
            row.text,
            row.category.name if row.category else "",
            sorted(tag.name for tag in row.tags.all()),
        )
        for row in bank.questions.order_by("text")
    ]


def test_a_file_brings_its_categories_and_tags(school: School, bank: QuestionBank) -> None:
    row = bring(school, bank, FILED)
    assert where(bank) == [
        ("Basalt cooled from lava.", "Lava", ["Volcanic", "hot"]),
        ("Chalk is made of shells.", "", []),
        ("Slate is soft.", "Rocks", []),
    ]
    assert [c.name for c in bank.categories.order_by("depth")] == ["Rocks", "Lava"]
    report = report_of(row)
    assert [line.words for line in report.lines if line.words] == [
        ("Tags that do not fit: no,comma.",)
    ]
    assert report.notes == (
        "The questions are filed in 2 categories, made where the bank has none of that name.",
        "They carry 2 tags of the file.",
    )
    bring(school, bank, FILED, take_same=True, state=QuestionState.DRAFT)
    assert (bank.categories.count(), bank.tags.count()) == (2, 2)
    assert sorted(bank.questions.values_list("state", flat=True)) == ["draft"] * 3 + ["ready"] * 3


@pytest.mark.parametrize("kind", [ExchangeFormat.GIFT, ExchangeFormat.MOODLE_XML])
def test_an_exported_bank_is_filed_the_same_elsewhere(
    school: School, bank: QuestionBank, kind: ExchangeFormat
) -> None:
    bring(school, bank, FILED)
    teacher, other = school.actor("instructor"), make_school()
    odd = add_category(actor=teacher, bank=bank, name="/ a/b // $course$ /")
    slate = bank.questions.get(text__startswith="Slate")
    file_question(
        actor=teacher, question=slate, filing=Filing(category=odd, tags=["[x]", "cairn:a=b"])
    )
    create_question(
        actor=teacher,
        course=school.course,
        content=QuestionContent(kind=QuestionKind.TRUE_FALSE, stem="Undecided?"),
        state=QuestionState.DRAFT,
    )
    done = export_questions(actor=teacher, bank=bank, narrow=QuestionFilter(), format=kind)
    assert [one.title for one in done.lost] == ["Undecided?"]
    there = open_bank(actor=other.actor("instructor"), course=other.course)
    bring(other, there, done.text)
    assert where(there) == [one for one in where(bank) if one[0] != "Undecided?"]


def test_a_file_of_too_many_categories_is_refused_whole(school: School, bank: QuestionBank) -> None:
    text = "\n".join(f"$CATEGORY: C{n}\n\nQuestion {n}? {{T}}\n" for n in range(501))
    with pytest.raises(Conflict) as refused:
        bring(school, bank, text)
    assert refused.value.code == "bank_full"
    assert not bank.categories.exists()
