"""The list of a bank: its tree, its filters, its questions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from assessments.enums import (
    BulkVerb,
    Difficulty,
    QuestionKind,
    QuestionOrigin,
    QuestionState,
)
from assessments.queries.bank import (
    CURRENT,
    NO_CATEGORY,
    ORDERINGS,
    QuestionFilter,
    authors,
    bank_questions,
)
from assessments.queries.filing import CategoryNode, category_tree, outcome_courses, outcomes, tags
from assessments.services.bank_share import open_own_bank
from assessments.views.bank_filter import DEFAULT, filter_of, query_of, without
from assessments.views.bank_place import Place, bank_context, place_of
from courses.rules import STAFF_COURSE
from courses.views.doors import find_course
from lms.kernel.web.middleware import actor_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE_SIZE = 25
ORDER_WORDS = {
    "newest": gettext_lazy("Newest first"),
    "oldest": gettext_lazy("Oldest first"),
    "text": gettext_lazy("By text"),
    "used": gettext_lazy("Most used first"),
    "changed": gettext_lazy("Last changed first"),
    "points": gettext_lazy("Most points first"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that holds, and the address without it."""

    words: str
    query: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a bank's questions can be filed under, for its filters and its forms."""

    tree: list[CategoryNode]
    tags: list[Any]
    outcomes: list[Any]
    authors: list[Any]


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """The questions of a bank, narrowed by what stands in the address."""
    place = place_of(request, slug)
    narrow, shelf = filter_of(request), shelf_of(place)
    page = Paginator(bank_questions(place.actor, place.bank, narrow), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context = bank_context(
        request,
        place,
        page=page,
        narrow=narrow,
        query=query_of(narrow, place.key),
        shelf=shelf,
        chips=chips(narrow, shelf, place.key),
        links={
            "all": query_of(without(narrow, "category"), place.key),
            "none": query_of(_in(narrow, NO_CATEGORY), place.key),
        },
        tree=[(node, query_of(_in(narrow, node.row.public_id), place.key)) for node in shelf.tree],
        kinds=QuestionKind.choices,
        states=[(CURRENT, _("Drafts and ready ones")), *QuestionState.choices],
        difficulties=Difficulty.choices,
        origins=QuestionOrigin.choices,
        orderings=[(name, ORDER_WORDS[name]) for name in ORDERINGS],
        narrowed=narrow != DEFAULT,
        verbs=[(v.value, v.label) for v in BulkVerb if place.may_edit or v == BulkVerb.COPY],
    )
    return render(request, "assessments/bank/index.html", context)


@require_POST
def own(request: HttpRequest, slug: str) -> HttpResponse:
    """Open the bank of one's own."""
    course = find_course(request, slug, STAFF_COURSE)
    bank = open_own_bank(actor=actor_of(request))
    answer = redirect("teach-bank", slug=course.slug)
    answer["Location"] += f"?bank={bank.public_id}"
    return answer


def shelf_of(place: Place) -> Shelf:
    """Categories, tags, outcomes and authors of a bank, four queries."""
    bank, course = place.bank, place.course
    reached = bank is None or course.pk in outcome_courses(bank)
    served = list(outcomes(place.actor, course)) if reached else []
    if place.bank is None:
        return Shelf([], [], served, [])
    return Shelf(
        tree=category_tree(place.actor, place.bank),
        tags=list(tags(place.actor, place.bank)),
        outcomes=served,
        authors=list(authors(place.actor, place.bank)),
    )


def chips(narrow: QuestionFilter, shelf: Shelf, bank: str) -> list[Chip]:
    """The filters that hold, in words."""
    said = {
        "search": f"“{narrow.search}”" if narrow.search else "",
        "kind": dict(QuestionKind.choices).get(narrow.kind, ""),
        "state": _state_words(narrow),
        "difficulty": dict(Difficulty.choices).get(narrow.difficulty, ""),
        "category": _category_words(narrow, shelf),
        "tag": next((f"#{one}" for one in shelf.tags if one.public_id == narrow.tag), ""),
        "outcome": next(
            (one.code for one in shelf.outcomes if one.public_id == narrow.outcome), ""
        ),
        "source": dict(QuestionOrigin.choices).get(narrow.source, ""),
        "author": next(
            (one.display_name for one in shelf.authors if one.public_id == narrow.author), ""
        ),
        "unused": _("In no quiz") if narrow.unused else "",
    }
    return [
        Chip(str(words), query_of(without(narrow, name), bank))
        for name, words in said.items()
        if words
    ]


def _state_words(narrow: QuestionFilter) -> str:
    if narrow.state == CURRENT or narrow.ids:
        return ""
    words = dict(QuestionState.choices).get(narrow.state, _("Any state"))
    return str(words)


def _category_words(narrow: QuestionFilter, shelf: Shelf) -> str:
    if narrow.category == NO_CATEGORY:
        return _("In no category")
    found = (one.words for one in shelf.tree if one.row.public_id == narrow.category)
    return next(found, "")


def _in(narrow: QuestionFilter, category: str) -> QuestionFilter:
    return replace(narrow, category=category)
