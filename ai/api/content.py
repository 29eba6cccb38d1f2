"""Teaching material through the API: made, reviewed, and what is out of date."""

from typing import Any, Final

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ai.api.content_shapes import (
    AcceptPieceIn,
    ContentIn,
    ContentPieceOut,
    StaleOut,
    piece_data,
    stale_data,
)
from ai.api.forecast import ForecastOut, forecast_data
from ai.api.suggestions import ITS_STAFF, SuggestionViewSet, described
from ai.enums import ContentKind, Use
from ai.models import ContentPiece
from ai.queries.content import piece, pieces
from ai.queries.narrowing import Narrow
from ai.queries.stale import stale_things
from ai.rules import REVIEW_PIECE
from ai.services.content import ContentWish, estimate_content, request_content
from ai.services.pieces import accept_piece, reject_piece, undo_piece
from assessments.api.fields import paged
from courses.api.shapes import (
    ID,
    IF_MATCH,
    KEY,
    PAGING,
    checked,
    course_of,
    lesson_of,
    named,
    needed,
    section_of,
)
from courses.models import Attachment, Course
from courses.rules import ASSIST_COURSE, EDIT_LESSON, MANAGE_COURSE, STAFF_COURSE, VIEW_ATTACHMENT
from lms.kernel.actors import Actor
from lms.kernel.rest.jobs import JobEnvelope
from lms.kernel.rest.views import (
    KernelViewSet,
    expected_version,
    idempotent,
    job_response,
)
from lms.kernel.rules import fetch, require

_FROM_TEXT: Final = "anyone who teaches; from or for a course: its staff"


class ContentViewSet(KernelViewSet):
    """Outlines, lesson drafts, summaries and the like, as pieces for review."""

    throttle_scope = "ai"
    permission_words = {"create": _FROM_TEXT, "estimate": _FROM_TEXT}

    @extend_schema(
        parameters=[KEY], request=ContentIn, responses={202: JobEnvelope, 200: JobEnvelope}
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Start a job that writes teaching material.

        Its result names the pieces. `Prefer: wait=n` waits up to 10 seconds.
        """
        return job_response(request, request_content(actor=self.actor, wish=self._wish(request)))

    @extend_schema(request=ContentIn, responses=ForecastOut)
    @action(detail=False, methods=["post"])
    def estimate(self, request: Request) -> Response:
        """What the job would cost; nothing is started, pages and files are not read."""
        found = estimate_content(actor=self.actor, wish=self._wish(request))
        return Response(forecast_data(found))

    def _wish(self, request: Request) -> ContentWish:
        found = _places(self.actor, request)
        fields = checked(ContentIn, request)
        return ContentWish(
            kind=ContentKind(fields["kind"]),
            whole=fields["whole"],
            content=fields.get("content", ""),
            title=fields.get("title", ""),
            url=fields.get("url", ""),
            language=fields.get("language", ""),
            level=fields.get("level", ""),
            use=Use(fields["use"]),
            **found,
        )


def _places(actor: Actor, request: Request) -> dict[str, Any]:
    """The parents that a body names, looked up and allowed before the rest is read (Z2)."""
    readers = {
        "lesson": lesson_of,
        "into": lesson_of,
        "section": section_of,
        "course": course_of,
        "attachment": _attachment,
    }
    found: dict[str, Any] = {}
    for name, read in readers.items():
        wished = named(request, name, required=False)
        if wished:
            found[name] = read(actor, wished)
            parent = found[name] if name == "course" else found[name].course
            require(actor, ASSIST_COURSE, parent)
    return found


def _attachment(actor: Actor, public_id: str) -> Attachment:
    return fetch(actor, VIEW_ATTACHMENT, select=("course", "lesson"), public_id=public_id)


@described(ContentPieceOut, ContentKind.values)
class PieceViewSet(SuggestionViewSet[ContentPiece]):
    """Generated material; none reaches a lesson before a person accepts it."""

    kinds = ContentKind.values
    review = REVIEW_PIECE

    permission_words = {
        "list": "staff, own courses; own pieces without a course",
        "retrieve": ITS_STAFF,
        "accept": "instructors of the course whose lesson or outline gets it",
        "reject": ITS_STAFF,
        "undo": "as accepting; of a rejected one as rejecting",
        "confirm": "the course's staff",
    }

    def rows(self, narrow: Narrow, course: Course | None) -> QuerySet[ContentPiece]:
        """Pieces of teaching material."""
        return pieces(self.actor, narrow, course=course)

    def row(self, public_id: str) -> ContentPiece:
        """One piece."""
        return piece(self.actor, public_id)

    def data(self, row: ContentPiece) -> dict[str, Any]:
        """A piece for JSON."""
        return piece_data(row)

    @extend_schema(parameters=[ID, IF_MATCH, KEY], request=AcceptPieceIn, responses=ContentPieceOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def accept(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Put a piece into the draft of its lesson; an outline's section into the course.

        `lesson` names the lesson of a piece without one, `course` the course of an outline without
        one. `lesson_version` guards what is being typed there: 412 when the lesson moved on.
        """
        row = self.reviewed(id)
        lesson = course = None
        if named(request, "lesson", required=False):
            lesson = lesson_of(self.actor, named(request, "lesson"))
            require(self.actor, EDIT_LESSON, lesson)
        if named(request, "course", required=False):
            course = course_of(self.actor, named(request, "course"))
            require(self.actor, MANAGE_COURSE, course)
        fields = checked(AcceptPieceIn, request)
        row = accept_piece(
            actor=self.actor,
            piece=row,
            lesson=lesson,
            course=course,
            expected=expected_version(request),
            lesson_expected=fields.get("lesson_version"),
        )
        return self.answer(row)

    @extend_schema(parameters=[ID, IF_MATCH, KEY], request=None, responses=ContentPieceOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def reject(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Turn a piece down."""
        row = self.reviewed(id)
        expected = expected_version(request)
        return self.answer(reject_piece(actor=self.actor, piece=row, expected=expected))

    @extend_schema(parameters=[ID, IF_MATCH, KEY], request=None, responses=ContentPieceOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def undo(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Take the decision back; 409 `edited` when its words in the lesson were edited since."""
        row = self.reviewed(id)
        expected = expected_version(request)
        return self.answer(undo_piece(actor=self.actor, piece=row, expected=expected))


class StaleViewSet(KernelViewSet):
    """Questions and material of a course whose sources were edited after they were accepted."""

    permission_words = {"list": "the course's staff"}

    @extend_schema(
        parameters=[
            OpenApiParameter("course", OpenApiTypes.STR, required=True, description="The course."),
            *PAGING,
        ],
        responses=StaleOut(many=True),
    )
    def list(self, request: Request) -> Response:
        """Everything of a course that is out of date."""
        course = course_of(self.actor, needed(request, "course"))
        require(self.actor, STAFF_COURSE, course)
        return paged(request, stale_things(self.actor, course), stale_data)
