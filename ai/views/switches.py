"""Pages of what AI may do: in a course for its staff, on the site for admins."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ai.forms.switches import CourseSwitchesForm, SiteSwitchesForm
from ai.queries.consent import SWITCHED, ai_course, ai_site, course_is_off, off_for
from ai.services.switches import set_course_switches, set_site_switches
from ai.services.tutor_help import style_of
from courses.models import Course
from courses.rules import MANAGE_COURSE, STAFF_COURSE
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.errors import Denied, SignInRequired
from lms.kernel.rules import allows, require
from lms.kernel.web.middleware import actor_of


@require_http_methods(["GET", "HEAD", "POST"])
def course(request: HttpRequest, slug: str) -> HttpResponse:
    """What AI may do in a course; staff see it, instructors change it."""
    found = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    locked = not allows(actor, MANAGE_COURSE, found)
    form = CourseSwitchesForm(request.POST or None, locked=locked, initial=_of_course(found))
    if request.method == "POST":
        require(actor, MANAGE_COURSE, found)
        if form.is_valid():
            with refusals(request, form):
                set_course_switches(
                    actor=actor,
                    course=found,
                    off=not form.cleaned_data["on"],
                    style=form.cleaned_data["style"],
                    ask_consent=form.cleaned_data["ask_consent"],
                    off_purposes=form.off_purposes(),
                )
            if not form.errors:
                messages.success(request, _("Saved."))
                return redirect("teach-ai-switches", slug=slug)
    site = ai_site()
    context = teach_context(
        request,
        found,
        "ai",
        form=form,
        locked=locked,
        site_off=off_for([], None) == "site",
        site_asks=site.ask_consent,
        site_purposes=[one.label for one in SWITCHED if one in site.off_purposes],
    )
    return render(request, "ai/switches/course.html", context, status=400 if form.errors else 200)


def _of_course(found: Course) -> dict[str, Any]:
    row = ai_course(found)
    return {
        "on": not course_is_off(found),
        "style": style_of(found),
        "ask_consent": row.ask_consent,
        "purposes": [one.value for one in SWITCHED if one not in row.off_purposes],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def site(request: HttpRequest) -> HttpResponse:
    """What AI may do on the site; for admins."""
    actor = actor_of(request)
    if not actor.signed_in:
        raise SignInRequired
    if not actor.is_admin:
        raise Denied
    row = ai_site()
    now = {
        "on": off_for([], None) != "site",
        "ask_consent": row.ask_consent,
        "purposes": [one.value for one in SWITCHED if one not in row.off_purposes],
    }
    form = SiteSwitchesForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            set_site_switches(
                actor=actor,
                off=not form.cleaned_data["on"],
                ask_consent=form.cleaned_data["ask_consent"],
                off_purposes=form.off_purposes(),
            )
        if not form.errors:
            messages.success(request, _("Saved."))
            return redirect("ai-switches")
    status = 400 if form.errors else 200
    return render(request, "ai/switches/site.html", {"form": form}, status=status)
