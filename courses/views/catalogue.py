"""The catalogue: find a course."""

from dataclasses import fields

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from courses.queries.catalogue import (
    Filters,
    catalogue,
    catalogue_choices,
    check_filters,
    found_courses,
)
from courses.views.doors import is_partial
from lms.kernel.errors import Invalid
from lms.kernel.web.middleware import actor_of

PAGE_SIZE = 12
SHORTEST = 2
ASKED = ("search", "level", "language", "price", "tag", "ordering")


@require_safe
@vary_on_headers("HX-Request", "HX-Request-Type")
def index(request: HttpRequest) -> HttpResponse:
    """Live courses, filtered by the query string; a filter with an unknown value is left out."""
    filters = _filters(request)
    page = Paginator(catalogue(actor_of(request), filters), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context = {"filters": filters, "page": page, "filtered": filters.narrowed}
    if is_partial(request):
        return render(request, "courses/catalogue/_results.html", context)
    return render(
        request, "courses/catalogue/index.html", {**context, "choices": catalogue_choices()}
    )


@require_safe
def found(request: HttpRequest) -> HttpResponse:
    """A few courses for the command palette, as links, and what other apps find for its words.

    Nothing without two letters.
    """
    words = request.GET.get("search", "").replace("\x00", "").strip()[:100]
    words = words if len(words) >= SHORTEST else ""
    rows = found_courses(actor_of(request), words) if words else []
    return render(request, "courses/catalogue/_found.html", {"rows": rows, "words": words})


def _filters(request: HttpRequest) -> Filters:
    names = {field.name for field in fields(Filters)}
    asked = {name: request.GET.get(name, "")[:100].strip() for name in ASKED if name in names}
    filters = Filters(**{name: value.replace("\x00", "") for name, value in asked.items()})
    try:
        check_filters(filters)
    except Invalid as problem:
        kept = {name: value for name, value in asked.items() if name not in problem.errors}
        filters = Filters(search=kept.get("search", ""))
    return filters
