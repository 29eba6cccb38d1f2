"""The learning outcomes of a course: add, change, order, delete."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from assessments.models import LearningOutcome
from assessments.models.filing import MAX_CODE, MAX_OUTCOME_TITLE
from assessments.scoring.folding import fold
from assessments.services.editing import locked, save_changes
from courses.models import Course
from courses.rules import MANAGE_COURSE
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.rules import require
from lms.kernel.text import require_line, require_text

MAX_OUTCOMES: Final = 300
MAX_DESCRIPTION: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeFields:
    """What an outcome says: a short code, a title on one line, a description in Markdown."""

    code: str
    title: str
    description: str = ""


@transaction.atomic
def add_outcome(*, actor: Actor, course: Course, fields: OutcomeFields) -> LearningOutcome:
    """A new outcome after the others.

    Raises Invalid naming the field, Conflict `too_many`, and what `require` raises.
    """
    require(actor, MANAGE_COURSE, course)
    _hold(course)
    values = _checked(course, fields)
    rows = LearningOutcome.objects.filter(course=course)
    if rows.count() >= MAX_OUTCOMES:
        raise Conflict(_("A course has at most 300 outcomes."), code="too_many")
    last = rows.aggregate(last=Max("ordinal"))["last"] or 0
    return LearningOutcome.objects.create(course=course, ordinal=last + 1, **values)


@transaction.atomic
def update_outcome(
    *, actor: Actor, outcome: LearningOutcome, fields: OutcomeFields, expected: int | None = None
) -> LearningOutcome:
    """Change what it says. Raises Stale, Invalid naming the field, and what `require` raises."""
    require(actor, MANAGE_COURSE, outcome.course)
    _hold(outcome.course)
    row = locked(outcome, expected=expected)
    return save_changes(row, **_checked(row.course, fields, itself=row))


@transaction.atomic
def delete_outcome(*, actor: Actor, outcome: LearningOutcome) -> int:
    """Remove it; answers how many questions served it. Raises what `require` raises."""
    require(actor, MANAGE_COURSE, outcome.course)
    row = locked(outcome)
    count = row.questions.count()
    row.delete()
    return count


@transaction.atomic
def reorder_outcomes(*, actor: Actor, course: Course, order: Sequence[str]) -> None:
    """Put them in the order of their public ids; raises Invalid unless each is named once."""
    require(actor, MANAGE_COURSE, course)
    _hold(course)
    rows = {row.public_id: row for row in LearningOutcome.objects.filter(course=course)}
    if sorted(order) != sorted(rows):
        raise Invalid(_("Name every outcome of the course once."), field="order")
    for ordinal, public_id in enumerate(order, start=1):
        rows[public_id].ordinal = ordinal
    LearningOutcome.objects.bulk_update(rows.values(), ["ordinal"])


def _hold(course: Course) -> None:
    if lock(Course.objects.filter(pk=course.pk)).first() is None:
        raise NotFound


def _checked(
    course: Course, fields: OutcomeFields, *, itself: LearningOutcome | None = None
) -> dict[str, Any]:
    code = require_line(fields.code.strip(), field="code", max_length=MAX_CODE)
    require_line(fold(code), field="code", max_length=3 * MAX_CODE)
    title = require_line(fields.title.strip(), field="title", max_length=MAX_OUTCOME_TITLE)
    if not code:
        raise Invalid(_("Give it a code."), field="code")
    if not title:
        raise Invalid(_("Say what learners should be able to do."), field="title")
    same = LearningOutcome.objects.filter(course=course, folded=fold(code))
    if itself is not None:
        same = same.exclude(pk=itself.pk)
    if same.exists():
        raise Invalid(_("There is an outcome of this code already."), field="code")
    words = require_text(fields.description, field="description", max_length=MAX_DESCRIPTION)
    return {"code": code, "folded": fold(code), "title": title, "description": words}
