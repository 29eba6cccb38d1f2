"""Planning something, looking at it, changing it, calling it off."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from courses.models import Course
from courses.rules import MANAGE_COURSE
from courses.views.doors import find_course, refusals
from interop.forms.calendar import EventForm, initial_of, initial_on
from interop.queries.event import event as find_event
from interop.queries.event import group_choices
from interop.rules import EDIT_EVENT
from interop.services.event import call_off_event, change_event, plan_event
from lms.kernel import clock
from lms.kernel.errors import SignInRequired
from lms.kernel.rules import allows, require
from lms.kernel.web.middleware import actor_of

SAFE = ["GET", "HEAD", "POST"]
MORNING = time(9)


@require_http_methods(SAFE)
def plan_own(request: HttpRequest) -> HttpResponse:
    """Plan something for oneself."""
    if not actor_of(request).signed_in:
        raise SignInRequired
    return _plan(request, None)


@require_http_methods(SAFE)
def plan_in_course(request: HttpRequest, slug: str) -> HttpResponse:
    """Plan something for a course."""
    return _plan(request, find_course(request, slug, MANAGE_COURSE))


@require_http_methods(SAFE)
def event(request: HttpRequest, event_id: str) -> HttpResponse:
    """What is planned; its form for who may change it."""
    actor = actor_of(request)
    row = find_event(actor, event_id)
    editable = allows(actor, EDIT_EVENT, row)
    context: dict[str, Any] = {"event": row, "course": row.course, "editable": editable}
    if request.method == "POST":
        require(actor, EDIT_EVENT, row)
    if editable:
        groups = group_choices(row.course)
        form = EventForm(request.POST or None, initial=initial_of(row), groups=groups)
        if request.method == "POST" and form.is_valid():
            with refusals(request, form):
                change_event(actor=actor, event=row, fields=form.wish(row))
            if not form.errors:
                messages.success(request, _("Saved."))
                return redirect("calendar-event", row.public_id)
        context["form"] = form
    status = 400 if editable and context["form"].errors else 200
    return render(request, "interop/calendar/event.html", context, status=status)


@require_POST
def call_off(request: HttpRequest, event_id: str) -> HttpResponse:
    """Remove what is planned."""
    actor = actor_of(request)
    row = find_event(actor, event_id)
    call_off_event(actor=actor, event=row)
    messages.success(request, _("“%(title)s” is no longer planned.") % {"title": row.title})
    return _back(row.course)


def _plan(request: HttpRequest, course: Course | None) -> HttpResponse:
    groups = group_choices(course)
    start = initial_on(course, _morning(request.GET.get("day", "")))
    form = EventForm(request.POST or None, initial=start, groups=groups)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            plan_event(actor=actor_of(request), course=course, fields=form.wish())
        if not form.errors:
            messages.success(request, _("Planned."))
            return _back(course)
    context = {"form": form, "course": course}
    status = 400 if form.errors else 200
    return render(request, "interop/calendar/plan.html", context, status=status)


def _back(course: Course | None) -> HttpResponse:
    return redirect("course-calendar", course.slug) if course else redirect("my-calendar")


def _morning(text: str) -> datetime:
    """Nine o'clock of the day in the address, of tomorrow without one."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = timezone.localtime(clock.now()).date() + timedelta(days=1)
    if not 1970 <= day.year < 2100:
        day = timezone.localtime(clock.now()).date()
    return timezone.make_aware(datetime.combine(day, MORNING))
