"""What lateness costs and what missing work is worth: computed, never typed."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import LateUnit
from assessments.scoring.numbers import portion, rounded

HUNDRED = Decimal(100)
UNIT = {LateUnit.HOUR: timedelta(hours=1), LateUnit.DAY: timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class LatePolicy:
    """`percent` of the points for each `unit` begun, at most `cap` percent."""

    unit: LateUnit = LateUnit.NONE
    percent: Decimal = Decimal(0)
    cap: Decimal = HUNDRED


@dataclass(frozen=True, slots=True)
class Deduction:
    """How a mark became a score: `units` begun, `percent` after the cap, points taken off.

    `taken` is never more than there was to take: `score` is `mark - taken`.
    """

    mark: Decimal
    points: Decimal
    units: int
    each: Decimal
    percent: Decimal
    capped: bool
    taken: Decimal
    score: Decimal


def units_begun(late_by: timedelta, unit: LateUnit) -> int:
    """How many hours or days of lateness have begun; 0 when not late or nothing is deducted."""
    length = UNIT.get(unit)
    if length is None or late_by <= timedelta(0):
        return 0
    return -(-late_by // length)


def percent_off(late_by: timedelta, policy: LatePolicy) -> Decimal:
    """The percent of the points that so much lateness takes, after the cap."""
    return min(policy.percent * units_begun(late_by, policy.unit), policy.cap)


def taken_off(mark: Decimal, points: Decimal, percent: Decimal) -> Decimal:
    """A percentage of the points to be had, but no more than the mark has to give."""
    return min(portion(percent / HUNDRED, points), rounded(mark))


def deducted(mark: Decimal, points: Decimal, late_by: timedelta, policy: LatePolicy) -> Deduction:
    """Take the cost of lateness off a mark: a share of the points to be had, down to zero."""
    units = units_begun(late_by, policy.unit)
    wanted = policy.percent * units
    percent = percent_off(late_by, policy)
    taken = taken_off(mark, points, percent)
    return Deduction(
        mark=rounded(mark),
        points=points,
        units=units,
        each=policy.percent,
        percent=percent,
        capped=wanted > policy.cap,
        taken=taken,
        score=rounded(mark) - taken,
    )


def missing_score(points: Decimal, percent: Decimal) -> Decimal:
    """What work that never came is worth."""
    return portion(percent / HUNDRED, points)


def in_words(deduction: Deduction, unit: LateUnit) -> str:
    """The arithmetic of a deduction as a sentence; empty when nothing was taken off."""
    if not deduction.units or not deduction.percent:
        return ""
    begun = (
        ngettext("%(n)d hour late", "%(n)d hours late", deduction.units)
        if unit == LateUnit.HOUR
        else ngettext("%(n)d day late", "%(n)d days late", deduction.units)
    ) % {"n": deduction.units}
    product = f"{deduction.units} \u00d7 {_plain(deduction.each)} %"
    if deduction.capped:
        percent = _("%(product)s, at most %(cap)s %%") % {
            "product": product,
            "cap": _plain(deduction.percent),
        }
    else:
        percent = f"{product} = {_plain(deduction.percent)} %"
    words = _(
        "%(begun)s: %(percent)s of %(points)s points = %(cost)s; %(mark)s - %(taken)s = %(score)s."
    )
    return words % {
        "begun": begun,
        "percent": percent,
        "points": _plain(deduction.points),
        "cost": _plain(portion(deduction.percent / HUNDRED, deduction.points)),
        "mark": _plain(deduction.mark),
        "taken": _plain(deduction.taken),
        "score": _plain(deduction.score),
    }


def _plain(number: Decimal) -> str:
    """A number without zeros at its end: 85.0000 as "85"."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
