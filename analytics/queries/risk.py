"""What the early warning said, for a course's staff and for the learner it is about."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max, QuerySet

from analytics.models import (
    EarlyWarning,
    HelpContact,
    LearnerRisk,
    RiskModelVersion,
    RiskObjection,
)
from analytics.queries.outcomes import outcomes_of
from analytics.scoring.risk.figures import Theme
from analytics.scoring.risk.reasons import Unknown, words
from courses.models import Course
from courses.rules import OPEN_COURSE, STAFF_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.worded import Worded, WordedObjects, padded
from lms.kernel.rules import require

# Older rows say nothing of now.
FRESH = timedelta(days=8)
# So long after something was done its effect is read.
FOLLOWED_AFTER = timedelta(days=14)
HIGH, RAISED = 0.6, 0.35
# Predicted and observed shares may part by so much.
DRIFT = 0.10


@dataclass(frozen=True, slots=True)
class Part:
    """A reason in words; `log_odds` above zero raises the risk."""

    theme: str
    log_odds: float
    text: str


@dataclass(frozen=True, slots=True)
class Warned:
    """What was said of a learner: base + parts + rest are the log-odds of `chance` (0..1).

    Without a chance too little is known, which `note` says.
    """

    learner_id: int
    week: date
    told_at: datetime
    chance: float | None
    base: float
    rest: float
    reasons: tuple[Part, ...]
    note: str
    model_id: int | None

    @property
    def level(self) -> str:
        """`high`, `raised`, `low`, or `unknown`."""
        return level_of(self.chance)

    @property
    def raising(self) -> list[Part]:
        """The reasons that raise the risk."""
        return [part for part in self.reasons if part.log_odds > 0]


@dataclass(frozen=True, slots=True)
class Followed:
    """Something staff did, the chance then and two weeks later or as last told, null if unknown."""

    contact: HelpContact
    before: float | None
    after: float | None
    settled: bool

    @property
    def change(self) -> float | None:
        """By how much the chance moved; below zero is less risk."""
        known = self.before is not None and self.after is not None
        return (self.after or 0.0) - (self.before or 0.0) if known else None


def level_of(chance: float | None) -> str:
    """`high`, `raised`, `low`, or `unknown` for a chance."""
    if chance is None:
        return "unknown"
    return "high" if chance >= HIGH else "raised" if chance >= RAISED else "low"


def is_on(course: Course) -> bool:
    """Whether a course uses the early warning; the caller has checked who asks."""
    row = EarlyWarning.objects.filter(course=course).first()
    return row is None or row.on


def latest_risks(course_ids: Iterable[int]) -> dict[tuple[int, int], Warned]:
    """What was said last of each (course, learner) where it is on; the caller has checked."""
    rows = _fresh(set(course_ids), clock.now() - FRESH)
    return {(row.course_id, row.learner_id): warned_of(row) for row in rows}


def latest_chances(course_id: int) -> dict[int, float | None]:
    """The chances of a course's learners without words, None where too little is known."""
    return dict(_CHANCES.rows(course_id, clock.now() - FRESH))


def risks_of(course: Course, learner_ids: Iterable[int]) -> dict[int, Warned]:
    """What was said last of some learners, on or off; nothing is asked for nobody."""
    keys = padded(learner_ids)
    rows = _TOLD.objects(course.pk, clock.now() - FRESH, *keys) if keys else ()
    return {row.learner_id: warned_of(row) for row in rows}


_TOLD = WordedObjects(
    LearnerRisk,
    lambda course, since, *learners: LearnerRisk.objects.filter(
        course=course, told_at__gte=since, learner__in=learners
    ).order_by("week"),
)


def _fresh(course_ids: Iterable[int], since: datetime) -> QuerySet[LearnerRisk]:
    off = EarlyWarning.objects.filter(on=False).values("course")
    rows = LearnerRisk.objects.filter(course__in=course_ids, told_at__gte=since)
    return rows.exclude(course__in=off).order_by("week")


_CHANCES = Worded(lambda course, since: _fresh([course], since).values_list("learner_id", "chance"))


def own_warning(actor: Actor, course: Course) -> Warned | None:
    """What was said last of the learner who asks. Raises what `require` raises."""
    require(actor, OPEN_COURSE, course)
    return latest_risks([course.pk]).get((course.pk, actor.user_id or 0))


def own_objections(actor: Actor, course: Course) -> list[RiskObjection]:
    """The asker's objections, newest first. Raises what `require` raises."""
    require(actor, OPEN_COURSE, course)
    rows = RiskObjection.objects.filter(course=course, learner_id=actor.user_id)
    return list(rows.order_by("-created_at"))


def open_objections(actor: Actor, course: Course) -> list[RiskObjection]:
    """Those that wait for an answer, the oldest first. Raises what `require` raises."""
    require(actor, STAFF_COURSE, course)
    rows = RiskObjection.objects.filter(course=course, answered_at=None)
    return list(rows.select_related("learner").order_by("created_at"))


def objections_waiting(actor: Actor, course: Course) -> int:
    """How many wait for an answer. Raises what `require` raises."""
    require(actor, STAFF_COURSE, course)
    return len(_WAITING.rows(course.pk))


_WAITING = Worded(
    lambda course: RiskObjection.objects.filter(course=course, answered_at=None).values_list("pk")
)


def history_of(actor: Actor, course: Course, learner_id: int) -> list[Warned]:
    """What was said of a learner week by week. Raises what `require` raises."""
    require(actor, STAFF_COURSE, course)
    rows = LearnerRisk.objects.filter(course=course, learner=learner_id).order_by("week")
    return [warned_of(row) for row in rows]


def followed(actor: Actor, course: Course, learner_id: int) -> list[Followed]:
    """What was done about a learner, newest first, and what the chance was then and afterwards.

    A chance that fell does not show that the help was why. Raises what `require` raises.
    """
    weeks = [one for one in history_of(actor, course, learner_id) if one.chance is not None]
    rows = HelpContact.objects.filter(course=course, learner=learner_id)
    return [_followed(row, weeks) for row in rows.select_related("contacted_by").order_by("-pk")]


def _followed(row: HelpContact, weeks: list[Warned]) -> Followed:
    monday = row.created_at.date() - timedelta(days=row.created_at.weekday())
    later = [one for one in weeks if one.week > monday]
    until = row.created_at + FOLLOWED_AFTER
    at = next((one for one in later if one.told_at >= until), None)
    seen = at or (later[-1] if later else None)
    return Followed(row, row.chance, seen.chance if seen else None, settled=at is not None)


def drift_of(course: Course) -> dict[str, Any] | None:
    """Predicted and observed share of an ended course: None before its end or without risks.

    `predicted` is the mean of each learner's first known chance, `observed` the share that failed
    or left of the same learners; `notice` when they part by more than 0.10.
    """
    if course.ends_at is None or course.ends_at > clock.now():
        return None
    outcomes = outcomes_of(course)
    rows = LearnerRisk.objects.filter(course=course).exclude(chance=None).order_by("-week")
    # The earliest week comes last and stays.
    first = {key: chance or 0.0 for key, chance in rows.values_list("learner_id", "chance")}
    known = [key for key in first if outcomes.get(key) is not None]
    if not known:
        return None
    predicted = sum(first[key] for key in known) / len(known)
    observed = sum(bool(outcomes[key]) for key in known) / len(known)
    parted = abs(predicted - observed)
    return {
        "n": len(known),
        "predicted": predicted,
        "observed": observed,
        "notice": parted > DRIFT,
    }


def model_in_use() -> RiskModelVersion | None:
    """The site's own model, None while the one that comes with Cairn is used."""
    return RiskModelVersion.objects.filter(state="active").first()


def told_up_to(course: Course) -> datetime | None:
    """When risks were told last."""
    found: datetime | None = LearnerRisk.objects.filter(course=course).aggregate(
        last=Max("told_at")
    )["last"]
    return found


def warned_of(row: LearnerRisk) -> Warned:
    """A stored row in words of the reader's language."""
    told = row.told
    figures = {
        name: math.nan if value is None else value
        for name, value in told.get("figures", {}).items()
    }
    reasons = tuple(
        Part(theme, log_odds, words(Theme(theme), figures))
        for theme, log_odds in told.get("reasons", [])
    )
    return Warned(
        learner_id=row.learner_id,
        week=row.week,
        told_at=row.told_at,
        chance=row.chance,
        base=told.get("base", 0.0),
        rest=told.get("rest", 0.0),
        reasons=reasons,
        note=Unknown(told["unknown"]).words if told.get("unknown") else "",
        model_id=row.model_id,
    )
