"""The deck of a course: its flashcards, drafts and published."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.enums import FlashcardState
from analytics.forms.flashcards import FlashcardForm
from analytics.models import Flashcard
from analytics.queries.flashcards import deck, deck_flashcard
from analytics.queries.mastery import outcomes_of
from analytics.rules import EDIT_FLASHCARD
from analytics.services.flashcards import (
    add_deck_cards,
    delete_flashcard,
    publish_drafts,
    publish_flashcard,
    update_flashcard,
)
from analytics.views.flashcards import after_adding
from courses.models import Course
from courses.rules import MANAGE_COURSE, STAFF_COURSE
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.actors import Actor
from lms.kernel.rules import allows, require
from lms.kernel.web.middleware import actor_of

PAGE_SIZE = 30


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """The cards of a course; assistants read, instructors change."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    search, state = request.GET.get("search", "")[:200], request.GET.get("state", "")
    rows = deck(actor, course, search=search, state=state)
    context = teach_context(
        request,
        course,
        "bank",
        page=Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        search=search,
        state=state,
        states=FlashcardState.choices,
        drafts=deck(actor, course, state=FlashcardState.DRAFT).count(),
    )
    return render(request, "analytics/deck/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, slug: str) -> HttpResponse:
    """A new card of the deck: a draft, or published at once."""
    course = find_course(request, slug, MANAGE_COURSE)
    form = FlashcardForm(request.POST or None, outcomes=outcomes_of(course))
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            published = "publish" in request.POST
            actor = actor_of(request)
            add_deck_cards(actor=actor, course=course, cards=[form.sides()], published=published)
            words = _("The card is published.") if published else _("The draft is there.")
            messages.success(request, words)
            return redirect(after_adding(request, "teach-card-new", "teach-cards", slug=slug))
    return _form(request, course, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, card_id: str) -> HttpResponse:
    """Change what a card of the deck says."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    row = deck_flashcard(actor, course, card_id)
    require(actor, EDIT_FLASHCARD, row)
    outcome = row.outcome.public_id if row.outcome else ""
    first = {"front": row.front, "back": row.back, "outcome": outcome}
    form = FlashcardForm(request.POST or None, outcomes=outcomes_of(course), initial=first)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            update_flashcard(actor=actor, flashcard=row, sides=form.sides())
            messages.success(request, _("The card is saved."))
            return redirect("teach-cards", slug=slug)
    return _form(request, course, form, row)


@require_POST
def change(request: HttpRequest, slug: str, card_id: str, verb: str) -> HttpResponse:
    """Publish a card, take it back, or delete it."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    row = deck_flashcard(actor, course, card_id)
    with refusals(request):
        messages.success(request, VERBS[verb](actor, row))
    return redirect("teach-cards", slug=slug)


@require_POST
def publish_all(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish every draft of the deck."""
    course = find_course(request, slug, MANAGE_COURSE)
    count = publish_drafts(actor=actor_of(request), course=course)
    words = ngettext("%(n)d card is published.", "%(n)d cards are published.", count)
    messages.success(request, words % {"n": count})
    return redirect("teach-cards", slug=slug)


def link(request: HttpRequest, context: dict[str, Any]) -> str:
    """The way to the deck from the questions of a course, for its staff."""
    course = context.get("course")
    if course is None or not allows(actor_of(request), STAFF_COURSE, course):
        return ""
    return render_to_string("analytics/slots/deck_link.html", {"course": course})


def _form(
    request: HttpRequest, course: Course, form: FlashcardForm, row: Flashcard | None
) -> HttpResponse:
    context = teach_context(request, course, "bank", form=form, row=row)
    status = 400 if form.errors else 200
    return render(request, "analytics/deck/edit.html", context, status=status)


def _publish(actor: Actor, row: Flashcard) -> str:
    publish_flashcard(actor=actor, flashcard=row)
    return _("The card is published.")


def _hide(actor: Actor, row: Flashcard) -> str:
    publish_flashcard(actor=actor, flashcard=row, published=False)
    return _("The card is a draft again.")


def _delete(actor: Actor, row: Flashcard) -> str:
    delete_flashcard(actor=actor, flashcard=row)
    return _("The card is deleted.")


VERBS = {"publish": _publish, "hide": _hide, "delete": _delete}
