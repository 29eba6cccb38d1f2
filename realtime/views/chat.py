"""The page of a course's room; it works by forms alone and comes alive by static/js/chat.js."""

from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ai.enums import TutorHelp
from ai.services.faq import MAX_ANSWER
from ai.services.tutor_help import help_now
from courses.models import Course
from courses.views.doors import refusals
from lms.kernel.actors import Actor
from lms.kernel.rules import fetch, require
from lms.kernel.web.middleware import actor_of
from realtime.forms.promote import PromoteForm
from realtime.queries.chat import Page, course_with_room, is_over, newest_of
from realtime.queries.presence import present_in
from realtime.queries.room import pinned_in, read_up_to
from realtime.rules import PROMOTE_MESSAGE, VIEW_QUESTION
from realtime.services.chat import delete_message
from realtime.services.promote import asked_before, promote_message
from realtime.services.room_tutor import ask_again
from realtime.views.room import message_here, room_context, say


@require_http_methods(["GET", "HEAD", "POST"])
def chat(request: HttpRequest, slug: str) -> HttpResponse:
    """Read the room; a POST says something, for browsers without scripts."""
    course = course_with_room(actor_of(request), slug=slug)
    if request.method == "POST":
        say(request, course)
        return redirect("course-chat", slug=slug)
    return render(request, "realtime/chat/index.html", _context(request, course))


@require_POST
def remove(request: HttpRequest, slug: str, message_id: str) -> HttpResponse:
    """Take a message's words away."""
    actor = actor_of(request)
    course = course_with_room(actor, slug=slug)
    delete_message(actor=actor, message=message_here(actor, course, message_id))
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
    message = message_here(actor, course, message_id)
    require(actor, PROMOTE_MESSAGE, message)
    given = {"question": asked_before(message), "answer": message.body[:MAX_ANSWER]}
    form = PromoteForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            promote_message(actor=actor, message=message, **form.cleaned_data)
            flash.success(request, _("The tutor cites this answer from now on."))
            return redirect("course-chat", slug=slug)
    context = {**room_context(request, course), "form": form, "row": message}
    return render(request, "realtime/chat/promote.html", context)


def _context(request: HttpRequest, course: Course) -> dict[str, object]:
    actor = actor_of(request)
    room = newest_of(actor, course)
    read = read_up_to(actor, course)
    return {
        **room_context(request, course),
        "room": room,
        "members": present_in(course.pk),
        "pinned": pinned_in(actor, course),
        "read": read,
        "first_new": _first_new(actor, room, read),
        "over": is_over(course),
        "tutor_on": help_now(actor, course).mode != TutorHelp.OFF,
    }


def _first_new(actor: Actor, room: Page, read: int) -> int:
    """The number of the first message that is new to whoever opens the page; 0 for none.

    Nothing is marked for somebody who was never here: all of it is new.
    """
    if not read:
        return 0
    new = (
        line.message.seq
        for line in room.lines
        if line.message.seq > read and line.message.sender_id != actor.user_id
    )
    return next(new, 0)
