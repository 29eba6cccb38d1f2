"""The institution's page for administrators and analysts, and its tables as CSV."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from analytics.models import InstitutionDay
from analytics.queries.institution import (
    ORDERS,
    glances_of,
    institution,
    institution_days,
    sees_institution,
)
from analytics.views.charts import Chart
from assessments.views.tables import csv_answer
from lms.kernel.web.middleware import actor_of

PER_PAGE = 25
COURSE_COLUMNS = (
    "course",
    "title",
    "learners",
    "active_7_days",
    "finished",
    "mean_completion",
    "may_need_help",
    "raised_risk",
    "counted_at",
)
DAY_COLUMNS = ("day", "active", "active_7_days", "enrolments", "completions")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Days, sums, and the courses with sorting and pages."""
    actor = actor_of(request)
    found = institution(actor)
    order = request.GET.get("sort", "")[:20]
    rows = glances_of(actor, order or "-learners")
    context = {
        "found": found,
        "chart": _days(found.days) if found.days else None,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "columns": _columns(order or "-learners"),
    }
    return render(request, "analytics/institution/index.html", context)


@never_cache
@require_safe
def courses_csv(request: HttpRequest) -> HttpResponse:
    """Every course in one row."""
    rows = [
        (
            row.course.public_id,
            row.course.title,
            _cell(row.seen_learners),
            _cell(row.seen_active),
            _cell(row.seen_completed),
            "" if row.seen_completion is None else f"{row.seen_completion:.4f}",
            _cell(row.seen_need_help),
            _cell(row.seen_warned),
            row.counted_at.isoformat(),
        )
        for row in glances_of(actor_of(request), "title")
    ]
    return csv_answer("courses.csv", [COURSE_COLUMNS, *rows])


@never_cache
@require_safe
def days_csv(request: HttpRequest) -> HttpResponse:
    """Every counted day."""
    rows = [
        (
            one.day.isoformat(),
            str(one.active),
            str(one.active_week),
            str(one.enrolments),
            str(one.completions),
        )
        for one in institution_days(actor_of(request))
    ]
    return csv_answer("days.csv", [DAY_COLUMNS, *rows])


def nav(request: HttpRequest, context: dict[str, Any]) -> str:
    """The way to the page in the global bar, for who may see it."""
    if not sees_institution(actor_of(request)):
        return ""
    return render_to_string("analytics/slots/institution_nav.html", {"request": request})


def button(request: HttpRequest, _context: dict[str, Any]) -> str:
    """The same on the page of those who teach, where a phone has no global bar."""
    if not sees_institution(actor_of(request)):
        return ""
    return render_to_string("analytics/slots/institution_button.html", request=request)


def menu(request: HttpRequest, _context: dict[str, Any]) -> str:
    """The same in the account's menu, for analysts, who have no page of those who teach."""
    if not actor_of(request).is_analyst:
        return ""
    return render_to_string("analytics/slots/institution_menu.html", request=request)


def _cell(count: int | None) -> str:
    return "" if count is None else str(count)


def _columns(order: str) -> list[dict[str, Any]]:
    """The heads of the table: words, the order that a press asks for, and how it is ordered now."""
    words = {
        "title": _("Course"),
        "learners": _("Learners"),
        "active": _("Active in 7 days"),
        "completed": _("Finished"),
        "completion": _("Mean completion"),
        "need_help": _("May need help"),
        "warned": _("Raised risk"),
    }
    heads = []
    for name in ORDERS:
        now = {name: "ascending", f"-{name}": "descending"}.get(order, "")
        press = name if (now == "descending" or (not now and name == "title")) else f"-{name}"
        heads.append({"name": name, "words": words[name], "sort": press, "now": now})
    return heads


def _days(days: Sequence[InstitutionDay]) -> Chart:
    """People active by day and in the week up to it, and who enrolled and finished."""
    active, week = _("Active on the day"), _("Active in 7 days")
    came, done = _("Enrolments"), _("Completions")
    series = (
        (active, "line", [one.active for one in days]),
        (week, "line", [one.active_week for one in days]),
        (came, "bar", [one.enrolments for one in days]),
        (done, "bar", [one.completions for one in days]),
    )
    option = {
        "legend": {"data": [name for name, _kind, _data in series]},
        "xAxis": {"type": "category", "data": [date_format(one.day, "j M") for one in days]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [
            {
                "name": name,
                "type": kind,
                "showSymbol": False,
                "barMaxWidth": 8,
                "data": data,
            }
            for name, kind, data in series
        ],
    }
    rows = [
        [
            date_format(one.day, "DATE_FORMAT"),
            *(
                number_format(count)
                for count in (one.active, one.active_week, one.enrolments, one.completions)
            ),
        ]
        for one in reversed(days)
    ]
    return Chart(_("People by day"), option, [_("Day (UTC)"), active, week, came, done], rows)
