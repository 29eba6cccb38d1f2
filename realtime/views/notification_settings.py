"""What somebody wants to hear of, where and when."""

from typing import Any

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ai.rules import teaches
from courses.rules import OPEN_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid, SignInRequired
from lms.kernel.rules import fetch, require_write
from lms.kernel.web.middleware import actor_of
from realtime.enums import Frequency, NotificationKind
from realtime.forms.notifications import DigestForm, QuietForm
from realtime.queries.browsers import browsers_of, push_is_set_up
from realtime.queries.notifications import Switches, preferences_of
from realtime.queries.times import courses_to_mute, next_digests, own_hours
from realtime.services.preferences import (
    mute_course,
    set_digests,
    set_preference,
    set_quiet,
    unmute_course,
)

OFF = "off"


@require_safe
def notification_settings(request: HttpRequest) -> HttpResponse:
    """The table of kinds and ways, digests, quiet hours, muted courses."""
    return _page(request, _signed_in(request))


@require_POST
def switches(request: HttpRequest) -> HttpResponse:
    """Save the switches of every kind."""
    actor = actor_of(request)
    require_write(actor)
    for row in _shown(actor):
        mail = request.POST.get(f"{row.kind}-mail", OFF)
        set_preference(
            actor=actor,
            kind=row.kind,
            in_app=f"{row.kind}-in_app" in request.POST,
            mail=mail != OFF,
            push=f"{row.kind}-push" in request.POST if "has_push" in request.POST else None,
            frequency=Frequency(mail) if mail in Frequency.values else None,
        )
    return _saved(request)


@require_POST
def digests(request: HttpRequest) -> HttpResponse:
    """Save the hour of digests and of the reminder of cards."""
    actor, form = _signed_in(request), DigestForm(request.POST)
    require_write(actor)
    if not form.is_valid():
        return _page(request, actor, digest_form=form)
    data = form.cleaned_data
    set_digests(
        actor=actor,
        hour=data["digest_hour"],
        weekday=data["digest_day"],
        review_hour=data["review_hour"],
    )
    return _saved(request)


@require_POST
def quiet(request: HttpRequest) -> HttpResponse:
    """Save the quiet hours."""
    actor, form = _signed_in(request), QuietForm(request.POST)
    require_write(actor)
    if form.is_valid():
        data = form.cleaned_data
        try:
            set_quiet(
                actor=actor,
                start=data["quiet_from"],
                end=data["quiet_until"],
                days=data["quiet_days"],
            )
        except Invalid as problem:
            for field in problem.errors:
                form.add_error(field, problem.detail)
        else:
            return _saved(request)
    return _page(request, actor, quiet_form=form)


@require_POST
def mute(request: HttpRequest, course_id: str) -> HttpResponse:
    """Mute one course, or hear of it again."""
    actor = _signed_in(request)
    if request.POST.get("act") == "unmute":
        unmute_course(actor=actor, course_id=course_id)
    else:
        mute_course(actor=actor, course=fetch(actor, OPEN_COURSE, public_id=course_id))
    return _saved(request)


def _shown(actor: Actor) -> list[Switches]:
    """The switches of what can reach the actor: budgets are told to those who teach."""
    rows = preferences_of(actor.user_id or 0)
    if teaches(actor):
        return rows
    return [row for row in rows if row.kind != NotificationKind.AI_BUDGET]


def _page(request: HttpRequest, actor: Actor, **forms: Any) -> HttpResponse:
    hours = own_hours(actor)
    context = {
        "preferences": _shown(actor),
        "frequencies": Frequency.choices,
        "digests": next_digests(actor),
        "digest_form": DigestForm.of(hours.times),
        "quiet_form": QuietForm.of(hours.times),
        "zone": clock.zone_words(hours.zone),
        "courses": courses_to_mute(actor),
        "push_ready": push_is_set_up(),
        "browsers": browsers_of(actor),
        **forms,
    }
    status = 422 if forms else 200
    return render(request, "realtime/notifications/settings.html", context, status=status)


def _saved(request: HttpRequest) -> HttpResponse:
    flash.success(request, _("Your choices are saved."))
    return redirect("notification-settings")


def _signed_in(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if actor.user_id is None:
        raise SignInRequired
    return actor
