"""Criteria with levels or maxima: checked, kept as JSON, added up. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext as _

from assessments.enums import RubricKind
from assessments.scoring.numbers import portion, rounded
from lms.kernel.errors import Invalid
from lms.kernel.text import require_text

MAX_CRITERIA: Final = 30
MAX_LEVELS: Final = 10
MAX_TITLE: Final = 200
MAX_WORDS: Final = 2000
MAX_POINTS: Final = Decimal(1000)


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a criterion and what it is worth."""

    id: str
    title: str
    points: Decimal
    description: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing work is judged by. `note` is for markers; `levels` best or worst first."""

    id: str
    title: str
    points: Decimal = Decimal(0)
    description: str = ""
    note: str = ""
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True)
class Pick:
    """What a marker gave for a criterion: a level, points of their own, or both undecided."""

    level: str = ""
    points: Decimal | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """The sum over the criteria, what it is out of, and the criteria still undecided."""

    given: Decimal
    most: Decimal
    undecided: tuple[str, ...] = field(default=())

    @property
    def complete(self) -> bool:
        """Whether every criterion is decided."""
        return not self.undecided

    def scaled(self, points: Decimal) -> Decimal:
        """The sum as a share of `points`, rounded once."""
        return portion(self.given / self.most, points) if self.most else Decimal(0)


def checked_criteria(kind: str, criteria: Sequence[Criterion]) -> tuple[Criterion, ...]:
    """The criteria as they are kept; of a rubric a criterion is worth its best level.

    Raises Invalid for `criteria` in words that name the criterion.
    """
    if not 1 <= len(criteria) <= MAX_CRITERIA:
        raise Invalid(_("Write between 1 and 30 criteria."), field="criteria")
    if len({one.id for one in criteria}) < len(criteria):
        raise Invalid(_("Two criteria have the same id."), field="criteria")
    return tuple(_checked(kind, one) for one in criteria)


def total_points(criteria: Sequence[Criterion]) -> Decimal:
    """What all criteria together are worth."""
    return rounded(sum((one.points for one in criteria), Decimal(0)))


def judged(criteria: Sequence[Criterion], picks: Mapping[str, Pick]) -> Judged:
    """Add up what was given; a criterion without points or level is undecided."""
    given, undecided = Decimal(0), []
    for one in criteria:
        points = points_of(one, picks.get(one.id, Pick()))
        if points is None:
            undecided.append(one.title)
        else:
            given += points
    return Judged(rounded(given), total_points(criteria), tuple(undecided))


def points_of(criterion: Criterion, pick: Pick) -> Decimal | None:
    """The points of a pick: typed ones stand over those of the level."""
    if pick.points is not None:
        return pick.points
    worth = {level.id: level.points for level in criterion.levels}
    return worth.get(pick.level)


def checked_picks(criteria: Sequence[Criterion], picks: Mapping[str, Pick]) -> dict[str, Pick]:
    """The picks that speak of criteria. Raises Invalid for `picks` out of range."""
    kept = {}
    for one in criteria:
        pick = picks.get(one.id)
        if pick is None or pick == Pick():
            continue
        require_text(pick.note, field="picks", max_length=MAX_WORDS)
        if pick.level and pick.level not in {level.id for level in one.levels}:
            raise Invalid(_("There is no such level."), field="picks")
        if pick.points is not None:
            _require_points(pick.points, one.points, one.title, "picks")
        kept[one.id] = pick
    return kept


def criteria_json(criteria: Sequence[Criterion]) -> list[dict[str, Any]]:
    """Criteria as they are stored: points as text."""
    return [_texts(asdict(one)) for one in criteria]


def criteria_of(stored: Sequence[Mapping[str, Any]]) -> tuple[Criterion, ...]:
    """Criteria from what is stored or sent. Raises Invalid for `criteria` of another shape."""
    try:
        return tuple(_criterion(one) for one in stored)
    except (KeyError, TypeError, ValueError, InvalidOperation, AttributeError) as wrong:
        raise Invalid(_("These criteria cannot be read."), field="criteria") from wrong


def picks_json(picks: Mapping[str, Pick]) -> dict[str, Any]:
    """Picks as they are stored."""
    return {
        key: {
            "level": pick.level,
            "points": None if pick.points is None else str(pick.points),
            "note": pick.note,
        }
        for key, pick in picks.items()
    }


def picks_of(stored: Mapping[str, Any]) -> dict[str, Pick]:
    """Picks from what is stored or sent. Raises Invalid for `picks` of another shape."""
    try:
        return {str(key): _pick(value) for key, value in stored.items()}
    except (TypeError, ValueError, InvalidOperation, AttributeError) as wrong:
        raise Invalid(_("These points cannot be read."), field="picks") from wrong


def _checked(kind: str, one: Criterion) -> Criterion:
    title = one.title.strip()
    if not title:
        raise Invalid(_("Give every criterion a title."), field="criteria")
    for text in (title, *(level.title for level in one.levels)):
        require_text(text, field="criteria", max_length=MAX_TITLE)
    for text in (one.description, one.note, *(level.description for level in one.levels)):
        require_text(text, field="criteria", max_length=MAX_WORDS)
    if kind == RubricKind.GUIDE:
        _require_points(one.points, MAX_POINTS, title, "criteria", least=Decimal("0.0001"))
        return replace(one, title=title, levels=())
    return replace(one, title=title, levels=_levels(one, title), points=_best(one))


def _levels(one: Criterion, title: str) -> tuple[Level, ...]:
    if not 2 <= len(one.levels) <= MAX_LEVELS:
        words = _("“%(title)s” needs between 2 and 10 levels.") % {"title": title}
        raise Invalid(words, field="criteria")
    for level in one.levels:
        _require_points(level.points, MAX_POINTS, title, "criteria")
        if not level.title.strip():
            words = _("Give every level of “%(title)s” a title.") % {"title": title}
            raise Invalid(words, field="criteria")
    if not _best(one):
        words = _("A level of “%(title)s” has to be worth something.") % {"title": title}
        raise Invalid(words, field="criteria")
    return one.levels


def _best(one: Criterion) -> Decimal:
    return max((level.points for level in one.levels), default=Decimal(0))


def _require_points(
    value: Decimal, most: Decimal, title: str, name: str, *, least: Decimal = Decimal(0)
) -> None:
    exponent = value.as_tuple().exponent
    fine = isinstance(exponent, int) and exponent >= -4
    if not value.is_finite() or not least <= value <= most or not fine:
        words = _("Points of “%(title)s” lie between 0 and %(most)s.")
        raise Invalid(words % {"title": title, "most": f"{most.normalize():f}"}, field=name)


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _texts(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_texts(inner) for inner in value]
    return str(value) if isinstance(value, Decimal) else value


def _criterion(one: Mapping[str, Any]) -> Criterion:
    return Criterion(
        id=str(one["id"])[:22],
        title=str(one["title"]),
        points=Decimal(str(one.get("points") or 0)),
        description=str(one.get("description", "")),
        note=str(one.get("note", "")),
        levels=tuple(_level(level) for level in one.get("levels", ())),
    )


def _level(level: Mapping[str, Any]) -> Level:
    return Level(
        id=str(level["id"])[:22],
        title=str(level["title"]),
        points=Decimal(str(level.get("points") or 0)),
        description=str(level.get("description", "")),
    )


def _pick(value: Mapping[str, Any]) -> Pick:
    points = value.get("points")
    return Pick(
        level=str(value.get("level") or ""),
        points=None if points in {None, ""} else Decimal(str(points)),
        note=str(value.get("note") or ""),
    )
