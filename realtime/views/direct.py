"""Pages of messages between two people; they work by forms, static/js/direct.js makes them live."""

import uuid
from typing import Any

from django.contrib import messages as flash
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from courses.rules import STAFF_COURSE
from courses.views.doors import find_course, refusals
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Denied, Invalid, Throttled
from lms.kernel.rules import fetch, require
from lms.kernel.web.middleware import actor_of
from realtime.enums import MAX_BODY
from realtime.models import DirectMessage
from realtime.queries.direct import (
    PAGE,
    Talk,
    blocked_by,
    conversations_of,
    direct_seen,
    directs_of,
    found_direct,
    may_write_to,
    people_to_write,
    person_to_write,
    shared_courses,
    talk_of,
    talk_with,
    talks,
    url_of,
)
from realtime.queries.mentions import fresh
from realtime.rules.direct import CHANGE_DIRECT, USE_DIRECT, VIEW_DIRECT_REPORT
from realtime.services.direct import (
    block_person,
    delete_direct,
    edit_direct,
    report_direct,
    send_direct,
    settle_direct_report,
)
from realtime.views.room import ATTACHING, brought

LISTED = 30


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """One's conversations, whom one may write to, and the messages with some words."""
    actor = actor_of(request)
    text = request.GET.get("q", "")[:200]
    context = {
        **_beside(request, actor),
        "q": text,
        "found": found_direct(actor, text) if text else [],
        "people": people_to_write(actor, request.GET.get("to", "")[:200]),
        "to": request.GET.get("to", "")[:200],
    }
    return render(request, "realtime/direct/inbox.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """One conversation; a POST says something, for browsers without scripts."""
    actor = actor_of(request)
    talk = talk_of(actor, conversation_id)
    if request.method == "POST":
        if talk.other is not None:
            _say(request, actor, talk.other)
        return redirect("messages-conversation", conversation_id=conversation_id)
    rows = _newest(actor, talk)
    return render(request, "realtime/direct/conversation.html", _shown(request, talk, rows))


@require_http_methods(["GET", "HEAD", "POST"])
def to(request: HttpRequest, person_id: str) -> HttpResponse:
    """Write to somebody for the first time; whom one talks with already has a conversation."""
    actor = actor_of(request)
    person = person_to_write(actor, person_id)
    if request.method == "POST":
        _say(request, actor, person)
    talk = talk_with(actor, person)
    if talk is not None:
        return redirect("messages-conversation", conversation_id=talk.conversation.public_id)
    context = {**_beside(request, actor), **_composer(actor, person), "other": person, "rows": []}
    return render(request, "realtime/direct/conversation.html", context)


@require_POST
def block(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """Want no messages of the other one, or want them again."""
    actor = actor_of(request)
    talk = talk_of(actor, conversation_id)
    on = request.POST.get("on") == "1"
    block_person(actor=actor, conversation=talk.conversation, on=on)
    flash.success(request, _("Blocked. They are not told.") if on else _("Unblocked."))
    return redirect("messages-conversation", conversation_id=conversation_id)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, message_id: str) -> HttpResponse:
    """Other words for one's own message."""
    actor = actor_of(request)
    message = direct_seen(actor, message_id)
    require(actor, CHANGE_DIRECT, message)
    if request.method == "POST":
        with refusals(request):
            edit_direct(actor=actor, message=message, body=request.POST.get("body", ""))
            return redirect(url_of(message.conversation))
    context = {"row": message, "max_body": MAX_BODY, "back": url_of(message.conversation)}
    return render(request, "realtime/direct/edit.html", context)


@require_POST
def remove(request: HttpRequest, message_id: str) -> HttpResponse:
    """Take one's own message away from both."""
    actor = actor_of(request)
    message = direct_seen(actor, message_id)
    delete_direct(actor=actor, message=message)
    return redirect(url_of(message.conversation))


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, message_id: str) -> HttpResponse:
    """Show a message to the people who teach a course that both share."""
    actor = actor_of(request)
    message = direct_seen(actor, message_id)
    require(actor, USE_DIRECT, message)
    courses = shared_courses(message)
    if request.method == "POST":
        named = request.POST.get("course", "")[:40].replace("\0", "")
        chosen = courses.filter(public_id=named).first()
        with refusals(request):
            report_direct(
                actor=actor,
                message=message,
                course=chosen,
                reason=request.POST.get("reason", ""),
            )
            flash.success(request, _("The people who teach will look at it."))
        return redirect(url_of(message.conversation))
    context = {"row": fresh(message), "courses": courses, "back": url_of(message.conversation)}
    return render(request, "realtime/direct/report.html", context)


@require_POST
def settle(request: HttpRequest, slug: str, report_id: str) -> HttpResponse:
    """Close a report of a message between two people, with or without taking it away."""
    actor = actor_of(request)
    course = find_course(request, slug, STAFF_COURSE)
    row = fetch(
        actor,
        VIEW_DIRECT_REPORT,
        select=("message__sender", "course"),
        public_id=report_id,
        course=course,
    )
    removed = request.POST.get("act") == "remove"
    settle_direct_report(actor=actor, report=row, remove=removed)
    words = _("The message was taken away.") if removed else _("Closed; the message stays.")
    flash.success(request, words)
    return redirect("teach-chat", slug=slug)


def _beside(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    page = Paginator(conversations_of(actor), LISTED).get_page(request.GET.get("page"))
    return {"page": page, "talks": talks(page)}


def _composer(actor: Actor, other: User | None) -> dict[str, Any]:
    blocked = other is not None and blocked_by(actor.user_id or 0, other.pk)
    return {
        **ATTACHING,
        "may_write": may_write_to(actor, other),
        "blocked": blocked,
        "max_body": MAX_BODY,
        "client_id": uuid.uuid4(),
    }


def _newest(actor: Actor, talk: Talk) -> list[DirectMessage]:
    rows = directs_of(actor, talk.conversation).order_by("-seq")[: PAGE + 1]
    return [fresh(row) for row in reversed(rows)]


def _shown(request: HttpRequest, talk: Talk, rows: list[DirectMessage]) -> dict[str, Any]:
    actor = actor_of(request)
    return {
        **_beside(request, actor),
        **_composer(actor, talk.other),
        "talk": talk,
        "other": talk.other,
        "rows": rows[-PAGE:],
        "has_earlier": len(rows) > PAGE,
        "last_change": talk.conversation.last_change,
    }


def _say(request: HttpRequest, actor: Actor, person: User) -> None:
    """Say what a form holds; a refusal that can be acted on is shown on the next page."""
    try:
        client_id = uuid.UUID(request.POST.get("client_id", ""))
    except ValueError:
        client_id = uuid.uuid4()
    try:
        send_direct(
            actor=actor,
            person=person,
            client_id=client_id,
            body=request.POST.get("body", ""),
            files=brought(request),
        )
    except (Invalid, Conflict, Throttled) as problem:
        flash.error(request, problem.detail)
    except Denied as problem:
        if problem.code != "cannot_write":
            raise
        flash.error(request, problem.detail)
