"""What the assessment endpoints share: parameters and small serializers."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.scoring.content import MAX_POINTS
from lms.kernel.errors import Invalid
from lms.kernel.rest.paging import Pages

SEARCH: Final = OpenApiParameter("search", OpenApiTypes.STR, description="Words to look for.")
LARGEST: Final = Decimal("99999.9999")
Lines = list[dict[str, Any]]


def choice(name: str, values: list[str], words: str) -> OpenApiParameter:
    """A query parameter with an allow list."""
    return OpenApiParameter(name, OpenApiTypes.STR, enum=values, description=words)


def asked_choice(request: Request, name: str, values: list[str], default: str = "") -> str:
    """A value of the query string out of an allow list; raises Invalid (P2)."""
    given = request.query_params.get(name, "")
    if not given:
        return default
    if given not in values:
        raise Invalid(f"{name} is one of: {', '.join(values)}.", field=name)
    return str(given)


def paged(request: Request, rows: Any, shape: Callable[[Any], Any]) -> Response:
    """A page of rows, each through `shape`."""
    return paged_together(request, rows, lambda page: [shape(row) for row in page])


def paged_together(
    request: Request, rows: Any, shape: Callable[[list[Any]], list[Any]]
) -> Response:
    """A page of rows, shaped all at once, so that what they need is read once."""
    pages = Pages()
    page = pages.paginate_queryset(rows, request) or []
    return pages.get_paginated_response(shape(page))


def score_field(**kwargs: Any) -> serializers.DecimalField:
    """A score: a decimal with four places, as text."""
    return serializers.DecimalField(max_digits=9, decimal_places=4, **kwargs)


def points_field(**kwargs: Any) -> serializers.DecimalField:
    """Points of a question: above 0, up to 500; the service checks the bounds."""
    return serializers.DecimalField(
        max_digits=9, decimal_places=4, max_value=MAX_POINTS, min_value=Decimal(0), **kwargs
    )


def percent_field(**kwargs: Any) -> serializers.DecimalField:
    """Per cent of the points, 0 to 100, as text."""
    return serializers.DecimalField(
        max_digits=8, decimal_places=5, max_value=Decimal(100), min_value=Decimal(0), **kwargs
    )
