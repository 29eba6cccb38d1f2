"""Attempts that are drawn ahead of an exam, through the API."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.queries.preparing import preparation
from assessments.queries.quiz import quiz
from assessments.services.preparing import prepare_later
from courses.api.shapes import ID, KEY
from lms.kernel.rest.jobs import JobEnvelope
from lms.kernel.rest.views import KernelViewSet, idempotent, job_response


class PreparationOut(serializers.Serializer[Any]):
    """Of `waiting` learners who have not started, the questions of `prepared` are drawn."""

    prepared = serializers.IntegerField()
    waiting = serializers.IntegerField()


class PreparationViewSet(KernelViewSet):
    """How far the first attempts at a quiz are drawn ahead of its start."""

    permission_words = {
        "preparation": "the course's staff",
        "prepare": "the course's instructors",
    }

    @extend_schema(parameters=[ID], responses=PreparationOut)
    @action(detail=True, methods=["get"])
    def preparation(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """How many of those who have not started are prepared."""
        return Response(asdict(preparation(self.actor, quiz(self.actor, id))))

    @extend_schema(
        parameters=[ID, KEY], request=None, responses={202: JobEnvelope, 200: JobEnvelope}
    )
    @preparation.mapping.post
    @idempotent
    def prepare(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Draw what is not drawn yet; the job's result is `{prepared}`. A draft is 409."""
        return job_response(request, prepare_later(actor=self.actor, quiz=quiz(self.actor, id)))
