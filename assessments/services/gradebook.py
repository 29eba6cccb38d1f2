"""How a course counts: the settings of its gradebook, categories, and columns by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.enums import Aggregate, GradeItemKind, Ungraded
from assessments.models import Gradebook, GradeCategory, GradeItem
from assessments.models.grade import MAX_TITLE
from assessments.models.gradebook import MAX_DROP, MAX_NAME
from assessments.scoring.content import MAX_POINTS
from assessments.scoring.gradebook_scales import Level, problem_of
from assessments.services.editing import locked, save_changes
from assessments.services.grade import next_ordinal
from assessments.services.totals import recount_later
from courses.models import Course
from courses.rules import MANAGE_COURSE
from lms.kernel.actors import Actor
from lms.kernel.db.fields import new_public_id
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid, Stale
from lms.kernel.rules import require
from lms.kernel.text import require_text

MAX_WEIGHT = Decimal(1000)
MAX_PERIODS = 20
MAX_DEPTH = 3


@dataclass(frozen=True, slots=True)
class GradebookSettings:
    """`levels` as (label, least percentage), `periods` as {key?, name, starts, ends, closed}."""

    rule: str = Aggregate.POINTS
    ungraded: str = Ungraded.IGNORE
    show_totals: bool = True
    levels: Sequence[tuple[str, Decimal]] = ()
    periods: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class CategoryFields:
    """What a category says of itself; `parent` is another category or the course."""

    name: str
    rule: str = Aggregate.POINTS
    weight: Decimal = Decimal(1)
    extra: bool = False
    drop_lowest: int = 0
    drop_highest: int = 0
    parent: GradeCategory | None = None


@dataclass(frozen=True, slots=True)
class ItemFields:
    """Where a column counts; `title` and `max_score` are for those graded by hand."""

    title: str = ""
    max_score: Decimal | None = None
    category: GradeCategory | None = None
    weight: Decimal = Decimal(1)
    extra: bool = False
    period: str = ""


@transaction.atomic
def update_gradebook(
    *, actor: Actor, course: Course, settings: GradebookSettings, expected: int | None = None
) -> Gradebook:
    """Change how a course counts; totals follow in a job.

    `expected` is the version the asker saw, 0 for none yet. Raises Stale, and Invalid naming the
    field.
    """
    require(actor, MANAGE_COURSE, course)
    fields = _checked_settings(settings)
    Gradebook.objects.get_or_create(course=course, defaults={"version": 0})
    row = lock(Gradebook.objects.filter(course=course)).get()
    if expected is not None and row.version != expected:
        raise Stale
    save_changes(row, **fields)
    recount_later(actor, course.pk)
    return row


@transaction.atomic
def create_category(*, actor: Actor, course: Course, fields: CategoryFields) -> GradeCategory:
    """A new category after the others. Raises Invalid naming the field."""
    require(actor, MANAGE_COURSE, course)
    values = _checked_category(course, fields)
    last = GradeCategory.objects.filter(course=course).order_by("-ordinal").first()
    row = GradeCategory.objects.create(
        course=course, ordinal=(last.ordinal if last else 0) + 1, **values
    )
    recount_later(actor, course.pk)
    return row


@transaction.atomic
def update_category(
    *, actor: Actor, category: GradeCategory, fields: CategoryFields, expected: int | None = None
) -> GradeCategory:
    """Change a category. Raises Stale, and Invalid naming the field."""
    require(actor, MANAGE_COURSE, category.course)
    row = locked(category, expected=expected)
    values = _checked_category(category.course, fields, itself=row)
    save_changes(row, **values)
    recount_later(actor, row.course_id)
    return row


@transaction.atomic
def delete_category(*, actor: Actor, category: GradeCategory) -> None:
    """Remove a category; what is in it moves up into the one around it."""
    require(actor, MANAGE_COURSE, category.course)
    row = locked(category)
    row.items.update(category_id=row.parent_id)
    row.children.update(parent_id=row.parent_id)
    row.delete()
    recount_later(actor, category.course_id)


@transaction.atomic
def create_manual_item(*, actor: Actor, course: Course, fields: ItemFields) -> GradeItem:
    """A column that is graded by hand. Raises Invalid naming the field."""
    require(actor, MANAGE_COURSE, course)
    values = _checked_item(course, fields, by_hand=True)
    row = GradeItem.objects.create(
        course=course, kind=GradeItemKind.MANUAL, ordinal=next_ordinal(course.pk), **values
    )
    recount_later(actor, course.pk)
    return row


@transaction.atomic
def update_item(
    *, actor: Actor, item: GradeItem, fields: ItemFields, expected: int | None = None
) -> GradeItem:
    """Change a column; title and points only of one graded by hand.

    Raises Stale, Invalid naming the field, also for fewer points than somebody has.
    """
    require(actor, MANAGE_COURSE, item.course)
    row = locked(item, expected=expected)
    by_hand = row.kind == GradeItemKind.MANUAL
    values = _checked_item(item.course, fields, by_hand=by_hand)
    most = values.get("max_score")
    if by_hand and most != row.max_score:
        if row.grades.filter(score__gt=most).exists():
            raise Invalid(_("Somebody has more points than that."), field="max_score")
        if row.grades.exists():
            raise Conflict(
                _("There are grades out of the old points. Remove them first."), code="has_grades"
            )
    save_changes(row, **values)
    recount_later(actor, row.course_id)
    return row


@transaction.atomic
def delete_item(*, actor: Actor, item: GradeItem) -> None:
    """Remove a column graded by hand. Raises Conflict `has_work` or `has_grades`."""
    require(actor, MANAGE_COURSE, item.course)
    row = locked(item)
    if row.kind != GradeItemKind.MANUAL:
        raise Conflict(_("This column belongs to a lesson."), code="has_work")
    if row.grades.exists():
        raise Conflict(_("There are grades in this column; they are kept."), code="has_grades")
    row.curves.all().delete()
    row.delete()
    recount_later(actor, item.course_id)


def _checked_settings(settings: GradebookSettings) -> dict[str, Any]:
    if settings.rule not in Aggregate.values:
        raise Invalid(_("This is not a way to count."), field="rule")
    if settings.ungraded not in Ungraded.values:
        raise Invalid(_("Say whether empty cells count."), field="ungraded")
    levels = [Level(label, least) for label, least in settings.levels]
    if levels and problem_of(levels):
        raise Invalid(
            _("Give 2 to 30 different letters with different borders, the lowest from 0."),
            field="levels",
        )
    ranked = sorted(levels, key=lambda level: level.least, reverse=True)
    return {
        "rule": settings.rule,
        "ungraded": settings.ungraded,
        "show_totals": settings.show_totals,
        "levels": [
            {
                "label": require_text(level.label.strip(), field="levels", max_length=MAX_NAME),
                "least": str(level.least),
            }
            for level in ranked
        ],
        "periods": _checked_periods(settings.periods),
    }


def _checked_periods(periods: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    if len(periods) > MAX_PERIODS:
        raise Invalid(_("At most 20 grading periods."), field="periods")
    found = []
    for period in periods:
        starts, ends = period.get("starts"), period.get("ends")
        if not isinstance(starts, date) or not isinstance(ends, date) or ends < starts:
            raise Invalid(_("A grading period ends after it starts."), field="periods")
        name = require_text(str(period["name"]).strip(), field="periods", max_length=MAX_NAME)
        if not name:
            raise Invalid(_("Name each grading period."), field="periods")
        found.append(
            {
                "key": str(period.get("key") or new_public_id())[:22],
                "name": name,
                "starts": starts.isoformat(),
                "ends": ends.isoformat(),
                "closed": bool(period.get("closed", False)),
            }
        )
    if len({period["key"] for period in found}) < len(found):
        raise Invalid(_("Two grading periods have the same key."), field="periods")
    return sorted(found, key=lambda period: str(period["starts"]))


def _checked_category(
    course: Course, fields: CategoryFields, *, itself: GradeCategory | None = None
) -> dict[str, Any]:
    name = require_text(fields.name.strip(), field="name", max_length=MAX_NAME)
    if not name:
        raise Invalid(_("Give it a name."), field="name")
    if fields.rule not in Aggregate.values:
        raise Invalid(_("This is not a way to count."), field="rule")
    for word in ("drop_lowest", "drop_highest"):
        if not 0 <= getattr(fields, word) <= MAX_DROP:
            raise Invalid(_("Drop between 0 and 20."), field=word)
    _check_weight(fields.weight)
    _check_parent(course, fields.parent, itself)
    return {
        "name": name,
        "rule": fields.rule,
        "weight": fields.weight,
        "extra": fields.extra,
        "drop_lowest": fields.drop_lowest,
        "drop_highest": fields.drop_highest,
        "parent": fields.parent,
    }


def _check_parent(
    course: Course, parent: GradeCategory | None, itself: GradeCategory | None
) -> None:
    depth = 1
    above = parent
    while above is not None:
        if above.course_id != course.pk or (itself is not None and above.pk == itself.pk):
            raise Invalid(_("A category cannot be inside itself."), field="parent")
        depth += 1
        above = above.parent
    below = 0 if itself is None else _height(itself)
    if depth + below > MAX_DEPTH:
        raise Invalid(_("Categories are nested at most three deep."), field="parent")


def _height(category: GradeCategory) -> int:
    return max((1 + _height(child) for child in category.children.all()), default=0)


def _checked_item(course: Course, fields: ItemFields, *, by_hand: bool) -> dict[str, Any]:
    _check_weight(fields.weight)
    if fields.category is not None and fields.category.course_id != course.pk:
        raise Invalid(_("This category belongs to another course."), field="category")
    values = {
        "category": fields.category,
        "weight": fields.weight,
        "extra": fields.extra,
        "period": _known_period(course, fields.period),
    }
    if not by_hand:
        return values
    title = require_text(fields.title.strip(), field="title", max_length=MAX_TITLE)
    if not title:
        raise Invalid(_("Give it a title."), field="title")
    most = fields.max_score
    if most is None or not most.is_finite() or not 0 < most <= MAX_POINTS:
        raise Invalid(_("Give points above 0, up to 500."), field="max_score")
    return {**values, "title": title, "max_score": most}


def _known_period(course: Course, key: str) -> str:
    book = Gradebook.objects.filter(course=course).first()
    known = {period["key"] for period in book.periods} if book else set()
    if key and key not in known:
        raise Invalid(_("There is no such grading period."), field="period")
    return key


def _check_weight(weight: Decimal) -> None:
    exponent = weight.as_tuple().exponent
    if not weight.is_finite() or not 0 <= weight <= MAX_WEIGHT:
        raise Invalid(_("A weight lies between 0 and 1000."), field="weight")
    if isinstance(exponent, int) and exponent < -2:
        raise Invalid(_("A weight has at most two decimals."), field="weight")
