"""Many flashcards at once: pasted with a look before, and taken away as a table."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from analytics.forms.flashcards import PasteForm
from analytics.models import Flashcard
from analytics.queries.flashcards import courses_learned, deck, own_cards
from analytics.scoring.pasted_cards import Pasted
from analytics.services.flashcard_paste import paste_cards, read_cards
from analytics.views.flashcards import narrowed
from assessments.views.tables import csv_answer
from courses.models import Course
from courses.rules import MANAGE_COURSE, STAFF_COURSE
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.errors import Denied, SignInRequired
from lms.kernel.web.middleware import actor_of

HEADER = ["front", "back", "course", "state", "outcome"]


@require_http_methods(["GET", "HEAD", "POST"])
def paste(request: HttpRequest) -> HttpResponse:
    """Cards of your own out of a text; first they are shown, then added."""
    actor = actor_of(request)
    if not actor.signed_in:
        raise SignInRequired
    courses = list(courses_learned(actor).order_by("title", "pk")[:200])
    if not courses and request.method == "POST":
        raise Denied
    first = {"course": request.GET.get("course", "")[:22]}
    form = PasteForm(request.POST or None, courses=courses, initial=first)
    found = _looked(request, form)
    if found and _adds(request, found):
        with refusals(request, form):
            made = paste_cards(actor=actor, course=form.course, text=form.cleaned_data["text"])
            return _added(request, len(made), redirect("cards"))
    context = {"form": form, "found": found, "courses": courses}
    return _page(request, "analytics/cards/paste.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def paste_deck(request: HttpRequest, slug: str) -> HttpResponse:
    """Cards of a deck out of a text: drafts, unless they are to be published at once."""
    course = find_course(request, slug, MANAGE_COURSE)
    form = PasteForm(request.POST or None)
    found = _looked(request, form)
    if found and _adds(request, found):
        with refusals(request, form):
            made = paste_cards(
                actor=actor_of(request),
                course=course,
                text=form.cleaned_data["text"],
                deck=True,
                published="publish" in request.POST,
            )
            return _added(request, len(made), redirect("teach-cards", slug=slug))
    context = teach_context(request, course, "bank", form=form, found=found)
    return _page(request, "analytics/deck/paste.html", context)


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Your list as CSV, narrowed as it is shown."""
    actor = actor_of(request)
    if not actor.signed_in:
        raise SignInRequired
    return csv_answer("flashcards.csv", _table(own_cards(actor, narrowed(request))))


@require_safe
def export_deck(request: HttpRequest, slug: str) -> HttpResponse:
    """The deck of a course as CSV, narrowed as it is shown."""
    course: Course = find_course(request, slug, STAFF_COURSE)
    search, state = request.GET.get("search", "")[:200], request.GET.get("state", "")
    rows = deck(actor_of(request), course, search=search, state=state)
    return csv_answer(f"{slug}-flashcards.csv", _table(rows))


def _looked(request: HttpRequest, form: PasteForm) -> Pasted | None:
    """What a valid text would make; None before, or where it says nothing."""
    if request.method != "POST" or not form.is_valid():
        return None
    with refusals(request, form):
        found = read_cards(form.cleaned_data["text"])
        if not found.cards and not found.problems:
            form.add_error("text", _("There is no card in this text."))
        return found
    return None


def _adds(request: HttpRequest, found: Pasted) -> bool:
    return request.POST.get("act") == "add" and not found.problems and bool(found.cards)


def _added(request: HttpRequest, count: int, answer: HttpResponse) -> HttpResponse:
    words = ngettext("%(n)d card was added.", "%(n)d cards were added.", count)
    messages.success(request, words % {"n": count})
    return answer


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    found: Pasted | None = context["found"]
    wrong = context["form"].errors or (found and found.problems)
    return render(request, template, context, status=400 if wrong else 200)


def _table(rows: Iterable[Flashcard]) -> Iterable[list[str]]:
    yield HEADER
    for row in rows:
        outcome = row.outcome.code if row.outcome else ""
        yield [row.front, row.back, row.course.title, row.state, outcome]
