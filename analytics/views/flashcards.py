"""One's own flashcards: the list over all courses, making, changing, suspending, deleting."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.forms.flashcards import FlashcardForm
from analytics.models import Flashcard
from analytics.queries.flashcards import Narrow, courses_learned, own_cards, own_flashcard
from analytics.rules import EDIT_FLASHCARD
from analytics.services.flashcards import (
    add_own_cards,
    delete_flashcard,
    resume_flashcard,
    suspend_flashcard,
    update_flashcard,
)
from assessments.queries.exam import exam_of
from courses.enums import LessonKind
from courses.rules import LEARN_COURSE
from courses.views.doors import refusals
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied, SignInRequired
from lms.kernel.rules import allows, require
from lms.kernel.web.middleware import actor_of

PAGE_SIZE = 30
SHOWN = [
    ("", gettext_lazy("Every card")),
    ("mine", gettext_lazy("Made by you")),
    ("deck", gettext_lazy("Of your courses")),
    ("resting", gettext_lazy("Suspended")),
]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Your cards and those of your courses, searched and narrowed by the address."""
    actor = _signed_in(request)
    narrow = narrowed(request)
    rows = own_cards(actor, narrow)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "narrow": narrow,
        "shown": SHOWN,
        "courses": _courses(actor),
        "is_narrowed": narrow != Narrow(),
        "closed": exam_of(actor) is not None,
    }
    return render(request, "analytics/cards/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A new card of your own; `?course=` and `?back=` fill the form."""
    actor = _signed_in(request)
    courses = _courses(actor)
    first = {name: request.GET.get(name, "")[:2_000] for name in ("course", "front", "back")}
    form = FlashcardForm(request.POST or None, courses=courses, initial=first)
    if request.method == "POST" and not courses:
        raise Denied
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            add_own_cards(actor=actor, course=form.course, cards=[form.sides()])
            messages.success(request, _("The card is in your queue."))
            return redirect(after_adding(request, "card-new", "cards"))
    status = 400 if form.errors else 200
    context = {"form": form, "courses": courses}
    return render(request, "analytics/cards/edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, card_id: str) -> HttpResponse:
    """Change a card of your own; what comes from a course is only shown."""
    actor = _signed_in(request)
    row = own_flashcard(actor, card_id)
    if row.owner_id is None and request.method != "POST":
        return render(request, "analytics/cards/show.html", {"row": row})
    require(actor, EDIT_FLASHCARD, row)
    form = FlashcardForm(request.POST or None, initial={"front": row.front, "back": row.back})
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            update_flashcard(actor=actor, flashcard=row, sides=form.sides())
            messages.success(request, _("The card is saved."))
            return redirect("cards")
    context: dict[str, Any] = {"form": form, "row": row}
    status = 400 if form.errors else 200
    return render(request, "analytics/cards/edit.html", context, status=status)


@require_POST
def change(request: HttpRequest, card_id: str, verb: str) -> HttpResponse:
    """Suspend a card, let it come again, or delete one of your own."""
    actor = _signed_in(request)
    row = own_flashcard(actor, card_id)
    with refusals(request):
        messages.success(request, VERBS[verb](actor, row))
    return redirect("review-queue" if request.POST.get("next") == "queue" else "cards")


def _suspend(actor: Actor, row: Flashcard) -> str:
    suspend_flashcard(actor=actor, flashcard=row)
    return _("The card is suspended; it waits among your cards.")


def _resume(actor: Actor, row: Flashcard) -> str:
    resume_flashcard(actor=actor, flashcard=row)
    return _("The card comes again.")


def _delete(actor: Actor, row: Flashcard) -> str:
    delete_flashcard(actor=actor, flashcard=row)
    return _("The card is deleted.")


VERBS = {"suspend": _suspend, "resume": _resume, "delete": _delete}


def after_lesson(request: HttpRequest, context: dict[str, Any]) -> str:
    """Below a lesson that is read, for who learns here: the way to a card of what is marked."""
    course, lesson, actor = context.get("course"), context.get("lesson"), actor_of(request)
    if course is None or lesson is None or lesson.kind != LessonKind.TEXT:
        return ""
    if not actor.can_write or not allows(actor, LEARN_COURSE, course):
        return ""
    return render_to_string("analytics/slots/make_card.html", {"course": course})


def after_adding(request: HttpRequest, again: str, else_to: str, **at: str) -> str:
    """Where to after a card was added: to the next one, in the same course, or to the list."""
    if "again" not in request.POST:
        return reverse(else_to, kwargs=at)
    course = request.POST.get("course", "")
    return reverse(again, kwargs=at) + (f"?course={course}" if course.isalnum() else "")


def narrowed(request: HttpRequest) -> Narrow:
    """What the address narrows a list of cards to."""
    given = {name: request.GET.get(name, "")[:200] for name in ("search", "course", "show")}
    return Narrow(**given)


def _courses(actor: Actor) -> list[Any]:
    return list(courses_learned(actor).order_by("title", "pk")[:200])


def _signed_in(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not actor.signed_in:
        raise SignInRequired
    return actor
