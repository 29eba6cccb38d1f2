"""Change many questions of a bank at once: look first, then do, then perhaps take it back.

Each question is changed whole or not at all: what cannot be is named with the reason, the others
are changed in one transaction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.enums import BulkVerb, Difficulty, QuestionState
from assessments.exchange.reading import short
from assessments.models import (
    BulkEdit,
    LearningOutcome,
    Question,
    QuestionBank,
    QuestionCategory,
)
from assessments.queries.content import version_content
from assessments.queries.filing import outcome_courses
from assessments.rules import ADD_TO_BANK, EDIT_BANK, VIEW_BANK
from assessments.scoring.content import check_points
from assessments.scoring.folding import fold
from assessments.scoring.naming import tag_name
from assessments.scoring.registry import problem_of
from assessments.services.bulk_writing import WRITERS
from assessments.services.filing import MAX_OUTCOMES_EACH, check_category
from assessments.services.question_category import hold
from assessments.services.question_copy import why_not_copied
from assessments.services.question_tag import MAX_TAGS_EACH
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.rules import require

MAX_BULK: Final = 1000
KEPT_FOR: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkChange:
    """What is done; each verb uses its own field. `bank` is where copies go."""

    verb: BulkVerb
    category: QuestionCategory | None = None
    tags: Sequence[str] = ()
    outcomes: Sequence[LearningOutcome] = ()
    state: str = ""
    difficulty: str = ""
    points: Decimal | None = None
    bank: QuestionBank | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A question that stays as it is, and why."""

    question: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class BulkResult:
    """How many questions change, how many are so already, which cannot; `edit` to take it back."""

    changed: int
    same: int
    refused: tuple[Refused, ...]
    edit: BulkEdit | None = None


def preview_bulk(
    *, actor: Actor, bank: QuestionBank, questions: Sequence[Question], change: BulkChange
) -> BulkResult:
    """What `change_questions` would do; writes nothing and raises the same."""
    _require(actor, bank, change)
    rows, same, refused = _sorted_out(_read(bank, questions), change)
    return BulkResult(len(rows), same, refused)


@transaction.atomic
def change_questions(
    *, actor: Actor, bank: QuestionBank, questions: Sequence[Question], change: BulkChange
) -> BulkResult:
    """Do it to every question that allows it, in one transaction.

    Raises Invalid naming the field that makes no sense for any question or `questions` for more
    than 1,000, and what `require` raises.
    """
    _require(actor, bank, change)
    hold(bank)
    if change.category is not None and not bank.categories.filter(pk=change.category.pk).exists():
        raise NotFound
    found = _read(bank, questions, locked=True)
    rows, same, refused = _sorted_out(found, change)
    if not rows:
        return BulkResult(0, same, refused)
    before = WRITERS[change.verb].write(actor, bank, rows, change)
    BulkEdit.objects.filter(at__lt=clock.now() - KEPT_FOR).delete()
    edit = BulkEdit.objects.create(
        bank=change.bank if change.bank is not None else bank,
        verb=change.verb,
        before=before,
        made_by_id=actor.user_id,
    )
    return BulkResult(len(rows), same, refused, edit)


def _require(actor: Actor, bank: QuestionBank, change: BulkChange) -> None:
    if change.verb == BulkVerb.COPY:
        require(actor, VIEW_BANK, bank)
        if change.bank is None:
            raise Invalid(_("Choose the bank to copy to."), field="bank")
        require(actor, ADD_TO_BANK, change.bank)
    else:
        require(actor, EDIT_BANK, bank)
    CHECKS[change.verb](bank, change)


def _read(
    bank: QuestionBank, questions: Sequence[Question], *, locked: bool = False
) -> list[Question]:
    """The questions as they are now, with what is looked at; those of another bank are not."""
    keys = {one.pk for one in questions}
    if len(keys) > MAX_BULK:
        words = _("At most 1,000 questions at once. Narrow the list.")
        raise Invalid(words, field="questions")
    rows = Question.objects.filter(bank=bank, pk__in=keys).select_related("latest")
    if locked:
        rows = lock(rows)
    found = list(rows.prefetch_related("tags", "outcomes").order_by("id"))
    for one in found:
        one.bank = bank
        if one.latest is not None:
            one.latest.question = one
    return found


def _sorted_out(
    found: Sequence[Question], change: BulkChange
) -> tuple[list[Question], int, tuple[Refused, ...]]:
    """Which of them change, how many are so already, which cannot be changed."""
    rows: list[Question] = []
    refused: list[Refused] = []
    for row in found:
        if IS_SO[change.verb](row, change):
            continue
        reason = WHY_NOT[change.verb](row, change)
        if reason:
            refused.append(Refused(row.public_id, short(row.text), reason))
        else:
            rows.append(row)
    return rows, len(found) - len(rows) - len(refused), tuple(refused)


# ------------------------------------------------------------ what makes sense at all


def _check_tags(_bank: QuestionBank, change: BulkChange) -> None:
    if not [tag_name(one) for one in change.tags]:
        raise Invalid(_("Name a tag."), field="tags")


def _check_outcomes(bank: QuestionBank, change: BulkChange) -> None:
    reach = outcome_courses(bank)
    if not change.outcomes:
        raise Invalid(_("Choose an outcome."), field="outcomes")
    if any(one.course_id not in reach for one in change.outcomes):
        raise Invalid(_("This outcome belongs to another course."), field="outcomes")


def _check_state(_bank: QuestionBank, change: BulkChange) -> None:
    if change.state not in QuestionState.values:
        raise Invalid(_("Choose a state."), field="state")


def _check_difficulty(_bank: QuestionBank, change: BulkChange) -> None:
    if change.difficulty not in {"", *Difficulty.values}:
        raise Invalid(_("Choose a difficulty."), field="difficulty")


def _check_points(_bank: QuestionBank, change: BulkChange) -> None:
    check_points(Decimal(0) if change.points is None else change.points)


CHECKS: Final[dict[str, Callable[[QuestionBank, BulkChange], None]]] = {
    BulkVerb.MOVE: lambda bank, change: check_category(bank.pk, change.category),
    BulkVerb.TAG: _check_tags,
    BulkVerb.UNTAG: _check_tags,
    BulkVerb.SERVE: _check_outcomes,
    BulkVerb.UNSERVE: _check_outcomes,
    BulkVerb.STATE: _check_state,
    BulkVerb.DIFFICULTY: _check_difficulty,
    BulkVerb.POINTS: _check_points,
    BulkVerb.COPY: lambda _bank, _change: None,
}


# ------------------------------------------------------------ one question


def _tags(row: Question) -> set[str]:
    return {one.folded for one in row.tags.all()}


def _named(change: BulkChange) -> set[str]:
    return {fold(tag_name(one)) for one in change.tags}


def _served(row: Question) -> set[int]:
    return {one.pk for one in row.outcomes.all()}


def _meant(change: BulkChange) -> set[int]:
    return {one.pk for one in change.outcomes}


IS_SO: Final[dict[str, Callable[[Question, BulkChange], bool]]] = {
    BulkVerb.MOVE: lambda row, change: row.category_id == _key(change.category),
    BulkVerb.TAG: lambda row, change: _named(change) <= _tags(row),
    BulkVerb.UNTAG: lambda row, change: not _named(change) & _tags(row),
    BulkVerb.SERVE: lambda row, change: _meant(change) <= _served(row),
    BulkVerb.UNSERVE: lambda row, change: not _meant(change) & _served(row),
    BulkVerb.STATE: lambda row, change: row.state == change.state,
    BulkVerb.DIFFICULTY: lambda row, change: row.difficulty == change.difficulty,
    BulkVerb.POINTS: lambda row, change: (
        row.latest is not None and row.latest.points == change.points
    ),
    BulkVerb.COPY: lambda _row, _change: False,
}


def _too_many_tags(row: Question, change: BulkChange) -> str:
    most = len(_tags(row) | _named(change)) > MAX_TAGS_EACH
    return _("It would carry more than 20 tags.") if most else ""


def _too_many_outcomes(row: Question, change: BulkChange) -> str:
    most = len(_served(row) | _meant(change)) > MAX_OUTCOMES_EACH
    return _("It would serve more than 20 outcomes.") if most else ""


def _no_such_state(row: Question, change: BulkChange) -> str:
    if change.state == QuestionState.DRAFT and row.use_count:
        return _("A quiz asks it.")
    if change.state == QuestionState.READY:
        problem = problem_of(version_content(row.latest))
        return problem.detail if problem else ""
    return ""


def _not_to_be_copied(row: Question, change: BulkChange) -> str:
    return why_not_copied(row, change.bank) if change.bank is not None else ""


def _never(_row: Question, _change: BulkChange) -> str:
    return ""


def _key(row: Any) -> int | None:
    return row.pk if row is not None else None


WHY_NOT: Final[dict[str, Callable[[Question, BulkChange], str]]] = {
    **dict.fromkeys(BulkVerb.values, _never),
    BulkVerb.TAG: _too_many_tags,
    BulkVerb.SERVE: _too_many_outcomes,
    BulkVerb.STATE: _no_such_state,
    BulkVerb.COPY: _not_to_be_copied,
}
