"""Running a program against the examples through the API. Nothing here knows an answer key (Z5)."""

from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.queries.attempt import part_to_answer
from assessments.services.code import run_examples
from courses.api.shapes import ID, checked
from lms.kernel.rest.jobs import JobEnvelope
from lms.kernel.rest.views import KernelViewSet, job_response

QUESTION_ID: Final = OpenApiParameter("question_id", OpenApiTypes.STR, OpenApiParameter.PATH)


class CodeRunIn(serializers.Serializer[Any]):
    """A program as it stands; it need not be saved."""

    code = serializers.CharField(max_length=20_000, trim_whitespace=False)


class CodeRunViewSet(KernelViewSet):
    """Programs of an attempt."""

    throttle_scope = "run_code"
    permission_words = {"runs": "its learner, while it is open"}

    @extend_schema(
        parameters=[ID, QUESTION_ID],
        request=CodeRunIn,
        responses={202: JobEnvelope, 200: JobEnvelope},
    )
    @action(detail=True, methods=["post"], url_path="runs/(?P<question_id>[^/]+)")
    def runs(
        self,
        request: Request,
        id: str,  # noqa: A002 - the URL's word
        question_id: str,
    ) -> Response:
        """Run code against the visible tests; ten times a minute at most. It is not scored by this.

        The job's result is `{tests: [{number, passed, ended, ms, out, error}]}`.
        """
        row, one = part_to_answer(self.actor, id, question_id)
        code = checked(CodeRunIn, request)["code"]
        job = run_examples(actor=self.actor, attempt=row, question=one, code=code)
        return job_response(request, job)
