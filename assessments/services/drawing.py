"""The questions of one attempt: the fixed ones, and what is drawn for it alone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from secrets import SystemRandom
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _

from assessments.enums import Layout
from assessments.models import (
    Attempt,
    AttemptQuestion,
    Question,
    QuestionVersion,
    Quiz,
    QuizDraw,
    QuizItem,
    QuizSection,
)
from assessments.queries.content import version_content
from assessments.queries.draws import pools, questions_with_latest, seen_by, uses
from assessments.scoring.draw import ordered
from assessments.scoring.narrow import narrow_of
from assessments.scoring.pages import page_numbers
from assessments.scoring.registry import type_of
from assessments.scoring.selection import Draw, pick, ranked
from lms.kernel.errors import Conflict

SHARDS: Final = 8
_random = SystemRandom()
_COUNT_UP: Final = """
    INSERT INTO assessments_questionuse (quiz_id, question_id, shard, used)
    VALUES (%s, %s, %s, 1)
    ON CONFLICT (quiz_id, question_id, shard)
    DO UPDATE SET used = assessments_questionuse.used + 1
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for an attempt: in which version, for how many points, in which section."""

    question: Question
    version: QuestionVersion | None
    points: Decimal
    section: QuizSection
    draw: QuizDraw | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where the questions of a quiz's attempts come from, read once for any number of them.

    `pools` holds what fits each draw, `used` how often each question was given out, which whoever
    chooses for many counts up; `known` keeps the questions that were looked up.
    """

    quiz: Quiz
    items: list[QuizItem]
    draws: list[QuizDraw]
    pools: list[frozenset[int]] = field(default_factory=list)
    used: dict[int, int] = field(default_factory=dict)
    known: dict[int, Question] = field(default_factory=dict)


def choose_questions(quiz: Quiz, learner_id: int) -> list[Asked]:
    """What an attempt of this learner asks, in its order; nothing is written.

    Drawn questions are those that this learner has not met and that the quiz gave out least, as
    far as the draws leave a choice. Raises Conflict `quiz_empty` without questions, `draw_short`
    when the bank has too few for the draws.
    """
    source = source_of(quiz)
    seen = seen_by(quiz, learner_id) if source.draws else frozenset[int]()
    return choose_from(source, seen=seen)


def source_of(quiz: Quiz) -> Source:
    """What attempts at a quiz choose from; raises Conflict `quiz_empty`."""
    related = ("question__latest", "pinned", "section")
    items = list(quiz.items.select_related(*related).order_by("ordinal", "id"))
    draws: list[QuizDraw] = []
    if quiz.item_count > len(items):  # a quiz that only asks fixed ones is not asked for its draws
        draws = list(quiz.draws.select_related("section").order_by("ordinal", "id"))
    if not items and not draws:
        raise Conflict(_("This quiz has no questions yet."), code="quiz_empty")
    if not draws:
        return Source(quiz, items, draws)
    return Source(
        quiz, items, draws, pools(quiz, [narrow_of(row.narrow) for row in draws]), uses(quiz)
    )


def choose_from(source: Source, *, seen: frozenset[int]) -> list[Asked]:
    """`choose_questions` for somebody who has `seen` these; raises Conflict `draw_short`."""
    quiz = source.quiz
    drawn = _drawn(source, seen) if source.draws else {}
    entries: list[QuizItem | QuizDraw] = [*source.items, *source.draws]
    entries.sort(key=lambda one: (one.section.ordinal, one.section_id, one.ordinal, one.pk))
    asked: list[Asked] = []
    for _section, group in groupby(entries, key=lambda one: one.section_id):
        mine = [part for one in group for part in _asked_by(one, drawn)]
        shuffle = quiz.shuffle_questions or mine[0].section.shuffle
        asked += ordered(mine, shuffle=shuffle, random=_random)
    return asked


def write_questions(attempt: Attempt, asked: Sequence[Asked], quiz: Quiz) -> None:
    """Store the questions of a new attempt, with their order of options and drawn values."""
    rows = question_rows(asked, quiz)
    for row in rows:
        row.attempt = attempt
    AttemptQuestion.objects.bulk_create(rows)


def question_rows(asked: Sequence[Asked], quiz: Quiz) -> list[AttemptQuestion]:
    """The questions of an attempt that there is not yet, with what chance decides; not saved."""
    pages = page_numbers([one.section.pk for one in asked], Layout(quiz.layout))
    return [
        _question(one, place, page, quiz)
        for place, (one, page) in enumerate(zip(asked, pages, strict=True), start=1)
    ]


def pages_of(asked: Sequence[Asked], quiz: Quiz) -> int:
    """On how many pages the questions stand."""
    return max(page_numbers([one.section.pk for one in asked], Layout(quiz.layout)), default=1)


def drawn_keys(asked: Sequence[Asked]) -> list[int]:
    """Keys of the questions that draws gave."""
    return [one.question.pk for one in asked if one.draw is not None]


def count_uses(quiz: Quiz, learner_id: int, drawn: Iterable[int]) -> None:
    """Count what was drawn. Last in the transaction: the counters stay locked until it ends.

    Always in the order of the questions, so that two starts cannot wait for each other in a ring.
    """
    keys = sorted(drawn)
    if not keys:
        return
    shard = learner_id % SHARDS
    with connection.cursor() as cursor:
        cursor.executemany(_COUNT_UP, [(quiz.pk, key, shard) for key in keys])


def _drawn(source: Source, seen: frozenset[int]) -> dict[int, list[Question]]:
    """The questions of each draw by its key, in an order by chance."""
    everything = frozenset[int]().union(*source.pools)
    order = ranked(everything, used=source.used, seen=seen, random=_random)
    wanted = [Draw(row.count, pool) for row, pool in zip(source.draws, source.pools, strict=True)]
    picked = pick(wanted, order)
    if picked is None:
        words = _("The bank has too few questions for this quiz at present. Tell your instructor.")
        raise Conflict(words, code="draw_short")
    rows = source.known
    rows.update(questions_with_latest({key for keys in picked for key in keys} - rows.keys()))
    return {
        draw.pk: [rows[key] for key in ordered(keys, shuffle=True, random=_random)]
        for draw, keys in zip(source.draws, picked, strict=True)
    }


def _asked_by(entry: QuizItem | QuizDraw, drawn: dict[int, list[Question]]) -> Iterator[Asked]:
    if isinstance(entry, QuizItem):
        version = entry.pinned or entry.question.latest
        yield Asked(entry.question, version, entry.points, entry.section)
        return
    for question in drawn[entry.pk]:
        yield Asked(question, question.latest, entry.points, entry.section, entry)


def _question(asked: Asked, ordinal: int, page: int, quiz: Quiz) -> AttemptQuestion:
    version = asked.version
    if version is None:
        raise Conflict(_("This question has no version."))
    kind = type_of(asked.question.kind)
    shuffle = quiz.shuffle_options or kind.always_shuffled
    return AttemptQuestion(
        version=version,
        section=asked.section,
        ordinal=ordinal,
        page=page,
        option_order=ordered(kind.pool(version.body), shuffle=shuffle, random=_random),
        drawn=_values(version, asked.question) if kind.draws else None,
        points=Decimal(asked.points),
    )


def _values(version: QuestionVersion, question: Question) -> dict[str, Any]:
    """The values of one attempt, drawn on the server and never again."""
    version.question = question
    return type_of(question.kind).draw(version_content(version), _random)
