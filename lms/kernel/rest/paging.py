"""Pages of lists: {count, next, previous, results}, page and page_size <= 200."""

from typing import Any

from django.core.paginator import InvalidPage
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

from lms.kernel.errors import Invalid, NotFound

MAX_PAGE_SIZE = 200
MAX_PAGE = 100_000


class Pages(PageNumberPagination):
    """Page numbers; out of range is 404, not a number is 400."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = MAX_PAGE_SIZE

    def paginate_queryset(
        self, queryset: Any, request: Request, view: Any = None
    ) -> list[Any] | None:
        """The rows of the asked page. Raises Invalid or NotFound."""
        check_number(request, self.page_query_param, MAX_PAGE)
        check_number(request, self.page_size_query_param, MAX_PAGE_SIZE)
        self.request = request
        size = self.get_page_size(request) or self.page_size
        paginator = self.django_paginator_class(queryset, size)
        try:
            self.page = paginator.page(request.query_params.get(self.page_query_param) or 1)
        except InvalidPage as problem:
            raise NotFound("There is no such page.") from problem
        return list(self.page)


def check_number(request: Request, name: str, most: int) -> None:
    """Refuse a page number or size that is no whole number from 1 to `most`."""
    text = request.query_params.get(name)
    if text in {None, ""}:
        return
    if not (text and text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        raise Invalid(f"{name} must be a whole number from 1 to {most}.", field=name)


def page_of_values(request: Request, rows: list[Any], count: int) -> Response:
    """A page built by hand from value rows and a known count, in the same shape."""
    page = int(request.query_params.get("page") or 1)
    size = int(request.query_params.get("page_size") or Pages.page_size)
    return Response(
        {
            "count": count,
            "next": _link(request, page + 1) if page * size < count else None,
            "previous": _link(request, page - 1) if page > 1 else None,
            "results": rows,
        }
    )


def window_of(request: Request) -> tuple[int, int]:
    """Offset and limit of the asked page; raises Invalid."""
    check_number(request, "page", MAX_PAGE)
    check_number(request, "page_size", MAX_PAGE_SIZE)
    page = int(request.query_params.get("page") or 1)
    size = int(request.query_params.get("page_size") or Pages.page_size)
    return (page - 1) * size, size


def _link(request: Request, page: int) -> str:
    query = request.query_params.copy()
    query["page"] = str(page)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
