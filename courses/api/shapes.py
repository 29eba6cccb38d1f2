"""What the course endpoints share: parameters, parents named in bodies, small serializers."""

from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from courses.models import Course, Lesson, Section
from courses.rules import VIEW_COURSE, VIEW_LESSON, VIEW_SECTION
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid
from lms.kernel.rules import fetch

ID: Final = OpenApiParameter("id", OpenApiTypes.STR, OpenApiParameter.PATH)
IF_MATCH: Final = OpenApiParameter(
    "If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The ETag you read."
)
KEY: Final = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Makes a repeated request answer like the first, for 24 hours.",
)
COURSE: Final = OpenApiParameter("course", OpenApiTypes.STR, description="Id of the course.")
PAGING: Final = [
    OpenApiParameter("page", OpenApiTypes.INT, description="From 1."),
    OpenApiParameter("page_size", OpenApiTypes.INT, description="At most 200."),
]


class ActionSerializer(serializers.Serializer[Any]):
    """One step up or down."""

    direction = serializers.ChoiceField(choices=["up", "down"])


def named(request: Request, name: str, *, required: bool = True) -> str:
    """An id in the body, read before anything else is checked (Z2); raises Invalid."""
    given = request.data.get(name) if isinstance(request.data, dict) else None
    if given is None and not required:
        return ""
    if not isinstance(given, str) or not given:
        raise Invalid(f"Name the {name}.", field=name)
    return given[:100]


def asked(request: Request, name: str) -> str:
    """A value of the query string, at most 200 characters."""
    return str(request.query_params.get(name, ""))[:200].strip()


def needed(request: Request, name: str) -> str:
    """A value of the query string that must be there; raises Invalid."""
    text = asked(request, name)
    if not text:
        raise Invalid(f"Name the {name}.", field=name)
    return text


def check_choices(request: Request, filters: list[OpenApiParameter]) -> None:
    """Refuse what is none of the words of a filter; raises Invalid (P2)."""
    for one in filters:
        given = asked(request, one.name)
        words = [str(word) for word in one.enum or ()]
        if given and words and given not in words:
            raise Invalid(f"{one.name} is one of: {', '.join(words)}.", field=one.name)


def course_of(actor: Actor, public_id: str) -> Course:
    """A course the actor may know of; raises NotFound."""
    return fetch(actor, VIEW_COURSE, public_id=public_id)


def section_of(actor: Actor, public_id: str) -> Section:
    """A section of a course the actor may know of; raises NotFound."""
    return fetch(actor, VIEW_SECTION, select=("course",), public_id=public_id)


def lesson_of(actor: Actor, public_id: str) -> Lesson:
    """A lesson the actor may read; raises NotFound."""
    return fetch(actor, VIEW_LESSON, select=("course", "section"), public_id=public_id)


def checked(
    serializer: type[serializers.Serializer[Any]], request: Request, *, partial: bool = False
) -> dict[str, Any]:
    """The validated body. Raises DRF's ValidationError."""
    given = serializer(data=request.data, partial=partial)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)
