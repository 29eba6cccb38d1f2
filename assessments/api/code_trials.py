"""Authors try programs against all tests of a stored code question through the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.queries.bank import question
from assessments.services.code_trial import try_stored
from courses.api.shapes import ID, checked
from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel.rest.jobs import JobEnvelope
from lms.kernel.rest.views import KernelViewSet, job_response
from lms.kernel.rules import fetch


class CodeTrialIn(serializers.Serializer[Any]):
    """A program; the question's own right one if left out. `course` frames a bank of a person."""

    code = serializers.CharField(
        max_length=20_000, trim_whitespace=False, required=False, allow_blank=True
    )
    course = serializers.CharField(
        required=False, help_text="Where it is tried; the course of the bank if left out."
    )


class CodeTrialViewSet(KernelViewSet):
    """Trials of code questions."""

    throttle_scope = "run_code"
    permission_words = {"trials": "the course's assistants and instructors"}

    @extend_schema(
        parameters=[ID],
        request=CodeTrialIn,
        responses={202: JobEnvelope, 200: JobEnvelope},
    )
    @action(detail=True, methods=["post"])
    def trials(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Run code against every test of the question, hidden ones too; nothing is scored or kept.

        The job is its starter's alone; its result is
        `{tests: [{number, passed, ended, ms, out, error}]}`, the tests in the question's order.
        """
        row = question(self.actor, id)
        given = checked(CodeTrialIn, request)
        course: Course | None = row.bank.course
        if "course" in given:
            course = fetch(self.actor, STAFF_COURSE, public_id=given["course"])
        job = try_stored(actor=self.actor, question=row, course=course, program=given.get("code"))
        return job_response(request, job)
