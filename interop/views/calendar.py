"""The calendar of a person and of a course, as a month."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import get_format
from django.views.decorators.http import require_safe

from courses.models import Course
from courses.rules import MANAGE_COURSE, OPEN_COURSE
from courses.views.doors import course_context, find_course
from interop.enums import EntryKind
from interop.queries.calendar import Span, entries, my_courses
from interop.queries.feed import own_feeds
from interop.scoring.entry import Entry
from interop.scoring.month import Month, month_of
from lms.kernel import clock
from lms.kernel.errors import SignInRequired
from lms.kernel.rules import allows
from lms.kernel.web.middleware import actor_of

# What lasts longer stands on its first and on its last day alone.
LONG = 7


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """A line on one of its days: the first, the last or one between."""

    entry: Entry
    begins: bool
    ends: bool


@dataclass(frozen=True, slots=True)
class ShownDay:
    """A cell of the month."""

    day: date
    inside: bool
    today: bool
    lines: list[ShownEntry]


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Everything dated of the asker's courses, and what they plan themselves."""
    actor = actor_of(request)
    if not actor.signed_in:
        raise SignInRequired
    courses = my_courses(actor)
    asked = request.GET.get("course", "")
    chosen = [row for row in courses if row.slug == asked]
    context = _month(request, chosen or courses, own=not chosen)
    context |= {
        "courses": courses,
        "chosen": chosen[0] if chosen else None,
        "has_feed": any(row.course_id is None for row in own_feeds(actor)),
    }
    return render(request, "interop/calendar/mine.html", context)


@require_safe
def of_course(request: HttpRequest, slug: str) -> HttpResponse:
    """What has a date in one course."""
    actor = actor_of(request)
    course = find_course(request, slug, OPEN_COURSE)
    context = course_context(request, course, "calendar", **_month(request, [course], own=False))
    context["may_manage"] = allows(actor, MANAGE_COURSE, course)
    return render(request, "interop/calendar/course.html", context)


def _month(request: HttpRequest, courses: Sequence[Course], *, own: bool) -> dict[str, Any]:
    zone = timezone.get_current_timezone()
    today = clock.now().astimezone(zone).date()
    month = month_of(request.GET.get("month", ""), today)
    kind = request.GET.get("kind", "")
    kinds = [kind] if kind in EntryKind.values else []
    weeks = month.weeks((int(get_format("FIRST_DAY_OF_WEEK")) - 1) % 7)
    span = Span(weeks[0][0], weeks[-1][-1], zone)
    found = entries(actor_of(request), span, courses=courses, kinds=kinds, own=own)
    by_day = _by_day(found, zone)
    keep = {name: request.GET[name] for name in ("course", "kind") if request.GET.get(name)}
    days = [
        ShownDay(day, day.month == month.month, day == today, by_day[day])
        for week in weeks
        for day in week
    ]
    return {
        "month": month,
        "days": days,
        "weekdays": weeks[0],
        "any": any(one.lines for one in days if one.inside),
        "previous": _at(month.shifted(-1), keep),
        "next": _at(month.shifted(1), keep),
        "now": _at(Month(today.year, today.month), keep),
        "is_now": month == Month(today.year, today.month),
        "zone": clock.zone_words(timezone.get_current_timezone()),
        "kinds": [(one.value, one.label) for one in EntryKind if own or one not in OWN_KINDS],
        "kind": kinds[0] if kinds else "",
        "filtered": bool(keep),
    }


OWN_KINDS = (EntryKind.OWN, EntryKind.REVIEW)


def _by_day(found: Sequence[Entry], zone: Any) -> defaultdict[date, list[ShownEntry]]:
    by_day: defaultdict[date, list[ShownEntry]] = defaultdict(list)
    for entry in found:
        first, last = entry.first_day(zone), entry.last_day(zone)
        length = (last - first).days
        places = range(length + 1) if length < LONG else (0, length)
        for place in places:
            by_day[first + timedelta(days=place)].append(
                ShownEntry(entry, place == 0, place == length)
            )
    return by_day


def _at(month: Month | None, keep: dict[str, str]) -> str:
    return "" if month is None else f"?{urlencode({'month': month.key, **keep})}"
