"""Files of answers through the API. Nothing here knows an answer key (Z5)."""

from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.models import AnswerFile
from assessments.queries.answer_file import answer_file
from assessments.queries.attempt import attempt, part_to_answer
from assessments.services.answer_file import add_answer_file
from assessments.services.private_file import grant_file
from courses.api.shapes import ID, checked
from lms.kernel.errors import NotFound
from lms.kernel.rest.views import KernelViewSet

QUESTION_ID: Final = OpenApiParameter("question_id", OpenApiTypes.STR, OpenApiParameter.PATH)
FILE_ID: Final = OpenApiParameter("file_id", OpenApiTypes.STR, OpenApiParameter.PATH)


class AnswerFileIn(serializers.Serializer[Any]):
    """A file for an answer."""

    file = serializers.FileField()


class AnswerFileOut(serializers.Serializer[Any]):
    """A file of an answer; `size` in bytes, `sha256` in hexadecimal digits."""

    id = serializers.CharField()
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()


class AnswerFileAccessOut(AnswerFileOut):
    """A file with an address that serves it until `expires_at`, at most five minutes (U3)."""

    url = serializers.CharField()
    expires_at = serializers.DateTimeField()


class AnswerFileViewSet(KernelViewSet):
    """Files of the answers of an attempt."""

    throttle_scope = "answer"
    permission_words = {
        "add_file": "its learner, while it is open",
        "file": "its learner; the course's staff once an answer names it",
    }

    @extend_schema(
        parameters=[ID, QUESTION_ID],
        request={"multipart/form-data": AnswerFileIn},
        responses={201: AnswerFileOut},
    )
    @action(
        detail=True,
        methods=["post"],
        url_path="files/(?P<question_id>[^/]+)",
        parser_classes=[MultiPartParser],
    )
    def add_file(
        self,
        request: Request,
        id: str,  # noqa: A002 - the URL's word
        question_id: str,
    ) -> Response:
        """Keep a file, told by its content; it counts once a saved answer names its id."""
        row, one = part_to_answer(self.actor, id, question_id)
        sent = checked(AnswerFileIn, request)["file"]
        added = add_answer_file(
            actor=self.actor, attempt=row, question=one, name=sent.name, content=sent
        )
        return Response(_data(added), 201)

    @extend_schema(parameters=[ID, QUESTION_ID, FILE_ID], responses=AnswerFileAccessOut)
    @action(
        detail=True,
        methods=["get"],
        url_path="files/(?P<question_id>[^/]+)/(?P<file_id>[^/]+)",
    )
    def file(
        self,
        _request: Request,
        id: str,  # noqa: A002 - the URL's word
        question_id: str,
        file_id: str,
    ) -> Response:
        """One file, with an address that serves it for five minutes."""
        row = attempt(self.actor, id)
        found = answer_file(self.actor, question_id, file_id)
        if found.attempt_id != row.pk:
            raise NotFound
        access = grant_file(file=found)
        return Response({**_data(found), "url": access.url, "expires_at": access.expires_at})


def _data(row: AnswerFile) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "name": row.name,
        "content_type": row.content_type,
        "size": row.size,
        "sha256": row.sha256,
    }
