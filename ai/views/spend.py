"""What AI cost: the page for admins and course staff, and the same as a table."""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ai.queries.spend import Spend, spend
from ai.scoring.money import whole_units
from assessments.views.tables import csv_answer
from courses.models import Course
from courses.rules import STAFF_COURSE
from courses.views.doors import find_course
from lms.kernel.errors import SignInRequired
from lms.kernel.web.middleware import actor_of

DAYS = (7, 30, 90, 365)
COLUMNS = (
    "purpose",
    "course",
    "calls",
    "tokens",
    "cost",
    "currency",
    "saved_tokens",
    "saved_cost",
)


@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Spend by purpose and course, and budgets; with `course` one course for its staff."""
    found, course = _asked(request)
    shown = {"spend": found, "course": course, "periods": DAYS}
    return render(request, "ai/spend/index.html", shown)


@never_cache
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The rows as CSV, cost in whole currency units."""
    found, _course = _asked(request)
    rows = [
        (
            row.purpose,
            row.course,
            str(row.calls),
            str(row.tokens),
            _whole(row.money, found.currency),
            found.currency,
            str(row.saved_tokens),
            _whole(row.saved_money, found.currency),
        )
        for row in found.rows
    ]
    return csv_answer("ai-spend.csv", [COLUMNS, *rows])


def _asked(request: HttpRequest) -> tuple[Spend, Course | None]:
    actor = actor_of(request)
    if not actor.signed_in:
        raise SignInRequired
    slug = request.GET.get("course", "")[:100]
    course = find_course(request, slug, STAFF_COURSE) if slug else None
    given = request.GET.get("days", "")[:9]
    days = int(given) if given.isdecimal() and int(given) in DAYS else 30
    return spend(actor, course=course, days=days), course


def _whole(minor_units: Decimal, currency: str) -> str:
    return f"{whole_units(minor_units, currency):f}"
