"""Charts of a course's days and talk, each with the table that says the same."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.queries.hours import WEEKS
from analytics.queries.hours import Week as Hours
from analytics.queries.overview import Week
from analytics.views.charts import NONE, Chart, counted_in
from lms.kernel import clock

MONDAY = date(2024, 1, 1)


def busy(hours: Hours) -> Chart:
    """Acts by weekday and hour as a heat map."""
    days = [date_format(MONDAY + timedelta(days=day), "D") for day in range(7)]
    names = [date_format(MONDAY + timedelta(days=day), "l") for day in range(7)]
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
        [names[day], number_format(sum(hours[day])), *(number_format(one) for one in hours[day])]
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
        "text": [number_format(most), "0"],
        "inRange": {"color": ["--surface-2", "--brand-line", "--series-1"]},
    }


def talk(weeks: Sequence[Week]) -> Chart | None:
    """Messages in the course's rooms by week, None where nobody wrote any."""
    if not any(week.messages for week in weeks):
        return None
    words = _("Messages")
    option = {
        "xAxis": {"type": "category", "data": [date_format(w.monday, "j M") for w in weeks]},
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
            date_format(week.monday, "DATE_FORMAT"),
            NONE if week.messages is None else number_format(week.messages),
        ]
        for week in weeks
    ]
    return Chart(_("Talk by week"), option, [_("Week from"), words], rows, size="short")
