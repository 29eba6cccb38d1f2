"""Lists of what AI suggests and what one does with each: the part that its kinds share."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Final, Generic, TypeVar

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ai.enums import DraftState
from ai.models import ContentPiece, Draft
from ai.queries.narrowing import Narrow
from ai.services.dependence import confirm
from assessments.api.fields import asked_choice, choice, paged
from courses.api.shapes import COURSE, ID, KEY, PAGING, asked, course_of
from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel.rest.views import KernelViewSet, idempotent, versioned
from lms.kernel.rules import Rule, require

Row = TypeVar("Row", Draft, ContentPiece)
JOB: Final = OpenApiParameter("job", OpenApiTypes.STR, description="Id of the job that made them.")
ITS_STAFF: Final = "the course's staff; without a course who asked for it"


class SuggestionOut(serializers.Serializer[Any]):
    """What is told of everything suggested: where it belongs, who made it, where it stands."""

    id = serializers.CharField()
    job = serializers.CharField(allow_null=True)
    course = serializers.CharField(allow_null=True)
    lesson = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(choices=DraftState.choices)
    notes = serializers.ListField(child=serializers.CharField())
    provider = serializers.CharField()
    model = serializers.CharField()
    prompt_version = serializers.CharField()
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


def suggestion_data(row: Draft | ContentPiece) -> dict[str, Any]:
    """The shape of `SuggestionOut`; job, course and lesson are fetched already."""
    return {
        "id": row.public_id,
        "job": row.job.public_id if row.job else None,
        "course": row.course.public_id if row.course else None,
        "lesson": row.lesson.public_id if row.lesson else None,
        "state": row.state,
        "notes": row.notes,
        "provider": row.provider,
        "model": row.model,
        "prompt_version": row.prompt_version,
        "created_at": row.created_at,
        "decided_at": row.decided_at,
    }


def described(shape: type[SuggestionOut], kinds: Sequence[str]) -> Any:
    """Decorates a viewset of suggestions with the schema of what it inherits."""
    filters = [
        COURSE,
        JOB,
        choice("state", DraftState.values, "Only those where this was decided, or nothing yet."),
        choice("kind", list(kinds), "Only suggestions of this kind."),
    ]
    return extend_schema_view(
        list=extend_schema(parameters=[*filters, *PAGING], responses=shape(many=True)),
        retrieve=extend_schema(parameters=[ID], responses=shape),
        confirm=extend_schema(parameters=[ID, KEY], request=None, responses=shape),
    )


class SuggestionViewSet(KernelViewSet, ABC, Generic[Row]):
    """Suggestions of one kind; none reaches learners before a person accepts it."""

    kinds: ClassVar[list[str]]
    review: Rule[Row]

    @abstractmethod
    def rows(self, narrow: Narrow, course: Course | None) -> QuerySet[Row]:
        """Those that the asker may read."""

    @abstractmethod
    def row(self, public_id: str) -> Row:
        """One of them; raises what `fetch` raises."""

    @abstractmethod
    def data(self, row: Row) -> dict[str, Any]:
        """The shape of one."""

    def list(self, request: Request) -> Response:
        """Suggestions you may review, newest job first."""
        narrow = Narrow(
            job=asked(request, "job"),
            state=asked_choice(request, "state", DraftState.values),
            kind=asked_choice(request, "kind", self.kinds),
        )
        course = None
        if asked(request, "course"):
            course = course_of(self.actor, asked(request, "course"))
            require(self.actor, STAFF_COURSE, course)
        return paged(request, self.rows(narrow, course), self.data)

    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One suggestion with its source and who made it."""
        return self.answer(self.row(id))

    @action(detail=True, methods=["post"])
    @idempotent
    def confirm(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Say that a suggestion still holds although its source was edited.

        It counts as up to date again.
        """
        row = self.reviewed(id)
        confirm(actor=self.actor, target=row)
        return self.answer(row)

    def reviewed(self, public_id: str) -> Row:
        """The one to decide about, looked up and allowed before the body is read (Z2)."""
        row = self.row(public_id)
        require(self.actor, self.review, row)
        return row

    def answer(self, row: Row) -> Response:
        """One with its ETag."""
        return versioned(self.data(row), row.version)
