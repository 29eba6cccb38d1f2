"""Who needs help: a rule of a few thresholds that a teacher can read, check and disagree with.

Nothing is learnt and nothing is hidden: each factor adds the points of the table below, and each
reason names its figure. The rule acts on nothing; a person reads the list and decides. Early in a
course, or where too little is known, it abstains instead of guessing.

The factors are those of the published rule of thumb "no visit for a week, or failing": inactivity
and low scores (as in Open edX Aspects' at-risk filter), with lagging behind the class and attempts
begun but never handed in.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class HelpState(StrEnum):
    """What the rule says. `UNKNOWN` is an answer of its own, not a low score."""

    NEEDS_HELP = "needs_help"
    WATCH = "watch"
    FINE = "fine"
    UNKNOWN = "not_enough_data"


class Factor(StrEnum):
    """What is looked at."""

    INACTIVE = "inactive"
    BEHIND = "behind"
    LOW_SCORES = "low_scores"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class Step:
    """From this figure on (`at`), so many points."""

    at: float
    points: int


# The whole rule. Figures: days without activity; share of the course behind the class's median;
# share of points missing from full marks; quiz attempts begun and not handed in. The last step
# that is reached counts.
TABLE: dict[Factor, tuple[Step, ...]] = {
    Factor.INACTIVE: (Step(7, 1), Step(14, 2), Step(28, 3)),
    Factor.BEHIND: (Step(0.15, 1), Step(0.30, 2)),
    Factor.LOW_SCORES: (Step(0.40, 1), Step(0.60, 2)),
    Factor.UNFINISHED: (Step(3, 1), Step(6, 2)),
}
NEEDS_HELP_FROM = 3
WATCH_FROM = 2
# Before this many days a learner has had no fair chance to be on time.
MIN_DAYS = 7
# A median of fewer learners says more about single people than about the class.
MIN_CLASS = 5
MIN_SCORES = 2
MIN_FACTORS = 2


class LearnerSignals(NamedTuple):
    """What is known of one learner in one course.

    `days_enrolled` and `days_inactive` in whole days (inactive since the last activity, or since
    joining where there was none); `completion` 0..1; `class_median` 0..1 of all active learners of
    `class_size`; `mean_score` 0..1 over `graded_quizzes`; `open_attempts` begun and not handed
    in. None where there is no figure.
    """

    days_enrolled: int
    days_inactive: int | None
    completion: float
    class_median: float | None
    class_size: int
    mean_score: float | None
    graded_quizzes: int
    open_attempts: int


class Reason(NamedTuple):
    """One factor that added points."""

    factor: Factor
    points: int
    signals: LearnerSignals

    @property
    def text(self) -> str:
        """In words with its figures; of hundreds of learners a page shows a few."""
        return _words(self.factor, self.signals)


class NotWeighed(StrEnum):
    """Why the rule gives no points to a learner whom it does not weigh."""

    COMPLETED = "completed"
    JUST_JOINED = "just_joined"
    FEW_FIGURES = "few_figures"


class Assessment(NamedTuple):
    """The rule's answer for one learner; `signals` are what earned the points, if any did."""

    state: HelpState
    points: int
    not_weighed: NotWeighed | None = None
    signals: LearnerSignals | None = None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """What added points, the most first; of hundreds of learners a page shows a few."""
        return _reasons(self.signals) if self.signals else ()

    @property
    def note(self) -> str:
        """What is missing, or why there is nothing to weigh; empty where there are points."""
        return _note(self.not_weighed) if self.not_weighed else ""


def assess(signals: LearnerSignals) -> Assessment:
    """Apply the table to one learner.

    A learner who completed the course needs no help. `UNKNOWN` comes with a `note` that says what
    is missing.
    """
    if signals.completion >= 1:
        return _COMPLETED
    if signals.days_enrolled < MIN_DAYS:
        return _JUST_JOINED
    figures = _figures(signals)
    if len(figures) - figures.count(None) < MIN_FACTORS:
        return _FEW_FIGURES
    total = 0
    for scale, figure in zip(_SCALES, figures, strict=True):
        if figure is not None:
            total += _points(scale, figure)
    return Assessment(_state(total), total, None, signals) if total else _FINE


_FINE = Assessment(HelpState.FINE, 0)
_COMPLETED = Assessment(HelpState.FINE, 0, NotWeighed.COMPLETED)
_JUST_JOINED = Assessment(HelpState.UNKNOWN, 0, NotWeighed.JUST_JOINED)
_FEW_FIGURES = Assessment(HelpState.UNKNOWN, 0, NotWeighed.FEW_FIGURES)


def _reasons(signals: LearnerSignals) -> tuple[Reason, ...]:
    found = []
    for factor, scale, figure in zip(Factor, _SCALES, _figures(signals), strict=True):
        points = _points(scale, figure) if figure is not None else 0
        if points:
            found.append(Reason(factor, points, signals))
    found.sort(key=lambda reason: -reason.points)
    return tuple(found)


def points_for(factor: Factor, figure: float) -> int:
    """Points of the last step of the table that the figure reaches."""
    return _points(_Scale(TABLE[factor]), figure)


class _Scale:
    """The steps of a factor as two columns, the points of reaching none of them first."""

    __slots__ = ("at", "points")

    def __init__(self, steps: tuple[Step, ...]) -> None:
        self.at = [step.at for step in steps]
        self.points = [0, *(step.points for step in steps)]


def _points(scale: _Scale, figure: float) -> int:
    # A hair of tolerance: 0.7 - 0.4 must reach 0.30 although its double does not.
    return scale.points[bisect_right(scale.at, figure + 1e-9)]


def median(values: Sequence[float]) -> float | None:
    """The middle value, the mean of the two middle ones, or None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


_SCALES = tuple(_Scale(TABLE[factor]) for factor in Factor)


def _figures(signals: LearnerSignals) -> tuple[float | None, ...]:
    """The figure of each factor in their order, None where it is not known."""
    _enrolled, inactive, completion, middle, size, score, graded, unfinished = signals
    return (
        inactive,
        middle - completion if middle is not None and size >= MIN_CLASS else None,
        1 - score if score is not None and graded >= MIN_SCORES else None,
        unfinished if graded + unfinished else None,
    )


def _state(points: int) -> HelpState:
    if points >= NEEDS_HELP_FROM:
        return HelpState.NEEDS_HELP
    return HelpState.WATCH if points >= WATCH_FROM else HelpState.FINE


def _note(why: NotWeighed) -> str:
    if why is NotWeighed.COMPLETED:
        return _("Completed the course.")
    if why is NotWeighed.JUST_JOINED:
        text = _("Not enough data yet: enrolled for less than %(days)d days.")
        return text % {"days": MIN_DAYS}
    text = _("Not enough data yet: fewer than %(count)d of the figures are known.")
    return text % {"count": MIN_FACTORS}


def _words(factor: Factor, signals: LearnerSignals) -> str:
    if factor is Factor.INACTIVE:
        days = signals.days_inactive or 0
        text = ngettext("No activity for %(days)d day.", "No activity for %(days)d days.", days)
        return text % {"days": days}
    if factor is Factor.BEHIND:
        text = _("Completed %(own)d%% while half the class has completed %(median)d%% or more.")
        own, middle = _percent(signals.completion), _percent(signals.class_median or 0)
        return text % {"own": own, "median": middle}
    if factor is Factor.LOW_SCORES:
        text = _("Mean score %(score)d%% over %(count)d graded quizzes.")
        score = _percent(signals.mean_score or 0)
        return text % {"score": score, "count": signals.graded_quizzes}
    text = _("%(count)d quiz attempts begun and not handed in.")
    return text % {"count": signals.open_attempts}


def _percent(share: float) -> int:
    return round(share * 100)
