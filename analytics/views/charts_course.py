"""Charts of a course's days and talk, and the tables of its patterns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.queries.hours import WEEKS
from analytics.queries.hours import Week as Hours
from analytics.queries.overview import Week
from analytics.scoring.words import p_words
from analytics.views.charts import NONE, Chart, counted_in, rounded
from analytics.views.formats import day_words, whole
from lms.kernel import clock

MONDAY = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Table:
    """What `components/folded_table.html` needs."""

    title: str
    columns: list[str]
    rows: list[list[str]]


def busy(hours: Hours) -> Chart:
    """Acts by weekday and hour as a heat map."""
    days = [day_words(MONDAY + timedelta(days=day), "D") for day in range(7)]
    names = [day_words(MONDAY + timedelta(days=day), "l") for day in range(7)]
    option = {
        "tooltip": {"trigger": "item"},
        "grid": {"left": 8, "right": 16, "top": 8, "bottom": 48, "containLabel": True},
        "xAxis": {"type": "category", "data": [str(hour) for hour in range(24)]},
        "yAxis": {"type": "category", "inverse": True, "data": days},
        "visualMap": _scale(max(max(day) for day in hours)),
        "series": [
            {
                "name": _("Acts"),
                "type": "heatmap",
                "itemStyle": {"borderColor": "--surface", "borderWidth": 1},
                "data": [[hour, day, hours[day][hour]] for day in range(7) for hour in range(24)],
            }
        ],
    }
    rows = [
        [names[day], whole(sum(hours[day])), *(whole(one) for one in hours[day])]
        for day in range(7)
    ]
    columns = [_("Day"), _("All"), *(f"{hour}:00" for hour in range(24))]
    words = ngettext(
        "What learners and staff did in the last week, by hour in %(zone)s.",
        "What learners and staff did in the last %(count)d weeks, by hour in %(zone)s.",
        WEEKS,
    )
    note = words % {"count": WEEKS, "zone": clock.zone_words(timezone.get_current_timezone())}
    return Chart(_("Busy hours"), option, columns, rows, note)


def _scale(most: int) -> dict[str, Any]:
    """From which colour to which, with its ends in figures."""
    return {
        "min": 0,
        "max": most,
        "orient": "horizontal",
        "left": "center",
        "bottom": 0,
        "itemHeight": 96,
        "itemWidth": 12,
        "textStyle": {"color": "--muted"},
        "text": [whole(most), "0"],
        "inRange": {"color": ["--surface-2", "--brand-line", "--series-1"]},
    }


def figure_words() -> dict[str, str]:
    """The figures of patterns in words."""
    return {
        "time_spent": _("Minutes spent"),
        "completion_rate": _("Completed"),
        "regularity": _("Weeks with activity"),
        "recency": _("Days since the last activity"),
        "messages": _("Messages"),
        "performance": _("Mean grade"),
    }


def centres(clusters: Sequence[dict[str, Any]]) -> Table:
    """The means of each group of a course, a row each."""
    words = figure_words()
    rows = [
        [
            one["name"],
            whole(one["size"]),
            *(_figure(name, one["centre"].get(name)) for name in words),
        ]
        for one in clusters
    ]
    return Table(_("Means of the groups"), [_("Group"), _("Learners"), *words.values()], rows)


def _figure(name: str, value: float | None) -> str:
    if value is None:
        return NONE
    if name in {"completion_rate", "regularity"}:
        return f"{round(value * 100)}%"
    return f"{round(value)}%" if name == "performance" else rounded(value, 1)


def relations(found: Sequence[dict[str, Any]]) -> Table:
    """Which figures of a course go together, the closest first; those undefined last."""
    words = figure_words()
    named = [
        one for one in found if all(name in words for name in one["columns"])
    ]  # a run kept by another version
    ranked = sorted(named, key=lambda one: -abs(one["pearson"]["r"]) if one["pearson"] else 1.0)
    rows = [
        [
            _("%(one)s and %(other)s")
            % {"one": words[one["columns"][0]], "other": words[one["columns"][1]].lower()},
            whole(one["n"]),
            *_coefficients(one),
        ]
        for one in ranked
    ]
    columns = [_("Figures"), _("Learners"), "r", _("95 % interval"), "p", "rho", _("p of rho")]
    return Table(_("Which figures go together"), columns, rows)


def _coefficients(one: dict[str, Any]) -> list[str]:
    straight, ranks = one["pearson"], one["spearman"]
    if straight is None or ranks is None:
        return [NONE] * 5
    low, high = straight["low"], straight["high"]
    interval = NONE if low is None or high is None else f"{low:.2f} … {high:.2f}"
    return [
        f"{straight['r']:.2f}",
        interval,
        p_words(straight["p"]).removeprefix("p ").removeprefix("= "),
        f"{ranks['r']:.2f}",
        p_words(ranks["p"]).removeprefix("p ").removeprefix("= "),
    ]


def talk(weeks: Sequence[Week]) -> Chart | None:
    """Messages in the course's rooms by week, None where nobody wrote any."""
    if not any(week.messages for week in weeks):
        return None
    words = _("Messages")
    option = {
        "xAxis": {"type": "category", "data": [day_words(w.monday, "j M") for w in weeks]},
        "yAxis": counted_in(words),
        "series": [
            {
                "name": words,
                "type": "bar",
                "barMaxWidth": 28,
                "data": [week.messages for week in weeks],
            }
        ],
    }
    rows = [
        [
            day_words(week.monday, "DATE_FORMAT"),
            NONE if week.messages is None else whole(week.messages),
        ]
        for week in weeks
    ]
    return Chart(_("Talk by week"), option, [_("Week from"), words], rows, size="short")
