"""What one does with messages of a room by pages and forms: threads, edits, emoji, reports."""

import uuid

from django.contrib import messages as flash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.models import Course
from courses.rules import MANAGE_COURSE, STAFF_COURSE
from courses.views.doors import refusals
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid, Throttled
from lms.kernel.rules import allows, fetch, require
from lms.kernel.web.middleware import actor_of
from realtime.enums import MAX_ALT, MAX_BODY, MAX_FILE_MB, MAX_FILES, Emoji
from realtime.models import Message
from realtime.queries.chat import course_with_room, may_talk, shown_to
from realtime.queries.direct import direct_policy
from realtime.queries.room import found_in, history_of, thread_of
from realtime.rules import EDIT_MESSAGE, MODERATE_MESSAGE, USE_MESSAGE, VIEW_HISTORY, VIEW_MESSAGE
from realtime.services.chat import send_message
from realtime.services.editing import edit_message, react
from realtime.services.files import Named, add_file
from realtime.services.moderation import pin_message, report_message

ATTACHING = {"max_alt": MAX_ALT, "max_files": MAX_FILES, "max_mb": MAX_FILE_MB}


def message_here(actor: Actor, course: Course, public_id: str) -> Message:
    """A message of this very room (Z3), as it is shown to the actor; not to be stored."""
    found = fetch(
        actor,
        VIEW_MESSAGE,
        select=("room__course", "sender", "parent", "thread"),
        public_id=public_id,
        room__course=course,
    )
    return shown_to(actor)(found)


def room_context(request: HttpRequest, course: Course) -> dict[str, object]:
    """What every page of a room needs to show messages with their tools."""
    actor = actor_of(request)
    return {
        "course": course,
        "tab": "chat",
        "may_open": True,
        "may_staff": allows(actor, STAFF_COURSE, course),
        "may_write": may_talk(actor, course),
        "direct_to": direct_policy(actor, course),
        "may_moderate": allows(actor, STAFF_COURSE, course) and actor.can_write,
        "may_promote": allows(actor, MANAGE_COURSE, course) and actor.can_write,
        "emoji": Emoji.choices,
        "blank_chips": [(name, sign, 0, False) for name, sign in Emoji.choices],
        "max_body": MAX_BODY,
        **ATTACHING,
        "client_id": uuid.uuid4(),
    }


def say(request: HttpRequest, course: Course, reply_to: str = "") -> None:
    """Say what a form holds; a refusal that can be acted on is shown on the next page."""
    try:
        client_id = uuid.UUID(request.POST.get("client_id", ""))
    except ValueError:
        client_id = uuid.uuid4()
    try:
        files = brought(request)
        send_message(
            actor=actor_of(request),
            course=course,
            client_id=client_id,
            body=request.POST.get("body", ""),
            reply_to=reply_to or request.POST.get("reply_to", ""),
            files=files,
        )
    except (Invalid, Conflict, Throttled) as problem:
        flash.error(request, problem.detail)


def brought(request: HttpRequest) -> tuple[Named, ...]:
    """The files that a form brings along, kept. Raises what `add_file` raises."""
    sent = request.FILES.getlist("files")
    if len(sent) > MAX_FILES:
        raise Invalid(_("At most %s files go with a message.") % MAX_FILES, field="files")
    actor = actor_of(request)
    kept = [add_file(actor=actor, name=one.name or "", content=one) for one in sent]
    return tuple(Named(row.public_id) for row in kept)


@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: HttpRequest, slug: str, message_id: str) -> HttpResponse:
    """A thread by itself; a POST replies to it."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    message = message_here(actor, course, message_id)
    if request.method == "POST":
        say(request, course, message_id)
        return redirect("course-chat-thread", slug=slug, message_id=message_id)
    reads_back = allows(actor, VIEW_HISTORY, message)
    gone = reads_back and message.deleted_at is not None
    context = {
        **room_context(request, course),
        "thread": thread_of(actor, course, message),
        "focus": message,
        "revisions": history_of(actor, message) if reads_back else (),
        "kept_files": message.files.all() if gone else (),
    }
    return render(request, "realtime/chat/thread.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, message_id: str) -> HttpResponse:
    """Other words for one's own message."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    message = message_here(actor, course, message_id)
    require(actor, EDIT_MESSAGE, message)
    if request.method == "POST":
        with refusals(request):
            edit_message(actor=actor, message=message, body=request.POST.get("body", ""))
            return _back(course, message)
    context = {**room_context(request, course), "row": message}
    return render(request, "realtime/chat/edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str, message_id: str) -> HttpResponse:
    """Ask the people who teach to look at a message."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    message = message_here(actor, course, message_id)
    require(actor, USE_MESSAGE, message)
    if request.method == "POST":
        with refusals(request):
            report_message(actor=actor, message=message, reason=request.POST.get("reason", ""))
            flash.success(request, _("The people who teach will look at it."))
        return redirect("course-chat", slug=slug)
    context = {**room_context(request, course), "row": message}
    return render(request, "realtime/chat/report.html", context)


@require_POST
def act(request: HttpRequest, slug: str, message_id: str, verb: str) -> HttpResponse:
    """Put an emoji on a message or take it back, pin it or unpin it."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    message = message_here(actor, course, message_id)
    on = request.POST.get("on") == "1"
    with refusals(request):
        if verb == "react":
            react(actor=actor, message=message, emoji=request.POST.get("emoji", ""), on=on)
        elif verb == "pin":
            require(actor, MODERATE_MESSAGE, message)
            pin_message(actor=actor, message=message, on=on)
        else:
            raise Http404
    return _back(course, message)


@require_safe
def search(request: HttpRequest, slug: str) -> HttpResponse:
    """The messages of the room with these words."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    text = request.GET.get("q", "")[:200]
    context = {**room_context(request, course), "q": text, "lines": found_in(actor, course, text)}
    return render(request, "realtime/chat/search.html", context)


def _back(course: Course, message: Message) -> HttpResponse:
    return redirect(f"{reverse('course-chat', args=[course.slug])}#m-{message.public_id}")
