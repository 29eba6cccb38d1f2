"""The review queue: one card at a time, its rating, the last rating taken back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from analytics.forms.review import RatingForm
from analytics.queries.review import (
    Due,
    Turn,
    last_rating,
    memory_of,
    rated_today,
    review_queue,
)
from analytics.queries.review_card import back, flashcard_back, fronts
from analytics.scoring.spacing import Recall, interval_words, intervals
from analytics.services.review import rate_card, undo_rating
from courses.views.doors import refusals
from lms.kernel import clock
from lms.kernel.errors import Invalid, NotFound, SignInRequired
from lms.kernel.web.middleware import actor_of


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The card whose turn it is; with `?show=` its answer, if it is that card."""
    actor = actor_of(request)
    if not actor.signed_in:
        raise SignInRequired
    found = review_queue(actor)
    context: dict[str, Any] = {
        "queue": found,
        "done": rated_today(actor),
        "undo": last_rating(actor) is not None and not found.closed,
        "now": clock.now(),
    }
    if found.first is not None:
        context |= _card(found.first, request.GET.get("show", ""))
    return render(request, "analytics/review/queue.html", context)


@require_POST
def rate(request: HttpRequest) -> HttpResponse:
    """Rate the card that was shown."""
    form = RatingForm(request.POST)
    if not form.is_valid():
        raise Invalid(_("Choose again, hard, good or easy."), field="rating")
    given = form.cleaned_data
    with refusals(request):
        rate_card(
            actor=actor_of(request),
            item_id=given["question"],
            recall=Recall(given["rating"]),
            reps=given["reps"],
        )
    return redirect("review-queue")


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take the last rating back."""
    try:
        undo_rating(actor=actor_of(request))
    except NotFound as problem:
        messages.info(request, problem.detail)
    else:
        messages.success(request, _("The last rating is taken back."))
    return redirect("review-queue")


def dashboard(request: HttpRequest, context: dict[str, Any]) -> str:
    """On the dashboard: how many cards wait, where there are any."""
    found = review_queue(actor_of(request))
    if not found.due:
        return ""
    return render_to_string("analytics/slots/review.html", {"queue": found}, request)


def _card(turn: Turn, shown: str) -> dict[str, Any]:
    (front,) = fronts([turn])
    kind = "question" if isinstance(turn, Due) else "flashcard"
    context: dict[str, Any] = {"front": front, "front_kind": kind}
    if shown != front.question:
        return context
    found = intervals(memory_of(turn.card), clock.now())
    ratings = [(int(one), one.label, interval_words(found[one])) for one in Recall]
    told = back(turn.candidate) if isinstance(turn, Due) else flashcard_back(turn)
    return context | {"back": told, "ratings": ratings}
