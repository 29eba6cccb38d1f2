"""Browsers that are told things: their worker, switching one off, and signing out in one."""

from typing import Any

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from lms.kernel.web.middleware import actor_of
from realtime.api.browsers import HERE
from realtime.services.browsers import forget_browser, remove_browser


@cache_control(no_cache=True)
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker at an address that never changes; its code is a static file.

    Its scope is the folder it lies in, where there is no page: it only shows pushes.
    """
    return render(request, "realtime/push/worker.js", content_type="text/javascript; charset=utf-8")


@require_POST
def remove(request: HttpRequest, browser_id: str) -> HttpResponse:
    """Switch push off in one browser."""
    remove_browser(actor=actor_of(request), browser_id=browser_id)
    flash.success(request, _("That browser is told no more."))
    return redirect("notification-settings")


def forget_here(request: HttpRequest | None, user: Any, **_signal: Any) -> None:
    """A session ends: nothing more is pushed to its browser (receives `user_logged_out`).

    The session knows the browser that was switched on in it; the form of the sign-out may name the
    address of one that was switched on in an earlier session.
    """
    if request is None or user is None:
        return
    known, named = request.session.get(HERE, ""), request.POST.get("push_endpoint", "")
    if known or named:
        forget_browser(user_id=user.pk, browser_id=str(known), endpoint=named.replace("\0", ""))
