"""A learner's risk with its reasons in words.

The contributions of the figures are summed by theme, for five figures of late work are one reason
to a teacher. The base, the reasons shown and the rest add up to the log-odds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import isnan
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.scoring.risk.figures import NAMES, THEME_OF, Theme, figures
from analytics.scoring.risk.model import RiskModel, chance_of
from analytics.scoring.risk.records import Member

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SHOWN = 3
# Before this many days in a run nothing is said of a learner.
LEAST_DAYS = 7


@dataclass(frozen=True, slots=True)
class Reason:
    """A theme in words with its figures; `log_odds` above zero raises the risk."""

    theme: Theme
    log_odds: float
    text: str


class Unknown(StrEnum):
    """Why nothing is said of a learner."""

    NOT_JOINED = "not_joined"
    LEFT = "left"
    NEW = "new"
    NOTHING_DUE = "nothing_due"

    @property
    def words(self) -> str:
        """In a sentence."""
        return {
            Unknown.NOT_JOINED: _("Not enough data yet: had not joined by this day."),
            Unknown.LEFT: _("Left before this day."),
            Unknown.NEW: _("Not enough data yet: joined less than a week ago."),
            Unknown.NOTHING_DUE: _("Not enough data yet: nothing was due and nothing is marked."),
        }[self]


@dataclass(frozen=True, slots=True)
class Told:
    """The risk of a learner: base + reasons + rest = log_odds, and `chance` follows from it.

    `figures` are those that the reasons name. Where too little is known `unknown` says what, and
    there is no chance.
    """

    chance: float | None
    log_odds: float
    base: float
    reasons: tuple[Reason, ...]
    rest: float
    figures: Mapping[str, float] = field(default_factory=dict)
    unknown: Unknown | None = None

    @property
    def note(self) -> str:
        """Why there is no chance, empty where there is one."""
        return self.unknown.words if self.unknown else ""


def tell(model: RiskModel, members: Sequence[Member], day: float) -> list[Told]:
    """The risk of members on a day, each with its three weightiest reasons.

    Of somebody who is not there on the day, joined less than a week before it, or could not have
    handed in anything yet, nothing is said.
    """
    if not members:
        return []
    present = [member for member in members if member.present(day)]
    table = figures(present, day)
    added = model.contributions(table)
    told = iter([_told(model.base, table[at], added[at], day) for at in range(len(present))])
    return [
        next(told) if member.present(day) else _silent(_absent(member, day)) for member in members
    ]


def _absent(member: Member, day: float) -> Unknown:
    late = member.joined is None or member.joined > day
    return Unknown.NOT_JOINED if late else Unknown.LEFT


def _silent(unknown: Unknown) -> Told:
    return Told(None, 0.0, 0.0, (), 0.0, unknown=unknown)


def _told(base: float, figure: "Floats", added: "Floats", day: float) -> Told:
    found = dict(zip(NAMES, map(float, figure), strict=True))
    unknown = _too_little(found, day)
    if unknown:
        return _silent(unknown)
    themes = dict.fromkeys(Theme, 0.0)
    for name, value in zip(NAMES, added, strict=True):
        themes[THEME_OF[name]] += float(value)
    ranked = sorted(themes, key=lambda theme: -abs(themes[theme]))[:SHOWN]
    reasons = tuple(Reason(theme, themes[theme], words(theme, found)) for theme in ranked)
    rest = sum(value for theme, value in themes.items() if theme not in ranked)
    total = base + sum(reason.log_odds for reason in reasons) + rest
    return Told(float(chance_of(_array(total))[0]), total, base, reasons, rest, found)


def _array(value: float) -> "Floats":
    import numpy as np

    return np.array([value])


def _too_little(found: dict[str, float], day: float) -> Unknown | None:
    days = day - max(found["joined"], 0.0)
    if days < LEAST_DAYS:
        return Unknown.NEW
    return Unknown.NOTHING_DUE if not found["due"] and isnan(found["mean"]) else None


def words(theme: Theme, found: dict[str, float]) -> str:
    """A theme's figures in a sentence."""
    return _WORDS[theme](found)


def _work(found: dict[str, float]) -> str:
    due = int(found["due"])
    if not due:
        return _("Nothing was due yet.")
    text = ngettext(
        "Handed in %(done)d of %(due)d task that was due.",
        "Handed in %(done)d of %(due)d tasks that were due.",
        due,
    )
    return text % {"done": due - int(found["missed"]), "due": due}


def _scores(found: dict[str, float]) -> str:
    if isnan(found["mean"]):
        return _("Nothing is marked yet.")
    text = _("Mean score %(mean)d%%, the last one %(last)d%%.")
    return text % {"mean": round(found["mean"]), "last": round(found["last"])}


def _timing(found: dict[str, float]) -> str:
    late = found["late_mean"]
    if isnan(late) and _carried(found) and found["due"] > found["missed"]:
        return _("What was due is carried over from earlier, so that punctuality is not known.")
    if isnan(late):
        return _("Handed in nothing that was due, so that punctuality is not known.")
    if round(late) == 0:
        return _("Hands in on the day it is due, in the mean.")
    text = (
        ngettext(
            "Hands in %(days)d day late in the mean.",
            "Hands in %(days)d days late in the mean.",
            round(late),
        )
        if late > 0
        else ngettext(
            "Hands in %(days)d day early in the mean.",
            "Hands in %(days)d days early in the mean.",
            round(-late),
        )
    )
    return text % {"days": round(abs(late))}


def _silence(found: dict[str, float]) -> str:
    days = max(0, round(found["silent"]))
    place = found.get("silent_place", float("nan"))  # figures kept before there were places
    if isnan(place):
        text = ngettext(
            "Handed in nothing for %(days)d day.", "Handed in nothing for %(days)d days.", days
        )
        return text % {"days": days}
    # Weeks without a task due make everybody silent: what it means is told by the others.
    text = (
        ngettext(
            "Handed in nothing new for %(days)d day, longer than %(share)d%% of the course.",
            "Handed in nothing new for %(days)d days, longer than %(share)d%% of the course.",
            days,
        )
        if _carried(found)
        else ngettext(
            "Handed in nothing for %(days)d day, longer than %(share)d%% of the course.",
            "Handed in nothing for %(days)d days, longer than %(share)d%% of the course.",
            days,
        )
    )
    return text % {"days": days, "share": round(place * 100)}


def _carried(found: dict[str, float]) -> bool:
    """Whether work of an earlier run counts here: it was handed in, but not now."""
    return found.get("carried", 0.0) > 0


def _joining(found: dict[str, float]) -> str:
    days = round(found["joined"])
    if days > 0:
        text = ngettext(
            "Joined %(days)d day after the start.", "Joined %(days)d days after the start.", days
        )
    else:
        text = ngettext(
            "Joined %(days)d day before the start.",
            "Joined %(days)d days before the start.",
            -days,
        )
    return text % {"days": abs(days)}


def _course(found: dict[str, float]) -> str:
    left = round(found["weight_left"])
    if isnan(found["progress"]):
        return _("%(left)d%% of the marks are still to come.") % {"left": left}
    text = _("%(done)d%% of the course is over, with %(left)d%% of the marks still to come.")
    return text % {"done": round(found["progress"] * 100), "left": left}


_WORDS = {
    Theme.WORK: _work,
    Theme.SCORES: _scores,
    Theme.TIMING: _timing,
    Theme.SILENCE: _silence,
    Theme.JOINING: _joining,
    Theme.COURSE: _course,
}
