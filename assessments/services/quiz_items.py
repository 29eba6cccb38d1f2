"""The questions of a quiz: add, take out, weigh, pin, order."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Max, Sum
from django.utils.translation import gettext as _

from assessments.enums import QuestionState, QuizState
from assessments.models import Question, QuestionVersion, Quiz, QuizItem
from assessments.queries.bank import may_ask
from assessments.rules import EDIT_QUIZ
from assessments.scoring.content import check_points
from assessments.scoring.registry import type_of
from assessments.services.bank import version_content
from assessments.services.editing import locked, save_changes
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.rules import require

MAX_ITEMS = 150


@transaction.atomic
def add_item(
    *,
    actor: Actor,
    quiz: Quiz,
    question: Question,
    points: Decimal | None = None,
    pinned: QuestionVersion | None = None,
) -> QuizItem:
    """Ask a question at the end of the quiz; adding it again returns what is there.

    `points` defaults to the question's own. Raises NotFound for a question of a bank that the
    course may not ask from, Conflict `picture_elsewhere` for one whose picture it does not have,
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
    if row.item_count >= MAX_ITEMS:
        raise Conflict(_("A quiz asks at most 150 questions."), code="quiz_full")
    worth = _points(points, question)
    last = row.items.aggregate(last=Max("ordinal"))["last"] or 0
    item = QuizItem.objects.create(
        quiz=row,
        question=question,
        pinned=_own_version(question, pinned),
        ordinal=last + 1,
        points=worth,
    )
    Question.objects.filter(pk=question.pk).update(use_count=F("use_count") + 1)
    _recount(row)
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
    _recount(row)
    return item


@transaction.atomic
def remove_item(*, actor: Actor, item: QuizItem) -> Quiz:
    """Take a question out; attempts that have started keep it.

    Raises Conflict `quiz_empty` for the last question of a published quiz.
    """
    require(actor, EDIT_QUIZ, item.quiz)
    row = locked(item.quiz)
    if row.state == QuizState.PUBLISHED and row.item_count == 1:
        raise Conflict(_("A published quiz keeps at least one question."), code="quiz_empty")
    gone, _kinds = QuizItem.objects.filter(pk=item.pk).delete()
    if gone:
        Question.objects.filter(pk=item.question_id).update(use_count=F("use_count") - 1)
    return _recount(row)


@transaction.atomic
def reorder_items(
    *, actor: Actor, quiz: Quiz, order: Sequence[str], expected: int | None = None
) -> Quiz:
    """Put the items in the order of their public ids.

    Raises Invalid unless `order` names every item exactly once, Stale when the quiz changed.
    """
    require(actor, EDIT_QUIZ, quiz)
    row = locked(quiz, expected=expected)
    items = {item.public_id: item for item in row.items.all()}
    if sorted(order) != sorted(items):
        raise Invalid(_("Name every question of the quiz once."), field="order")
    for ordinal, public_id in enumerate(order, start=1):
        items[public_id].ordinal = ordinal
    QuizItem.objects.bulk_update(items.values(), ["ordinal"])
    return save_changes(row)


@transaction.atomic
def move_item(*, actor: Actor, item: QuizItem, by: int) -> Quiz:
    """Move an item up (negative) or down by places, as far as it goes."""
    order = list(item.quiz.items.order_by("ordinal", "id").values_list("public_id", flat=True))
    here = order.index(item.public_id)
    order.insert(max(0, min(here + by, len(order) - 1)), order.pop(here))
    return reorder_items(actor=actor, quiz=item.quiz, order=order)


def _check_askable(question: Question, quiz: Quiz) -> None:
    bank = question.bank
    if bank.course_id == quiz.course_id:
        return
    if not may_ask(bank, quiz.course_id):
        raise NotFound
    if type_of(question.kind).images(version_content(question.latest)):
        words = _("Its picture is a file of another course, which your learners cannot open.")
        raise Conflict(words, code="picture_elsewhere")


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


def _recount(quiz: Quiz) -> Quiz:
    total = quiz.items.aggregate(total=Sum("points"))["total"] or Decimal(0)
    return save_changes(quiz, points=total, item_count=quiz.items.count())
