from dataclasses import replace
from decimal import Decimal

import pytest

from assessments.enums import QuestionKind, Verdict
from assessments.scoring.content import QuestionContent
from assessments.scoring.essay import Essay
from assessments.scoring.registry import checked, content_of, read_answer, type_of
from assessments.scoring.score import score_answer
from lms.kernel.errors import Invalid
from lms.kernel.text import render_markdown

ESSAY = QuestionContent(
    kind=QuestionKind.ESSAY,
    stem="Why?",
    detail=Essay(10, 300, markdown=True, template="## Claim\n\n## Reasons", notes="Be kind."),
)
KIND = type_of(QuestionKind.ESSAY)


def test_a_person_marks_it_and_silence_is_worth_nothing() -> None:
    waiting = score_answer(ESSAY, "Because of the **rain**.", ESSAY.points)
    assert (waiting.score, waiting.verdict) == (None, Verdict.WAITING)
    silent = score_answer(ESSAY, None, ESSAY.points)
    assert (silent.score, silent.verdict) == (Decimal(0), Verdict.UNANSWERED)


def test_text_is_kept_as_it_was_typed_and_the_template_alone_is_no_answer() -> None:
    assert read_answer(ESSAY, "  a\r\n\r\nb ") == "  a\n\nb "
    assert read_answer(ESSAY, "## Claim\r\n\r\n## Reasons\n") is None
    assert read_answer(ESSAY, " \n ") is None
    with pytest.raises(Invalid):
        read_answer(ESSAY, "x" * 100_001)
    with pytest.raises(Invalid):
        read_answer(ESSAY, 7)


def test_learners_see_the_limits_and_never_the_notes() -> None:  # Z5
    body = KIND.body(ESSAY, render_markdown)
    assert "kind" not in str(body)
    rule = KIND.shown(body, [], None, None).rule
    assert rule == (
        "Write between 10 and 300 words. You may use Markdown, with $math$."
        " A person marks this answer."
    )


def test_content_comes_back() -> None:
    body, key = KIND.body(ESSAY, str), KIND.key(ESSAY)
    assert content_of(kind=ESSAY.kind, stem=ESSAY.stem, body=body, key=key) == ESSAY
    assert replace(ESSAY, **KIND.from_extras(KIND.extras(ESSAY))) == ESSAY


def test_answers_are_shown_clean() -> None:  # C1
    answer = "Because <script>alert(1)</script> of **rain**"
    assert "<strong>rain</strong>" in KIND.rendered(ESSAY, answer, render_markdown)
    plain = replace(ESSAY, detail=Essay())
    assert "&lt;script&gt;" in KIND.rendered(plain, answer, render_markdown)
    assert "<script" not in KIND.rendered(ESSAY, answer, render_markdown)


def test_an_answer_is_counted_and_summed_up() -> None:
    (counted,) = KIND.counted(ESSAY, "one two\nthree")
    assert counted.words == "3 words"
    assert KIND.summary(ESSAY, "one\n\ntwo " + "x" * 400).endswith("…")


@pytest.mark.parametrize(
    ("essay", "field"),
    [
        (Essay(-1, 5), "min_words"),
        (Essay(9, 5), "max_words"),
        (Essay(0, 30_000), "max_words"),
        (None, "detail"),
    ],
)
def test_limits_that_nobody_can_keep_are_refused(essay: Essay | None, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(replace(ESSAY, detail=essay))
    assert list(refused.value.errors) == [field]
