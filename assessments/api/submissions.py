"""Handing in through the API."""

from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.assignment_shapes import (
    DraftSavedOut,
    FileAccessOut,
    SubmissionDraftIn,
    SubmissionFileIn,
    SubmissionFileOut,
    SubmissionIn,
    SubmissionLineOut,
    SubmissionOut,
    SubmitIn,
    file_data,
    submission_line,
    version_data,
)
from assessments.api.fields import asked_choice, paged
from assessments.models import Submission
from assessments.queries.anonymity import hides_from, neutral_name
from assessments.queries.assignment import assignment
from assessments.queries.submission import (
    draft_files,
    file_of,
    submission,
    submissions,
    versions_of,
)
from assessments.rules import WRITE_SUBMISSION, is_author
from assessments.services.private_file import grant_file
from assessments.services.submission import (
    add_submission_file,
    open_submission,
    remove_submission_file,
    save_draft,
    submit,
)
from courses.api.shapes import ID, KEY, PAGING, asked, checked, named
from lms.kernel.rest.views import KernelViewSet, idempotent
from lms.kernel.rules import require

FILE_ID: Final = OpenApiParameter("file_id", OpenApiTypes.STR, OpenApiParameter.PATH)
ASSIGNMENT: Final = OpenApiParameter(
    "assignment", OpenApiTypes.STR, description="Id of an assignment."
)
MINE: Final = OpenApiParameter("mine", OpenApiTypes.BOOL, description="Only your own.")


class SubmissionViewSet(KernelViewSet):
    """Submissions: your own, and what was handed in in courses you staff."""

    permission_words = {
        "list": "own; staff what was handed in in their courses",
        "create": "active learners of the course",
        "retrieve": "its authors; the course's staff once it was handed in",
        "draft": "its authors",
        "submit": "its authors",
        "add_file": "its authors",
        "file": "its authors; the course's staff once it was handed in",
        "remove_file": "its authors",
    }

    @extend_schema(parameters=[ASSIGNMENT, MINE, *PAGING], responses=SubmissionLineOut(many=True))
    def list(self, request: Request) -> Response:
        """Submissions you may see, newest first."""
        mine = asked_choice(request, "mine", ["true", "false"]) == "true"
        named_one = asked(request, "assignment")
        row = assignment(self.actor, named_one) if named_one else None
        return paged(request, submissions(self.actor, assignment=row, mine=mine), self._line)

    @extend_schema(parameters=[KEY], request=SubmissionIn, responses={201: SubmissionOut})
    @idempotent
    def create(self, request: Request) -> Response:
        """Begin a submission; the submission that you or your group have already is returned."""
        row = assignment(self.actor, named(request, "assignment"))
        checked(SubmissionIn, request)
        return Response(self._data(open_submission(actor=self.actor, assignment=row)), 201)

    @extend_schema(parameters=[ID], responses=SubmissionOut)
    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One submission with its versions, and to its authors with the draft."""
        return Response(self._data(submission(self.actor, id)))

    @extend_schema(parameters=[ID], request=SubmissionDraftIn, responses=DraftSavedOut)
    @action(detail=True, methods=["put"])
    def draft(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Keep what is typed; nobody else sees it before it is handed in."""
        row = submission(self.actor, id)
        require(self.actor, WRITE_SUBMISSION, row)
        saved = save_draft(actor=self.actor, submission=row, **checked(SubmissionDraftIn, request))
        return Response({"seq": saved.seq, "saved_at": saved.saved_at})

    @extend_schema(parameters=[ID], request=SubmitIn, responses=SubmissionOut)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Hand the draft of a submission in; the same answer however often it is called."""
        row = submission(self.actor, id)
        require(self.actor, WRITE_SUBMISSION, row)
        sent = checked(SubmitIn, request)
        submit(actor=self.actor, submission=row, number=sent.get("number"))
        return Response(self._data(submission(self.actor, id)))

    @extend_schema(
        parameters=[ID],
        request={"multipart/form-data": SubmissionFileIn},
        responses={201: SubmissionFileOut},
    )
    @action(detail=True, methods=["post"], url_path="files", parser_classes=[MultiPartParser])
    def add_file(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Put a file into the draft; its kind is told by its content."""
        row = submission(self.actor, id)
        require(self.actor, WRITE_SUBMISSION, row)
        sent = checked(SubmissionFileIn, request)["file"]
        added = add_submission_file(actor=self.actor, submission=row, name=sent.name, content=sent)
        return Response(file_data(added), 201)

    @extend_schema(parameters=[ID, FILE_ID], responses=FileAccessOut)
    @action(detail=True, methods=["get"], url_path="files/(?P<file_id>[^/]+)")
    def file(
        self,
        _request: Request,
        id: str,  # noqa: A002 - the URL's word
        file_id: str,
    ) -> Response:
        """One file, with an address that serves it for five minutes."""
        work = submission(self.actor, id)
        row = file_of(self.actor, work, file_id)
        name = neutral_name(row, 1) if hides_from(self.actor, work) else ""
        access = grant_file(file=row, name=name)
        return Response(
            {**file_data(row, name=name), "url": access.url, "expires_at": access.expires_at}
        )

    @extend_schema(parameters=[ID, FILE_ID], request=None, responses={204: None})
    @file.mapping.delete
    def remove_file(
        self,
        _request: Request,
        id: str,  # noqa: A002 - the URL's word
        file_id: str,
    ) -> Response:
        """Take a file out of the draft; versions that were handed in keep it."""
        row = submission(self.actor, id)
        require(self.actor, WRITE_SUBMISSION, row)
        found = file_of(self.actor, row, file_id)
        remove_submission_file(actor=self.actor, submission=row, file=found)
        return Response(status=204)

    def _line(self, row: Submission) -> dict[str, Any]:
        return submission_line(self.actor, row)

    def _data(self, row: Submission) -> dict[str, Any]:
        draft = None
        if is_author(self.actor, row):
            draft = {
                "text": row.draft_text,
                "url": row.draft_url,
                "seq": row.draft_seq,
                "saved_at": row.saved_at,
                "files": [file_data(file) for file in draft_files(row)],
            }
        hidden = hides_from(self.actor, row)
        versions = [version_data(version, hidden=hidden) for version in versions_of(row)]
        return {**self._line(row), "draft": draft, "versions": versions}
