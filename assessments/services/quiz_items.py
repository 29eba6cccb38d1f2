"""The fixed questions of a quiz: add, take out, weigh, pin."""

from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from assessments.enums import QuestionState
from assessments.models import Question, QuestionVersion, Quiz, QuizItem, QuizSection
from assessments.queries.bank import may_ask
from assessments.rules import EDIT_QUIZ
from assessments.scoring.content import check_points
from assessments.services.editing import locked
from assessments.services.quiz_entries import (
    MAX_ITEMS,
    entries_of,
    last_section,
    recount,
    renumber,
    reorder_items,
    require_rest,
    require_room,
)
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.rules import require

__all__ = ["MAX_ITEMS", "add_item", "remove_item", "reorder_items", "update_item"]


@transaction.atomic
def add_item(
    *,
    actor: Actor,
    quiz: Quiz,
    question: Question,
    points: Decimal | None = None,
    pinned: QuestionVersion | None = None,
    section: QuizSection | None = None,
) -> QuizItem:
    """Ask a question at the end of a section, of the last one if none is named.

    Adding it again returns what is there. `points` defaults to the question's own. Raises NotFound
    for a section of another quiz and for a question of a bank that the course may not ask from,
    Invalid for points or a version that do not fit, Conflict when it is a draft or retired, or the
    quiz full.
    """
    require(actor, EDIT_QUIZ, quiz)
    _check_askable(question, quiz)
    row = locked(quiz)
    known = row.items.filter(question=question).first()
    if known is not None:
        return known
    _check_ready(question)
    require_room(row, 1)
    worth = _points(points, question)
    item = QuizItem.objects.create(
        quiz=row,
        section=last_section(row) if section is None else own_section(row, section),
        question=question,
        pinned=_own_version(question, pinned),
        ordinal=len(entries_of(row)) + 1,
        points=worth,
    )
    Question.objects.filter(pk=question.pk).update(use_count=F("use_count") + 1)
    renumber(row)
    recount(row)
    item.refresh_from_db(fields=["ordinal"])
    return item


@transaction.atomic
def update_item(
    *,
    actor: Actor,
    item: QuizItem,
    points: Decimal,
    pinned: QuestionVersion | None,
) -> QuizItem:
    """Set an item's points, and the version it pins (None follows the latest).

    Attempts that have started keep theirs. Raises Invalid.
    """
    require(actor, EDIT_QUIZ, item.quiz)
    row = locked(item.quiz)
    check_points(points)
    item.points, item.pinned = points, _own_version(item.question, pinned)
    item.save(update_fields=["points", "pinned"])
    recount(row)
    return item


@transaction.atomic
def remove_item(*, actor: Actor, item: QuizItem) -> Quiz:
    """Take a question out; attempts that have started keep it.

    Raises Conflict `quiz_empty` for the last question of a published quiz.
    """
    require(actor, EDIT_QUIZ, item.quiz)
    row = locked(item.quiz)
    require_rest(row, 1)
    gone, _kinds = QuizItem.objects.filter(pk=item.pk).delete()
    if gone:
        Question.objects.filter(pk=item.question_id).update(use_count=F("use_count") - 1)
    renumber(row)
    return recount(row)


def own_section(quiz: Quiz, section: QuizSection) -> QuizSection:
    """The section, when it is of this quiz; raises NotFound."""
    if section.quiz_id != quiz.pk:
        raise NotFound
    return section


def _check_askable(question: Question, quiz: Quiz) -> None:
    bank = question.bank
    if bank.course_id == quiz.course_id:
        return
    if not may_ask(bank, quiz.course_id):
        raise NotFound


def _check_ready(question: Question) -> None:
    """Read its state under a lock, so that it does not become a draft meanwhile."""
    state = lock(Question.objects.filter(pk=question.pk)).get().state
    if state == QuestionState.DRAFT:
        raise Conflict(_("This question is a draft."), code="question_draft")
    if state == QuestionState.RETIRED:
        raise Conflict(_("This question is retired."), code="question_retired")


def _points(points: Decimal | None, question: Question) -> Decimal:
    if points is None:
        return question.latest.points if question.latest else Decimal(1)
    check_points(points)
    return points


def _own_version(question: Question, version: QuestionVersion | None) -> QuestionVersion | None:
    if version is not None and version.question_id != question.pk:
        raise Invalid(_("This version belongs to another question."), field="pinned")
    return version
