"""A question as learners see it, made of content that need not be stored."""

from dataclasses import dataclass

from django.http import QueryDict

from assessments.forms.answer import answer_field
from assessments.queries.attempt import QuestionSheet
from assessments.scoring.content import QuestionContent
from assessments.scoring.kinds import Answer
from assessments.scoring.registry import read_answer, sampled, type_of
from assessments.scoring.score import Scored, score_answer
from lms.kernel.text import render_markdown


@dataclass(frozen=True, slots=True)
class Tried:
    """A shown question, and what the tried answer is worth."""

    sheet: QuestionSheet
    scored: Scored | None


def shown(
    content: QuestionContent, *, name: str = "preview", ordinal: int = 1, answer: Answer = None
) -> QuestionSheet:
    """The sheet of a question that no attempt has drawn."""
    kind = type_of(content.kind)
    content = sampled(content)
    body = kind.body(content, render_markdown)
    return QuestionSheet(
        id=name,
        kind=content.kind,
        ordinal=ordinal,
        stem=content.stem,
        stem_html=render_markdown(content.stem),
        shown=kind.shown(body, kind.pool(body), answer, None),
        points=content.points,
        answer=answer,
        seq=0,
        flagged=False,
        score=None,
        verdict="",
    )


def tried(content: QuestionContent, data: QueryDict) -> Tried:
    """The question with the answer of the form, scored; raises Invalid for an odd answer."""
    raw = answer_field(data, "answer-preview", shown(content))
    content = sampled(content)
    answer = read_answer(content, raw)
    sheet = shown(content, answer=answer)
    return Tried(sheet=sheet, scored=score_answer(content, answer, content.points))
