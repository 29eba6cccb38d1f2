"""Banks of one's own, banks that are lent, and changes of many questions through the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.bank import BankOut, bank_data
from assessments.api.fields import paged
from assessments.api.filing_shapes import (
    BulkIn,
    BulkOut,
    FiledOut,
    FilingIn,
    ShareIn,
    ShareOut,
    bulk_data,
    filed_data,
    share_data,
)
from assessments.enums import BulkVerb, ShareLevel
from assessments.models import QuestionBank
from assessments.queries.bank import (
    QuestionFilter,
    bank,
    bank_questions,
    bulk_edit,
    question,
    share,
    shares,
)
from assessments.queries.filing import category, outcome
from assessments.rules import EDIT_BANK, EDIT_QUESTION, SHARE_BANK, VIEW_OUTCOME
from assessments.services.bank_share import (
    end_share,
    open_own_bank,
    share_with_course,
    share_with_person,
)
from assessments.services.bulk_undo import undo_change
from assessments.services.filing import Filing, file_question
from assessments.services.question_bulk import (
    MAX_BULK,
    BulkChange,
    change_questions,
    preview_bulk,
)
from courses.api.shapes import ID, IF_MATCH, PAGING, checked, course_of, named
from lms.kernel.errors import Invalid
from lms.kernel.rest.views import KernelViewSet, expected_version, versioned
from lms.kernel.rules import require


class BankSharingViewSet(KernelViewSet):
    """A bank of one's own, whom a bank is lent to, and changes of many of its questions."""

    permission_words = {
        "own": "who teaches",
        "shares": "who may share the bank",
        "add_share": "who may share the bank",
        "bulk": "who may change the bank; copying is for who may read it",
    }

    @extend_schema(request=None, responses=BankOut)
    @action(detail=False, methods=["post"])
    def own(self, _request: Request) -> Response:
        """Your own bank, made when it is first asked for."""
        return Response(bank_data(open_own_bank(actor=self.actor), self.actor))

    @extend_schema(parameters=[ID, *PAGING], responses=ShareOut(many=True))
    @action(detail=True, methods=["get"])
    def shares(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Whom a bank is lent to."""
        return paged(request, shares(self.actor, bank(self.actor, id)), share_data)

    @extend_schema(parameters=[ID], request=ShareIn, responses={201: ShareOut})
    @shares.mapping.post
    def add_share(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Lend a bank to a course or to somebody who teaches, or change what they may."""
        row = bank(self.actor, id)
        require(self.actor, SHARE_BANK, row)
        fields = checked(ShareIn, request)
        level = ShareLevel(fields["level"])
        if ("course" in fields) == ("email" in fields):
            raise Invalid("Name either a course or an address.", field="course")
        if "course" in fields:
            course = course_of(self.actor, fields["course"])
            made = share_with_course(actor=self.actor, bank=row, course=course, level=level)
        else:
            made = share_with_person(actor=self.actor, bank=row, email=fields["email"], level=level)
        return Response(share_data(made), 201)

    @extend_schema(parameters=[ID], request=BulkIn, responses=BulkOut)
    @action(detail=True, methods=["post"])
    def bulk(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Change many questions of a bank at once, each whole or not at all."""
        row = bank(self.actor, id)
        if named(request, "verb") != BulkVerb.COPY:
            require(self.actor, EDIT_BANK, row)
        fields = checked(BulkIn, request)
        act = preview_bulk if fields["dry_run"] else change_questions
        narrow = _narrow(fields)
        chosen = list(bank_questions(self.actor, row, narrow)[: MAX_BULK + 1])
        change = self._change(row, fields)
        return Response(bulk_data(act(actor=self.actor, bank=row, questions=chosen, change=change)))

    def _change(self, row: QuestionBank, fields: dict[str, Any]) -> BulkChange:
        wanted, target = fields.get("category"), fields.get("bank")
        return BulkChange(
            verb=BulkVerb(fields["verb"]),
            category=category(self.actor, wanted, bank=row) if wanted else None,
            tags=fields.get("tags", ()),
            outcomes=[outcome(self.actor, one) for one in fields.get("outcomes", ())],
            state=fields.get("state", ""),
            difficulty=fields.get("difficulty", ""),
            points=fields.get("points"),
            bank=bank(self.actor, target) if target else None,
        )


class BankShareViewSet(KernelViewSet):
    """One loan of a bank."""

    permission_words = {"destroy": "who may share the bank, and those it is lent to"}

    @extend_schema(parameters=[ID], request=None, responses={204: None})
    def destroy(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """End a loan of a bank; quizzes keep what they ask."""
        end_share(actor=self.actor, share=share(self.actor, id))
        return Response(status=204)


class BulkEditViewSet(KernelViewSet):
    """One change of many questions."""

    permission_words = {"undo": "who made it"}

    @extend_schema(parameters=[ID], request=None, responses=BulkOut)
    @action(detail=True, methods=["post"])
    def undo(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Take a change of many questions back, within a week.

        Questions that changed since stay.
        """
        done = undo_change(actor=self.actor, edit=bulk_edit(self.actor, id))
        return Response(bulk_data(done))


class QuestionFilingViewSet(KernelViewSet):
    """Where one question is filed."""

    permission_words = {"filing": "who may change the question"}

    @extend_schema(parameters=[ID, IF_MATCH], request=FilingIn, responses=FiledOut)
    @action(detail=True, methods=["put"])
    def filing(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """File a question anew; it keeps the outcomes of courses that you do not staff."""
        row = question(self.actor, id)
        require(self.actor, EDIT_QUESTION, row)
        fields = checked(FilingIn, request)
        wanted = fields.get("category")
        filing = Filing(
            category=category(self.actor, wanted, bank=row.bank) if wanted else None,
            tags=fields.get("tags", ()),
            outcomes=[
                *row.outcomes.exclude(pk__in=VIEW_OUTCOME.rows(self.actor).values("pk")),
                *(outcome(self.actor, one) for one in fields.get("outcomes", ())),
            ],
        )
        row = file_question(
            actor=self.actor, question=row, filing=filing, expected=expected_version(request)
        )
        return versioned(filed_data(row), row.version)


def _narrow(fields: dict[str, Any]) -> QuestionFilter:
    if ("questions" in fields) == ("where" in fields):
        raise Invalid("Name the questions, or say which by `where`.", field="questions")
    if "questions" in fields:
        # An empty list means none, not all.
        return QuestionFilter(ids=tuple(fields["questions"]) or ("-",))
    return QuestionFilter(**fields["where"])
