"""What somebody was told."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from lms.kernel.errors import SignInRequired
from lms.kernel.rules import fetch
from lms.kernel.web.middleware import actor_of
from realtime.queries.bursts import bursts
from realtime.queries.notifications import notifications_of, unread_count
from realtime.rules import VIEW_NOTIFICATION
from realtime.services.notify import mark_all_read, mark_thread_read
from realtime.services.occasions import link_of

PAGE = 25


@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """The list, newest first."""
    actor = actor_of(request)
    if actor.user_id is None:
        raise SignInRequired
    only_unread = request.GET.get("show") == "unread"
    rows = notifications_of(actor, unread=only_unread)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "groups": bursts(page),
        "only_unread": only_unread,
        "unread": unread_count(actor),
    }
    return render(request, "realtime/notifications/index.html", context)


@require_POST
def open_notification(request: HttpRequest, notification_id: str) -> HttpResponse:
    """Mark one as read, with what else tells of its thread, and go where it leads."""
    actor = actor_of(request)
    row = fetch(actor, VIEW_NOTIFICATION, public_id=notification_id)
    mark_thread_read(actor=actor, notification=row)
    return redirect(link_of(row) or "/me/")


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    mark_all_read(actor=actor_of(request))
    return redirect("notifications")
