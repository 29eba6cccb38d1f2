"""Review generated questions through the API."""

from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ai.api.shapes import AcceptIn, ContentShape, DraftOut, RejectIn, changes_from, draft_data
from ai.enums import DraftState, QuestionKind
from ai.models import Draft
from ai.queries.draft import draft, drafts
from ai.queries.narrowing import Narrow
from ai.rules import REVIEW_DRAFT
from ai.services.dependence import confirm
from ai.services.review import accept_draft, edit_draft, reject_draft
from assessments.api.fields import asked_choice, choice, paged
from assessments.enums import QuestionState
from courses.api.shapes import COURSE, ID, IF_MATCH, KEY, PAGING, asked, checked, course_of, named
from courses.rules import ASSIST_COURSE, STAFF_COURSE
from lms.kernel.rest.views import KernelViewSet, expected_version, idempotent, versioned
from lms.kernel.rules import require

FILTERS: Final = [
    COURSE,
    OpenApiParameter("job", OpenApiTypes.STR, description="Id of the job that made them."),
    choice("state", DraftState.values),
    choice("kind", QuestionKind.values),
]


class DraftViewSet(KernelViewSet):
    """Generated questions; none reaches a bank before a person accepts it."""

    permission_words = {
        "list": "staff, own courses; own drafts without a course",
        "retrieve": "the course's staff; without a course who asked for it",
        "partial_update": "the course's staff; without a course who asked for it",
        "accept": "the staff of the course whose bank gets it",
        "reject": "the course's staff; without a course who asked for it",
        "confirm": "the course's staff",
    }

    @extend_schema(parameters=[*FILTERS, *PAGING], responses=DraftOut(many=True))
    def list(self, request: Request) -> Response:
        """Drafts you may review, newest job first."""
        narrow = Narrow(
            job=asked(request, "job"),
            state=asked_choice(request, "state", DraftState.values),
            kind=asked_choice(request, "kind", QuestionKind.values),
        )
        course = None
        if asked(request, "course"):
            course = course_of(self.actor, asked(request, "course"))
            require(self.actor, STAFF_COURSE, course)
        return paged(request, drafts(self.actor, narrow, course=course), draft_data)

    @extend_schema(parameters=[ID], responses=DraftOut)
    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One draft with its source and checks."""
        return _answer(draft(self.actor, id))

    @extend_schema(parameters=[ID, IF_MATCH], request=ContentShape, responses=DraftOut)
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Change the question; fields that are left out stay as they are, the checks run again."""
        row = self._mine(id)
        fields = checked(ContentShape, request, partial=True)
        row = edit_draft(
            actor=self.actor,
            draft=row,
            changes=changes_from(fields),
            expected=expected_version(request),
        )
        return _answer(row)

    @extend_schema(parameters=[ID, IF_MATCH, KEY], request=AcceptIn, responses=DraftOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def accept(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Put it into the bank; a draft from pasted text needs `course`."""
        row = self._mine(id)
        wished = named(request, "course", required=False)
        course = course_of(self.actor, wished) if wished else None
        if course is not None:
            require(self.actor, ASSIST_COURSE, course)
        keep = checked(AcceptIn, request)["draft"]
        row = accept_draft(
            actor=self.actor,
            draft=row,
            course=course,
            expected=expected_version(request),
            state=QuestionState.DRAFT if keep else QuestionState.READY,
        )
        return _answer(row)

    @extend_schema(parameters=[ID, IF_MATCH, KEY], request=RejectIn, responses=DraftOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def reject(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Turn it down, with a reason if you like."""
        row = self._mine(id)
        fields: dict[str, Any] = checked(RejectIn, request)
        row = reject_draft(
            actor=self.actor,
            draft=row,
            reason=fields.get("reason", ""),
            expected=expected_version(request),
        )
        return _answer(row)

    @extend_schema(parameters=[ID, KEY], request=None, responses=DraftOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def confirm(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """It still holds although its source was edited: it counts as up to date again."""
        row = self._mine(id)
        confirm(actor=self.actor, target=row)
        return _answer(row)

    def _mine(self, public_id: str) -> Draft:
        """The draft to decide about, looked up and allowed before the body is read (Z2)."""
        row = draft(self.actor, public_id)
        require(self.actor, REVIEW_DRAFT, row)
        return row


def _answer(row: Draft) -> Response:
    return versioned(draft_data(row), row.version)
