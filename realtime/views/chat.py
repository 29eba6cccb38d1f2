"""The page of a course's room; it works by forms alone and comes alive by static/js/chat.js."""

import uuid

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.rules import allows, fetch
from lms.kernel.web.middleware import actor_of
from realtime.enums import MAX_BODY
from realtime.queries.chat import course_with_room, may_talk, newest_of, present_in
from realtime.rules import VIEW_MESSAGE
from realtime.services.chat import delete_message, send_message


@require_http_methods(["GET", "HEAD", "POST"])
def chat(request: HttpRequest, slug: str) -> HttpResponse:
    """Read the room; a POST says something, for browsers without scripts."""
    course = course_with_room(actor_of(request), slug=slug)
    if request.method == "POST":
        return _say(request, course)
    return render(request, "realtime/chat/index.html", _context(request, course))


@require_POST
def remove(request: HttpRequest, slug: str, message_id: str) -> HttpResponse:
    """Take a message's words away."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    message = fetch(
        actor,
        VIEW_MESSAGE,
        select=("room__course", "sender"),
        public_id=message_id,
        room__course=course,
    )
    delete_message(actor=actor, message=message)
    return redirect("course-chat", slug=slug)


def _say(request: HttpRequest, course: Course) -> HttpResponse:
    try:
        client_id = uuid.UUID(request.POST.get("client_id", ""))
    except ValueError:
        client_id = uuid.uuid4()
    try:
        send_message(
            actor=actor_of(request),
            course=course,
            client_id=client_id,
            body=request.POST.get("body", ""),
        )
    except (Invalid, Conflict) as problem:
        flash.error(request, problem.detail)
    return redirect("course-chat", slug=course.slug)


def _context(request: HttpRequest, course: Course) -> dict[str, object]:
    actor = actor_of(request)
    return {
        "course": course,
        "tab": "chat",
        "may_open": True,
        "may_staff": allows(actor, STAFF_COURSE, course),
        "room": newest_of(actor, course),
        "members": present_in(course.pk),
        "may_write": may_talk(actor, course),
        "may_moderate": allows(actor, STAFF_COURSE, course) and actor.can_write,
        "client_id": uuid.uuid4(),
        "max_body": MAX_BODY,
    }
