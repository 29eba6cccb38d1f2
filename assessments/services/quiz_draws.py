"""The draws of a quiz: add, change, take out."""

from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.models import (
    LearningOutcome,
    QuestionCategory,
    QuestionTag,
    Quiz,
    QuizDraw,
    QuizSection,
)
from assessments.queries.draws import askable
from assessments.rules import EDIT_QUIZ
from assessments.scoring.content import check_points
from assessments.scoring.narrow import Narrow, narrow_json
from assessments.services.editing import locked
from assessments.services.quiz_entries import (
    MAX_ITEMS,
    entries_of,
    last_section,
    recount,
    renumber,
    require_rest,
    require_room,
)
from assessments.services.quiz_items import own_section
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.rules import require

MAX_NAMED: Final = 100


@transaction.atomic
def add_draw(
    *,
    actor: Actor,
    quiz: Quiz,
    count: int,
    points: Decimal,
    narrow: Narrow,
    section: QuizSection | None = None,
) -> QuizDraw:
    """Draw `count` questions at `points` each, at the end of a section or of the last one.

    Too few questions in the bank are no error here: publishing refuses them. Raises Invalid, and
    Conflict `quiz_full`.
    """
    require(actor, EDIT_QUIZ, quiz)
    row = locked(quiz)
    _check(count, points)
    require_room(row, count)
    _check_narrow(row, narrow)
    draw = QuizDraw.objects.create(
        quiz=row,
        section=last_section(row) if section is None else own_section(row, section),
        ordinal=len(entries_of(row)) + 1,
        count=count,
        points=points,
        narrow=narrow_json(narrow),
    )
    renumber(row)
    recount(row)
    draw.refresh_from_db(fields=["ordinal"])
    return draw


@transaction.atomic
def update_draw(
    *, actor: Actor, draw: QuizDraw, count: int, points: Decimal, narrow: Narrow
) -> QuizDraw:
    """Change what is drawn; attempts that have started keep theirs. Raises as `add_draw` does."""
    require(actor, EDIT_QUIZ, draw.quiz)
    quiz = locked(draw.quiz)
    row = _locked(draw)
    _check(count, points)
    require_room(quiz, count - row.count)
    _check_narrow(quiz, narrow)
    row.count, row.points, row.narrow = count, points, narrow_json(narrow)
    row.save(update_fields=["count", "points", "narrow"])
    recount(quiz)
    return row


@transaction.atomic
def remove_draw(*, actor: Actor, draw: QuizDraw) -> Quiz:
    """Take a draw out; attempts that have started keep its questions.

    Raises Conflict `quiz_empty` for the last questions of a published quiz.
    """
    require(actor, EDIT_QUIZ, draw.quiz)
    quiz = locked(draw.quiz)
    row = _locked(draw)
    require_rest(quiz, row.count)
    row.delete()
    renumber(quiz)
    return recount(quiz)


def _check(count: int, points: Decimal) -> None:
    if not 1 <= count <= MAX_ITEMS:
        raise Invalid(_("Draw between 1 and 150 questions."), field="count")
    check_points(points)


def _check_narrow(quiz: Quiz, narrow: Narrow) -> None:
    """Raise Invalid for a bank, category, tag or outcome that is not at this course's hand."""
    banks = askable(quiz.course_id)
    own = banks.order_by().values("pk")
    known: dict[str, Any] = {
        "banks": banks,
        "categories": QuestionCategory.objects.filter(bank__in=own),
        "tags": QuestionTag.objects.filter(bank__in=own),
        "outcomes": LearningOutcome.objects.filter(course=quiz.course_id),
    }
    for field, rows in known.items():
        named = set(getattr(narrow, field))
        if len(named) > MAX_NAMED:
            raise Invalid(_("Choose at most 100."), field=field)
        if named and rows.filter(public_id__in=named).count() < len(named):
            raise Invalid(_("This course has no such thing any more."), field=field)


def _locked(draw: QuizDraw) -> QuizDraw:
    row = lock(QuizDraw.objects.filter(pk=draw.pk)).first()
    if row is None:
        raise NotFound
    return row
