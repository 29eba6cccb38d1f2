"""Review generated questions through the API."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ai.api.shapes import AcceptIn, ContentShape, DraftOut, RejectIn, changes_from, draft_data
from ai.api.suggestions import ITS_STAFF, SuggestionViewSet, described
from ai.enums import QuestionKind
from ai.models import Draft
from ai.queries.draft import draft, drafts
from ai.queries.narrowing import Narrow
from ai.rules import REVIEW_DRAFT
from ai.services.review import accept_draft, edit_draft, reject_draft
from assessments.enums import QuestionState
from courses.api.shapes import ID, IF_MATCH, KEY, checked, course_of, named
from courses.models import Course
from courses.rules import ASSIST_COURSE
from lms.kernel.rest.views import expected_version, idempotent
from lms.kernel.rules import require


@described(DraftOut, QuestionKind.values)
class DraftViewSet(SuggestionViewSet[Draft]):
    """Generated questions; none reaches a bank before a person accepts it."""

    kinds = QuestionKind.values
    review = REVIEW_DRAFT

    permission_words = {
        "list": "staff, own courses; own drafts without a course",
        "retrieve": ITS_STAFF,
        "partial_update": ITS_STAFF,
        "accept": "the staff of the course whose bank gets it",
        "reject": ITS_STAFF,
        "confirm": "the course's staff",
    }

    def rows(self, narrow: Narrow, course: Course | None) -> QuerySet[Draft]:
        """Drafts of questions."""
        return drafts(self.actor, narrow, course=course)

    def row(self, public_id: str) -> Draft:
        """One draft."""
        return draft(self.actor, public_id)

    def data(self, row: Draft) -> dict[str, Any]:
        """A draft for JSON."""
        return draft_data(row)

    @extend_schema(parameters=[ID, IF_MATCH], request=ContentShape, responses=DraftOut)
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Change a suggested question.

        Fields that are left out stay as they are, the checks run again.
        """
        row = self.reviewed(id)
        fields = checked(ContentShape, request, partial=True)
        row = edit_draft(
            actor=self.actor,
            draft=row,
            changes=changes_from(fields),
            expected=expected_version(request),
        )
        return self.answer(row)

    @extend_schema(parameters=[ID, IF_MATCH, KEY], request=AcceptIn, responses=DraftOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def accept(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Put a suggested question into the bank; a draft from pasted text needs `course`."""
        row = self.reviewed(id)
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
        return self.answer(row)

    @extend_schema(parameters=[ID, IF_MATCH, KEY], request=RejectIn, responses=DraftOut)
    @action(detail=True, methods=["post"])
    @idempotent
    def reject(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Turn a suggested question down, with a reason if you like."""
        row = self.reviewed(id)
        fields: dict[str, Any] = checked(RejectIn, request)
        row = reject_draft(
            actor=self.actor,
            draft=row,
            reason=fields.get("reason", ""),
            expected=expected_version(request),
        )
        return self.answer(row)
