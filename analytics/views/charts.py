"""Charts as ECharts options, each with the table that says the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.models import ItemStatistics
from analytics.queries.learner import LearnerWeek
from analytics.queries.overview import LessonStep, QuizScores, Week
from analytics.queries.patterns import Patterns
from analytics.queries.risk import Warned
from analytics.views.formats import day_words, whole

HOUR = 3600
BINS = [f"{low}–{low + 10}" for low in range(0, 100, 10)]  # noqa: RUF001 - a range in print
NONE = "—"
# So many points a phone still draws at ease.
MOST = 1000


@dataclass(frozen=True, slots=True)
class Chart:
    """What `components/chart.html` needs."""

    title: str
    option: dict[str, Any]
    columns: list[str]
    rows: list[list[str]]
    note: str = ""
    size: str = ""


def counted_in(unit: str) -> dict[str, Any]:
    """An axis of whole numbers that says above itself what they count."""
    style = {"align": "left"}
    return {"type": "value", "minInterval": 1, "name": unit, "nameTextStyle": style}


def weekly(weeks: Sequence[Week]) -> Chart:
    """People active and hours spent, week by week."""
    people, hours = _("Active people"), _("Hours spent")
    option = {
        "legend": {"data": [people, hours]},
        "xAxis": {"type": "category", "data": [day_words(w.monday, "j M") for w in weeks]},
        "yAxis": [
            {"type": "value", "minInterval": 1},
            {"type": "value", "splitLine": {"show": False}},
        ],
        "series": [
            {"name": people, "type": "bar", "barMaxWidth": 28, "data": [w.people for w in weeks]},
            {
                "name": hours,
                "type": "line",
                "yAxisIndex": 1,
                "smooth": True,
                "data": [None if w.seconds is None else _hours(w.seconds) for w in weeks],
            },
        ],
    }
    rows = [
        [
            day_words(week.monday, "DATE_FORMAT"),
            _cell(week.people),
            NONE if week.seconds is None else number_format(_hours(week.seconds), 1),
            _cell(week.lessons_completed),
            _cell(week.attempts),
            _cell(week.messages),
        ]
        for week in weeks
    ]
    columns = [_("Week from"), people, hours, _("Lessons completed"), _("Attempts"), _("Messages")]
    return Chart(_("Engagement by week"), option, columns, rows)


def funnel(steps: Sequence[LessonStep], learners: int | None) -> Chart:
    """How many learners reached, began and completed each item, in the order of the outline."""
    came, started, done = _("Got this far"), _("Started"), _("Completed")
    series = (
        (came, "--line-strong", [step.reached for step in steps]),
        (started, "--brand-line", [step.started for step in steps]),
        (done, "--series-1", [step.completed for step in steps]),
    )
    option = {
        "legend": {"data": [came, started, done]},
        "tooltip": {"axisPointer": {"type": "shadow"}},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": [step.title for step in steps],
            "axisLabel": {"width": 180, "overflow": "truncate"},
        },
        "xAxis": _people(learners),
        "series": [
            {
                "name": name,
                "type": "bar",
                "barGap": "-100%",
                "barMaxWidth": 16,
                "itemStyle": {"color": color},
                "data": data,
            }
            for name, color, data in series
        ],
    }
    rows = [
        [step.title, _cell(step.reached), _cell(step.started), _cell(step.completed)]
        for step in steps
    ]
    note = _("Who began an item or a later one got this far: skipping is no stopping.")
    size = "tall" if len(steps) > 12 else ""
    columns = [_("Item"), came, started, done]
    return Chart(_("From item to item"), option, columns, rows, note, size)


def _people(learners: int | None) -> dict[str, Any]:
    """An axis up to a whole class, in five even steps or fewer: 1, 2 or 5 times a power of ten."""
    axis: dict[str, Any] = {"type": "value", "minInterval": 1}
    if not learners:
        return axis
    scale = 10 ** max(0, len(str(learners)) - 2)
    step = next(one * scale for one in (1, 2, 5, 10, 20, 50) if one * scale * 5 >= learners)
    return {**axis, "interval": step, "max": -(-learners // step) * step}


def scores(quiz: QuizScores) -> Chart:
    """How many learners scored in each tenth of full marks."""
    learners = _("Learners")
    bins = quiz.bins or []
    option = {
        "xAxis": {"type": "category", "data": BINS},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [{"name": learners, "type": "bar", "barCategoryGap": "12%", "data": bins}],
    }
    rows = [[f"{low}%", _cell(count)] for low, count in zip(BINS, bins, strict=False)]
    note = ""
    if quiz.mean is not None and quiz.n is not None:
        words = ngettext(
            "Mean %(mean)d%% of full marks, %(n)d learner",
            "Mean %(mean)d%% of full marks, %(n)d learners",
            quiz.n,
        )
        note = words % {"mean": round(quiz.mean * 100), "n": quiz.n}
    return Chart(quiz.title, option, [_("Percent of full marks"), learners], rows, note, "short")


def scatter(found: Patterns) -> Chart:
    """Time against performance, coloured by group; learners without a grade are not drawn.

    Of more than `MOST` learners every second, third or so is drawn; the table lists all.
    """
    names = {cluster["label"]: cluster["name"] for cluster in found.clusters}
    every = max(1, -(-len(found.points) // MOST))
    drawn: dict[str, list[dict[str, Any]]] = {name: [] for name in names.values()}
    rows, nobody = [], _("No group")
    for place, point in enumerate(found.points):
        group, grade = names.get(point.label, nobody), NONE
        if point.performance is not None:
            grade = f"{round(point.performance)}%"
            where = [round(point.time_spent, 1), round(point.performance, 1)]
            if place % every == 0:
                drawn.setdefault(group, []).append({"name": point.name, "value": where})
        done = f"{round(point.completion_rate * 100)}%"
        rows.append([point.name, group, rounded(point.time_spent, 0), done, grade])
    minutes = _("Minutes spent")
    columns = [_("Learner"), _("Group"), minutes, _("Completed"), _("Mean grade")]
    note = ""
    if every > 1:
        words = _("%(shown)d of %(all)d learners are drawn; the table lists all.")
        note = words % {"shown": sum(map(len, drawn.values())), "all": len(found.points)}
    return Chart(_("Time and performance"), _scattered(drawn, minutes), columns, rows, note)


def _scattered(drawn: dict[str, list[dict[str, Any]]], minutes: str) -> dict[str, Any]:
    return {
        "legend": {"data": list(drawn), "type": "scroll"},
        "tooltip": {"trigger": "item", "formatter": "{b}\n{a}"},
        "grid": {"bottom": 28},
        "xAxis": {"type": "value", "name": minutes, "nameLocation": "middle", "nameGap": 28},
        "yAxis": {**counted_in(_("Mean grade in percent")), "min": 0, "max": 100},
        "series": [
            {"name": name, "type": "scatter", "symbolSize": 11, "data": data}
            for name, data in drawn.items()
        ],
    }


def learner_weekly(weeks: Sequence[LearnerWeek]) -> Chart:
    """One learner's minutes, week by week."""
    minutes = _("Minutes spent")
    option = {
        "xAxis": {"type": "category", "data": [day_words(w.monday, "j M") for w in weeks]},
        "yAxis": counted_in(minutes),
        "series": [
            {
                "name": minutes,
                "type": "bar",
                "barMaxWidth": 28,
                "data": [round(week.seconds / 60) for week in weeks],
            }
        ],
    }
    rows = [
        [
            day_words(week.monday, "DATE_FORMAT"),
            str(round(week.seconds / 60)),
            str(week.days),
            str(week.lessons_completed),
            str(week.attempts),
        ]
        for week in weeks
    ]
    columns = [
        _("Week from"),
        minutes,
        _("Active days"),
        _("Lessons completed"),
        _("Attempts"),
    ]
    return Chart(_("Activity by week"), option, columns, rows, size="short")


def risks(weeks: Sequence[Warned]) -> Chart:
    """The chance of failing or leaving, week by week."""
    chance = _("Chance of failing or leaving")
    percents = [round(100 * (week.chance or 0.0)) for week in weeks]
    option = {
        "xAxis": {"type": "category", "data": [day_words(w.week, "j M") for w in weeks]},
        "yAxis": {"type": "value", "min": 0, "max": 100, "axisLabel": {"formatter": "{value}%"}},
        "series": [{"name": chance, "type": "line", "data": percents}],
    }
    rows = [
        [
            day_words(week.week, "DATE_FORMAT"),
            f"{percent}%",
            " ".join(part.text for part in week.raising),
        ]
        for week, percent in zip(weeks, percents, strict=True)
    ]
    columns = [_("Week from"), chance, _("What raised it")]
    return Chart(_("Risk by week"), option, columns, rows, size="short")


def items(rows: Sequence[ItemStatistics]) -> Chart:
    """How easy each question was and how it goes with the others, in the quiz's order."""
    easy, fits = _("Facility"), _("Fit with the other questions")
    option = {
        "legend": {"data": [easy, fits]},
        "tooltip": {"axisPointer": {"type": "shadow"}},
        "xAxis": {"type": "category", "data": [str(row.ordinal) for row in rows]},
        "yAxis": {"type": "value", "max": 1},
        "series": [
            {
                "name": name,
                "type": "bar",
                "barMaxWidth": 22,
                "data": [None if value is None else round(value, 3) for value in values],
            }
            for name, values in (
                (easy, [row.facility for row in rows]),
                (fits, [row.corrected for row in rows]),
            )
        ],
    }
    table = [
        [str(row.ordinal), whole(row.n), _two(row.facility), _two(row.corrected)] for row in rows
    ]
    columns = [_("Question"), _("Learners"), easy, fits]
    return Chart(_("Question by question"), option, columns, table)


def rounded(value: float, places: int = 2) -> str:
    """A figure in the reader's way; `number_format` alone would cut it off."""
    # Adding zero makes a minus nothing plain.
    return number_format(round(value, places) + 0.0, places)


def _two(value: float | None) -> str:
    return NONE if value is None else rounded(value)


def _hours(seconds: int) -> float:
    return round(seconds / HOUR, 1)


def _cell(count: int | None) -> str:
    return NONE if count is None else whole(count)
