"""The tutor for learners: a page of its own, and what the player's pane sends without scripts."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ai.enums import Purpose, Rating, TutorHelp
from ai.queries.sight import said
from ai.queries.tutor import latest_conversation, own_conversation, own_exchange, stretch_of
from ai.services.consent import off_words
from ai.services.exchanges import delete_conversation, rate_exchange, send_on
from ai.services.routes import Line, lacks_consent
from ai.services.tutor import MAX_MESSAGE, ask_tutor
from ai.services.tutor_help import help_now, require_earlier
from assessments.enums import AiHelp
from courses.models import Course, Lesson
from courses.rules import OPEN_COURSE, TALK_COURSE, VIEW_LESSON
from courses.views.doors import course_context, find_course, refusals
from lms.kernel.errors import Denied
from lms.kernel.rest.throttles import hit
from lms.kernel.rules import allows, fetch, require
from lms.kernel.web.middleware import actor_of

SHOWN = 12


def tutor_context(
    request: HttpRequest, course: Course, lesson: Lesson | None, *, before: str = ""
) -> dict[str, Any]:
    """What the conversation needs, in the pane and on its page: the newest, or those `before` one.

    Raises NotFound when that is not in the conversation.
    """
    actor = actor_of(request)
    found, help_ = latest_conversation(actor, course), help_now(actor, course)
    shut = help_.left == AiHelp.OFF
    shown = stretch_of(None if shut else found, SHOWN, before=before)
    return {
        "course": course,
        "lesson": lesson,
        "help": help_,
        "is_off": help_.mode == TutorHelp.OFF,
        "talk": found,
        "shut": shut and found is not None,
        "exchanges": said(shown.exchanges, help_.left),
        "earlier": shown.exchanges[0].public_id if shown.earlier else "",
        "before": before,
        "may_ask": allows(actor, TALK_COURSE, course),
        "may_agree": not help_.exam and lacks_consent(Line(actor, Purpose.TUTOR, course)),
        "off_words": off_words(help_.off_where) if help_.off_where else "",
        "here": request.get_full_path(),
        "max_message": MAX_MESSAGE,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The conversation; a POST asks, and goes back to the lesson that was being read."""
    course = find_course(request, slug, OPEN_COURSE)
    actor = actor_of(request)
    if request.method != "POST":
        require(actor, TALK_COURSE, course)
        frame = course_context(request, course, "tutor")
        before = request.GET.get("before", "")
        context = {**frame, **tutor_context(request, course, None, before=before)}
        if context["shut"]:
            # The page stands and says why; that earlier answers were sought is kept all the same.
            with suppress(Denied):
                require_earlier(actor)
        return render(request, "ai/tutor/page.html", context)
    wished = request.POST.get("lesson", "")
    lesson = fetch(actor, VIEW_LESSON, public_id=wished, course=course) if wished else None
    require(actor, TALK_COURSE, course)
    if hit("ai", str(actor.user_id)) is not None:
        messages.error(request, _("Too many requests. Wait a moment and try again."))
        return redirect(_back(course, wished))
    with refusals(request):
        ask_tutor(
            actor=actor,
            course=course,
            message=request.POST.get("message", ""),
            lesson=lesson,
            conversation=request.POST.get("conversation", ""),
        )
    return redirect(_back(course, wished))


@require_POST
def judge(request: HttpRequest, slug: str, exchange_id: str, act: str) -> HttpResponse:
    """Rate an answer (`up`, `down`) or pass the question to the people who teach (`send-on`)."""
    course = find_course(request, slug, OPEN_COURSE)
    actor = actor_of(request)
    exchange = own_exchange(actor, course, exchange_id)
    if act not in {"send-on", *Rating.values}:
        raise Http404
    with refusals(request):
        if act == "send-on":
            send_on(actor=actor, exchange=exchange)
            messages.success(request, _("Your question was passed to the people who teach."))
        else:
            reason = request.POST.get("reason", "")
            rate_exchange(actor=actor, exchange=exchange, rating=act, reason=reason)
            if act == Rating.UP:
                messages.success(request, _("Thank you. Good to know that it helped."))
            else:
                text = _("Thank you. The people who teach see what did not help.")
                messages.success(request, text)
    return redirect(_back(course, request.POST.get("lesson", "")))


@require_POST
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Delete one's conversation."""
    course = find_course(request, slug, OPEN_COURSE)
    actor = actor_of(request)
    row = own_conversation(actor, course, request.POST.get("conversation", ""))
    delete_conversation(actor=actor, conversation=row)
    messages.success(request, _("The conversation was deleted."))
    return redirect(_back(course, request.POST.get("lesson", "")))


def _back(course: Course, lesson: str) -> str:
    """The lesson, at its pane; the page of the conversation when no lesson was open."""
    if lesson and lesson.isalnum():
        return reverse("learn", args=[course.slug, lesson]) + "#pane-tutor"
    return reverse("tutor", args=[course.slug]) + "#tutor-end"
