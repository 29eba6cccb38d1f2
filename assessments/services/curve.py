"""Curves over a column: fitted once, recorded, applied to every score, undone as a whole."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.enums import CurveKind, GradeSource
from assessments.models import Grade, GradeCurve, GradeItem
from assessments.queries.book import points_of
from assessments.scoring.gradebook_curves import Curve, curved, flat_curve, linear_curve
from assessments.services.cells import MAX_REASON, require_open
from assessments.services.grade import Origin, write_grade
from assessments.services.log import take_turns
from assessments.services.totals import recount_learners
from courses.rules import MANAGE_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.rules import require
from lms.kernel.text import require_text


@dataclass(frozen=True, slots=True)
class CurveWish:
    """What somebody asks for: points to add, or a mean and a highest score in points."""

    kind: str
    points: Decimal | None = None
    mean: Decimal | None = None
    highest: Decimal | None = None


def preview_curve(*, actor: Actor, item: GradeItem, wish: CurveWish) -> list[tuple[Grade, Decimal]]:
    """Every score of the column with what the curve would make of it; nothing is stored."""
    require(actor, MANAGE_COURSE, item.course)
    grades = _scored(item)
    curve = _fitted(item, grades, wish)
    return [(grade, _after(curve, grade)) for grade in grades]


@transaction.atomic
def apply_curve(*, actor: Actor, item: GradeItem, wish: CurveWish, reason: str = "") -> GradeCurve:
    """Fit a curve to the column's scores, record it and apply it to each.

    Scores that come later from the work go through the same curve. Raises Conflict `curved` when
    there is one already, Conflict `period_closed`, Invalid for numbers that cannot be fitted.
    """
    require(actor, MANAGE_COURSE, item.course)
    require_open(item)
    reason = require_text(reason.strip(), field="reason", max_length=MAX_REASON)
    learners = [grade.learner_id for grade in _scored(item)]
    take_turns(item.course_id, learners)
    if item.curves.filter(undone_at=None).exists():
        raise Conflict(_("Undo the curve of this column first."), code="curved")
    grades = _scored(item)
    curve = _fitted(item, grades, wish)
    row = GradeCurve.objects.create(
        item=item,
        kind=curve.kind,
        slope=curve.slope,
        shift=curve.shift,
        reason=reason,
        made_by_id=actor.user_id,
        at=clock.now(),
    )
    for grade in grades:
        _write(actor, grade, _after(curve, grade), grade.score, reason, GradeSource.CURVE)
    recount_learners(item.course_id, [grade.learner_id for grade in grades])
    return row


@transaction.atomic
def undo_curve(*, actor: Actor, item: GradeItem, reason: str = "") -> int:
    """Give every curved score back what it was before; returns how many.

    Raises Conflict `not_curved` without a curve, Conflict `period_closed`.
    """
    require(actor, MANAGE_COURSE, item.course)
    require_open(item)
    reason = require_text(reason.strip(), field="reason", max_length=MAX_REASON)
    take_turns(item.course_id, [grade.learner_id for grade in _scored(item)])
    if not item.curves.filter(undone_at=None).update(undone_at=clock.now()):
        raise Conflict(_("There is no curve to undo."), code="not_curved")
    grades = [grade for grade in _scored(item) if grade.raw_score is not None]
    for grade in grades:
        _write(actor, grade, grade.raw_score, None, reason, GradeSource.UNDO)
    recount_learners(item.course_id, [grade.learner_id for grade in grades])
    return len(grades)


def _scored(item: GradeItem) -> list[Grade]:
    rows = Grade.objects.filter(item=item, score__isnull=False)
    return list(rows.select_related("item", "learner", "attempt").order_by("learner_id"))


def _fitted(item: GradeItem, grades: list[Grade], wish: CurveWish) -> Curve:
    full = points_of(item)
    if not grades:
        raise Invalid(_("There are no scores to curve yet."), field="kind")
    if wish.kind == CurveKind.SQUARE_ROOT:
        return Curve(CurveKind.SQUARE_ROOT)
    if wish.kind == CurveKind.FLAT:
        return flat_curve(_number(wish.points, "points", full))
    if wish.kind != CurveKind.LINEAR:
        raise Invalid(_("This is not a curve."), field="kind")
    mean, highest = _number(wish.mean, "mean", full), _number(wish.highest, "highest", full)
    if highest < mean:
        raise Invalid(_("The highest score is not below the mean."), field="highest")
    scores = [grade.score for grade in grades if grade.score is not None]
    return linear_curve(scores, mean=mean, highest=highest)


def _number(number: Decimal | None, field: str, most: Decimal) -> Decimal:
    if number is None or not number.is_finite() or not 0 <= number <= most:
        words = _("Give a number between 0 and %(most)s.") % {"most": f"{most.normalize():f}"}
        raise Invalid(words, field=field)
    return number


def _after(curve: Curve, grade: Grade) -> Decimal:
    return curved(curve, grade.score or Decimal(0), grade.max_score)


def _write(
    actor: Actor,
    grade: Grade,
    score: Decimal | None,
    raw: Decimal | None,
    reason: str,
    source: GradeSource,
) -> None:
    origin = Origin(source, grade.attempt, overridden=grade.overridden, raw=raw, bulk=True)
    write_grade(
        actor=actor,
        item=grade.item,
        learner=grade.learner,
        score=score,
        max_score=grade.max_score,
        status=grade.status,
        reason=reason,
        origin=origin,
    )
