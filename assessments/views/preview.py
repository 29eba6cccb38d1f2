"""A question as learners see it, made of content that need not be stored."""

from dataclasses import dataclass, replace
from decimal import Decimal
from secrets import SystemRandom
from typing import Any

from django.http import QueryDict

from assessments.enums import Layout
from assessments.forms.answer import answer_field
from assessments.models import QuestionVersion, Quiz, QuizSection
from assessments.queries.attempt import QuestionSheet, in_sections
from assessments.queries.content import version_content
from assessments.queries.draws import questions_with_latest
from assessments.queries.structure import sample, structure
from assessments.scoring.content import QuestionContent
from assessments.scoring.kinds import Answer
from assessments.scoring.pages import page_numbers
from assessments.scoring.registry import read_answer, sampled, type_of
from assessments.scoring.score import Scored, score_answer
from lms.kernel.actors import Actor
from lms.kernel.text import render_markdown

_random = SystemRandom()


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


def previewed(actor: Actor, quiz: Quiz) -> list[QuestionSheet]:
    """The questions of a quiz as some attempt might ask them, with their pages and sections."""
    rows = structure(actor, quiz).sections
    sampled_keys = sample(actor, quiz, _random)
    drawn = questions_with_latest(key for keys in sampled_keys.values() for key in keys)
    asked: list[tuple[QuizSection, QuestionVersion | None, Decimal]] = []
    for part in rows:
        for entry in part.entries:
            if entry.item is not None:
                version = entry.item.pinned or entry.item.question.latest
                if version is not None:
                    version.question = entry.item.question  # it is at hand already
                asked.append((part.section, version, entry.item.points))
            elif entry.line is not None:
                points = entry.line.draw.points
                keys = sampled_keys[entry.public_id]
                asked += [(part.section, drawn[key].latest, points) for key in keys]
    pages = page_numbers([one[0].pk for one in asked], Layout(quiz.layout))
    sheets = []
    for ordinal, (section, version, points) in enumerate(asked, start=1):
        sheet = shown(version_content(version), name=f"preview-{ordinal}", ordinal=ordinal)
        more: dict[str, Any] = {"points": points, "section": section, "page": pages[ordinal - 1]}
        sheets.append(replace(sheet, **more))
    return in_sections(sheets)


def tried(content: QuestionContent, data: QueryDict) -> Tried:
    """The question with the answer of the form, scored; raises Invalid for an odd answer."""
    raw = answer_field(data, "answer-preview", shown(content))
    content = sampled(content)
    answer = read_answer(content, raw)
    sheet = shown(content, answer=answer)
    return Tried(sheet=sheet, scored=score_answer(content, answer, content.points))
