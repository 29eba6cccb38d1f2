"""A learner's mastery of one skill, answer by answer, and what may be said of it.

One answer is a few multiplications (`tracing.updated`). Counting answers one by one and tracing all
of them from the first give the same to the last bit, as long as the parameters are the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from analytics.scoring.mastery.tracing import Skill, updated

# An answer is right from this share of its points on: another try after a wrong one is worth less.
RIGHT_FROM = Decimal("0.75")
# With fewer answers nothing is said.
LEAST_SHOWN = 3
SECURE, GROWING = 0.85, 0.5

# Where an answer stands among those of a learner: when it was handed in, then its key.
Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Trace:
    """The chance that a skill is mastered after some answers; `last` is the newest one's place."""

    mastery: float
    answers: int = 0
    right: int = 0
    last: Place | None = None


class Level(TextChoices):
    """What a chance is called. The borders are choices, not results."""

    SECURE = "secure", _("Secure")
    GROWING = "growing", _("Growing")
    SHAKY = "shaky", _("Needs practice")
    UNKNOWN = "unknown", _("Not known yet")


def begin(skill: Skill) -> Trace:
    """Before the first answer."""
    return Trace(skill.prior)


def step(skill: Skill, trace: Trace, *, right: bool, place: Place) -> Trace:
    """After one more answer, which comes after all that were counted."""
    return Trace(
        updated(skill, trace.mastery, correct=right),
        trace.answers + 1,
        trace.right + right,
        place,
    )


def traced_cell(skill: Skill, answers: Iterable[tuple[Place, bool]]) -> Trace:
    """After all answers, in whatever order they come."""
    trace = begin(skill)
    for place, right in sorted(answers):
        trace = step(skill, trace, right=right, place=place)
    return trace


def is_right(worth: Decimal, points: Decimal) -> bool:
    """Whether an answer counts as right."""
    return worth >= RIGHT_FROM * points


def level_of(mastery: float, answers: int) -> Level:
    """What the chance is called; unknown below three answers."""
    if answers < LEAST_SHOWN:
        return Level.UNKNOWN
    if mastery >= SECURE:
        return Level.SECURE
    return Level.GROWING if mastery >= GROWING else Level.SHAKY


def words_of(answers: int, right: int) -> str:
    """From how many answers, and what is missing where they are too few."""
    if not answers:
        return str(_("No answers yet."))
    if answers < LEAST_SHOWN:
        text = ngettext(
            "Too little is known: %(count)d answer so far, from 3 on it says something.",
            "Too little is known: %(count)d answers so far, from 3 on it says something.",
            answers,
        )
        return text % {"count": answers}
    text = ngettext(
        "%(right)d of %(count)d answer right", "%(right)d of %(count)d answers right", answers
    )
    return text % {"right": right, "count": answers}
