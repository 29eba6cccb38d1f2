"""The desk of a room for the people who teach: reports, restrictions, how it works, its export."""

from django.contrib import messages as flash
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.queries.roles import learners_of
from courses.rules import ASSIST_COURSE, STAFF_COURSE
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.errors import Invalid
from lms.kernel.rules import require
from lms.kernel.web.middleware import actor_of
from realtime.api.export import export_of
from realtime.enums import MAX_SLOW_SECONDS, DirectPolicy, RestrictionKind
from realtime.queries.chat import course_with_room, shown_to
from realtime.queries.direct import direct_reports_in
from realtime.queries.room import (
    member_called,
    reported_in,
    restricted_in,
    room_settings,
    settled_in,
)
from realtime.rules import MODERATE_MESSAGE
from realtime.services.moderation import (
    lift_restriction,
    reopen_reports,
    restrict_member,
    set_room,
    settle_reports,
)
from realtime.views.room import message_here

MOST_NAMES = 500
REPORTED = 20
SPANS = (
    (60, gettext_lazy("one hour")),
    (60 * 24, gettext_lazy("one day")),
    (60 * 24 * 7, gettext_lazy("one week")),
)


@require_safe
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits, who is restricted, how the room works."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    reported = Paginator(reported_in(actor, course), REPORTED).get_page(request.GET.get("page"))
    shows = shown_to(actor)
    context = teach_context(
        request,
        course,
        "chat",
        page=reported,
        rows=[shows(row) for row in reported],
        settled=settled_in(actor, course),
        restricted=list(restricted_in(actor, course)),
        room=room_settings(actor, course),
        learners=list(learners_of(actor, course)[:MOST_NAMES]),
        kinds=RestrictionKind.choices,
        spans=SPANS,
        most_slow=MAX_SLOW_SECONDS,
        policies=DirectPolicy.choices,
        direct_reports=list(direct_reports_in(actor, course)[:REPORTED]),
    )
    return render(request, "realtime/chat/desk.html", context)


@require_POST
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose how the room works."""
    course = find_course(request, slug, ASSIST_COURSE)
    with refusals(request):
        set_room(
            actor=actor_of(request),
            course=course,
            slow_seconds=_whole(request.POST.get("slow_seconds", "")),
            blocked_words=request.POST.get("blocked_words", ""),
            direct=request.POST.get("direct", ""),
        )
        flash.success(request, _("Saved."))
    return redirect("teach-chat", slug=slug)


@require_POST
def members(request: HttpRequest, slug: str) -> HttpResponse:
    """Mute or ban a member, or lift it."""
    course = find_course(request, slug, ASSIST_COURSE)
    actor = actor_of(request)
    person = member_called(course, request.POST.get("member", ""))
    if person is None:
        flash.error(request, _("Choose somebody of this course."))
    elif request.POST.get("act") == "lift":
        lift_restriction(actor=actor, course=course, person=person)
        flash.success(request, _("Lifted."))
    else:
        span = request.POST.get("minutes", "")
        with refusals(request):
            restrict_member(
                actor=actor,
                course=course,
                person=person,
                kind=request.POST.get("kind", ""),
                minutes=_whole(span) if span else None,
                reason=request.POST.get("reason", ""),
            )
            flash.success(request, _("Done. It holds at once."))
    return redirect("teach-chat", slug=slug)


@require_POST
def reports(request: HttpRequest, slug: str, message_id: str) -> HttpResponse:
    """Close the reports of a message, with or without taking it away."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    message = message_here(actor, course, message_id)
    require(actor, MODERATE_MESSAGE, message)
    with refusals(request):
        if request.POST.get("act") == "reopen":
            reopen_reports(actor=actor, message=message)
            flash.success(request, _("Open again."))
            return redirect("teach-chat", slug=slug)
        remove = request.POST.get("act") == "remove"
        settle_reports(actor=actor, message=message, remove=remove)
        words = _("The message was taken away.") if remove else _("Closed; the message stays.")
        flash.success(request, words)
    return redirect("teach-chat", slug=slug)


@require_http_methods(["GET"])
def export(request: HttpRequest, slug: str) -> FileResponse:
    """Everything said in the room as a file."""
    course = find_course(request, slug, STAFF_COURSE)
    return export_of(actor_of(request), course, request.GET.get("as", "csv"))


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise Invalid(_("Give a whole number."), field="number")
    return int(text)
