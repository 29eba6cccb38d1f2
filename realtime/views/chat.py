"""The page of a course's room; it works by forms alone and comes alive by static/js/chat.js."""

import uuid

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ai.enums import TutorHelp
from ai.services.faq import MAX_ANSWER
from ai.services.tutor_help import help_now
from courses.models import Course
from courses.rules import MANAGE_COURSE, STAFF_COURSE
from courses.views.doors import refusals
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid, Throttled
from lms.kernel.rules import allows, fetch, require
from lms.kernel.web.middleware import actor_of
from realtime.enums import MAX_BODY
from realtime.forms.promote import PromoteForm
from realtime.models import Message
from realtime.queries.chat import course_with_room, may_talk, newest_of, present_in
from realtime.rules import PROMOTE_MESSAGE, VIEW_MESSAGE, VIEW_QUESTION
from realtime.services.chat import delete_message, send_message
from realtime.services.promote import asked_before, promote_message
from realtime.services.room_tutor import ask_again


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
    delete_message(actor=actor, message=_message(actor, course, message_id))
    return redirect("course-chat", slug=slug)


@require_POST
def again(request: HttpRequest, slug: str, message_id: str) -> HttpResponse:
    """Ask one's question to the tutor once more."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    question = fetch(
        actor,
        VIEW_QUESTION,
        select=("message__room__course",),
        message__public_id=message_id,
        message__room__course=course,
    )
    with refusals(request):
        ask_again(actor=actor, question=question)
    return redirect("course-chat", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
def promote(request: HttpRequest, slug: str, message_id: str) -> HttpResponse:
    """Make an answer of the room one for everybody: its words are checked by whoever does."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    message = _message(actor, course, message_id)
    require(actor, PROMOTE_MESSAGE, message)
    given = {"question": asked_before(message), "answer": message.body[:MAX_ANSWER]}
    form = PromoteForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            promote_message(actor=actor, message=message, **form.cleaned_data)
            flash.success(request, _("The tutor cites this answer from now on."))
            return redirect("course-chat", slug=slug)
    context = {"course": course, "tab": "chat", "may_open": True, "form": form, "row": message}
    context["may_staff"] = allows(actor, STAFF_COURSE, course)
    return render(request, "realtime/chat/promote.html", context)


def _message(actor: Actor, course: Course, public_id: str) -> Message:
    """A message of this very room (Z3)."""
    return fetch(
        actor,
        VIEW_MESSAGE,
        select=("room__course", "sender", "parent"),
        public_id=public_id,
        room__course=course,
    )


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
            reply_to=request.POST.get("reply_to", ""),
        )
    except (Invalid, Conflict, Throttled) as problem:
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
        "may_promote": allows(actor, MANAGE_COURSE, course) and actor.can_write,
        "tutor_on": help_now(actor, course).mode != TutorHelp.OFF,
        "client_id": uuid.uuid4(),
        "max_body": MAX_BODY,
    }
