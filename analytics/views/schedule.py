"""The report of a course by mail: asked for by its staff, stopped by a link without signing in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from analytics.forms.schedule import ScheduleForm
from analytics.queries.schedules import own_schedule
from analytics.services.schedules import (
    Wish,
    schedule_by_token,
    set_schedule,
    stop_by_token,
    stop_schedule,
)
from courses.rules import ASSIST_COURSE, MANAGE_COURSE, STAFF_COURSE
from courses.views.doors import find_course, refusals
from lms.kernel.rules import allows
from lms.kernel.web.middleware import actor_of


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own report by mail of a course."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    row = own_schedule(actor, course)
    initial = {"every": "weekly", "weekday": 0, "hour": 8}
    if row is not None:
        initial = {name: getattr(row, name) for name in ("every", "weekday", "hour", "attach")}
    form = ScheduleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            set_schedule(actor=actor, course=course, wish=Wish(**form.cleaned_data))
        if not form.errors:
            messages.success(request, _("The report comes by mail from now on."))
            return redirect("teach-report-mail", slug=slug)
    context = {
        "course": course,
        "tab": "analytics",
        "may_manage": allows(actor, MANAGE_COURSE, course),
        "may_set": allows(actor, ASSIST_COURSE, course),
        "row": row if row is not None and row.on else None,
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "analytics/mail/index.html", context, status=status)


@require_POST
def stop(request: HttpRequest, slug: str) -> HttpResponse:
    """Stop one's own report by mail."""
    course = find_course(request, slug, STAFF_COURSE)
    stop_schedule(actor=actor_of(request), course=course)
    messages.success(request, _("No more reports of this course come by mail."))
    return redirect("teach-report-mail", slug=slug)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def off(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link of a mail leads. Mail programs post to it themselves (RFC 8058).

    The signed token is what proves who asks, and all that it can do is stop this one report.
    Opening the page changes nothing, for scanners of mail open links.
    """
    stopped = request.method == "POST"
    row = stop_by_token(token=token) if stopped else schedule_by_token(token)
    context = {"course": row.course, "stopped": stopped or not row.on, "token": token}
    return render(request, "analytics/mail/off.html", context)
