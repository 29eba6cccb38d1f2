"""The latent model of a quiz as its staff read it: estimates with errors, curves, words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from analytics.models import ItemStatistics
from analytics.scoring.latent.report import item_words, model_words, why_not
from analytics.views.charts import NONE, Chart, rounded

# As many colours as `static/js/chart.js` has for series.
COLOURS = 6
# Names of ECharts, or dashes and gaps in pixels.
STROKES: tuple[str | list[int], ...] = (
    "solid",
    "dashed",
    "dotted",
    [12, 3, 2, 3],
    [16, 4],
    [2, 6],
    [8, 2, 2, 2, 2, 2],
    [16, 5, 6, 5],
    [3, 2],
)
# A legend of lines as they are drawn, long enough to show their dashes.
LINES = {"type": "scroll", "icon": "inherit", "itemWidth": 36}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A question's line: estimates with their standard errors, fit, what to know."""

    ordinal: int
    text: str
    discrimination: str
    difficulty: str
    fit: str
    warnings: list[str]


@dataclass(frozen=True, slots=True)
class LatentModel:
    """What is shown; with `reason` nothing could be fitted."""

    model: str
    n: int
    reason: str
    lines: list[Estimate]
    left_out: list[str]
    warnings: list[str]
    chart: Chart | None


def latent_of(kept: Mapping[str, Any] | None, rows: Sequence[ItemStatistics]) -> LatentModel | None:
    """A stored model in the reader's words, None where none was counted yet."""
    if kept is None:
        return None
    by_version = {str(row.version_id): row for row in rows}
    reason = why_not(kept["n"], kept["questions"])
    found = [(by_version[one["item"]], one) for one in kept["items"] if one["item"] in by_version]
    return LatentModel(
        model=_("two parameters") if kept["model"] == "2pl" else _("one parameter"),
        n=kept["n"],
        reason=reason or "",
        lines=[_line(row, one) for row, one in found],
        left_out=[_name(by_version[one]) for one in kept["left_out"] if one in by_version],
        warnings=[] if reason else model_words(kept["n"], converged=kept["converged"]),
        chart=_curves(kept["abilities"], found) if found else None,
    )


def _line(row: ItemStatistics, one: dict[str, Any]) -> Estimate:
    fitted = one["fit"]
    return Estimate(
        ordinal=row.ordinal,
        text=row.version.question.text,
        discrimination=_with_error(one["discrimination"], one["discrimination_se"]),
        difficulty=_with_error(one["difficulty"], one["difficulty_se"]),
        fit=NONE if fitted is None else f"p = {rounded(fitted['p'], 3)}",
        warnings=item_words(one),
    )


def _with_error(value: float | None, error: float | None) -> str:
    if value is None:
        return NONE
    if error is None:
        return rounded(value, 2)
    return f"{rounded(value, 2)} ± {rounded(error, 2)}"


def _name(row: ItemStatistics) -> str:
    return _("question %(number)d") % {"number": row.ordinal}


def _below(name: str) -> dict[str, Any]:
    """The name of an axis in the middle beneath it."""
    return {"name": name, "nameLocation": "middle", "nameGap": 28}


def _stroke(place: int) -> str | list[int]:
    """How a line is drawn: where the colours of a chart come again, another stroke does not."""
    return STROKES[place // COLOURS % len(STROKES)]


def _curves(abilities: list[float], found: list[tuple[ItemStatistics, dict[str, Any]]]) -> Chart:
    """How much each question, and all together, tell at each ability."""
    whole = _("All questions")
    names = [_name(row) for row, _one in found]
    curves = [one["information"] for _row, one in found]
    total = [round(sum(values), 4) for values in zip(*curves, strict=True)]
    axis = _("Ability, in standard deviations")
    option = {
        "legend": {"data": [whole, *names], **LINES},
        "grid": {"left": 8, "right": 16, "top": 36, "bottom": 32, "containLabel": True},
        "xAxis": {"type": "value", "min": abilities[0], "max": abilities[-1], **_below(axis)},
        "yAxis": {"type": "value"},
        "series": [
            {
                "name": name,
                "type": "line",
                "smooth": True,
                "symbol": "none",
                "lineStyle": {"width": 3 if name == whole else 1, "type": _stroke(place)},
                "data": [list(pair) for pair in zip(abilities, values, strict=True)],
            }
            for place, (name, values) in enumerate(
                zip([whole, *names], [total, *curves], strict=True)
            )
        ],
    }
    rows = [
        [
            rounded(ability, 1),
            rounded(total[at], 2),
            *(rounded(curve[at], 2) for curve in curves),
        ]
        for at, ability in enumerate(abilities)
    ]
    columns = [_("Ability"), whole, *names]
    note = _("The higher the curve, the more precisely learners of that ability are told apart.")
    return Chart(_("Where the quiz measures"), option, columns, rows, note)
