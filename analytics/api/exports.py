"""A course's report as files through the API, for those of its staff who made them."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.bodies import course_of
from analytics.enums import ExportFormat
from analytics.models import ReportExport
from analytics.queries.exports import export_of, own_exports
from analytics.services.exports import grant_export, start_export
from assessments.api.fields import paged
from courses.api.shapes import ID, KEY, PAGING, asked, checked, named
from lms.kernel.rest.jobs import JobEnvelope
from lms.kernel.rest.views import KernelViewSet, idempotent, job_response

COURSE = OpenApiParameter("course", OpenApiTypes.STR, required=True, description="Id of a course.")


class ReportExportOut(serializers.Serializer[Any]):
    """A file of a course's report; `rows` counts those of each table, `size` is bytes."""

    id = serializers.CharField()
    course = serializers.CharField()
    format = serializers.ChoiceField(choices=ExportFormat.choices)
    pseudonymous = serializers.BooleanField()
    size = serializers.IntegerField()
    rows = serializers.DictField(child=serializers.IntegerField())
    created_at = serializers.DateTimeField()
    kept_until = serializers.DateTimeField()


class ReportExportAccessOut(ReportExportOut):
    """The same with a path that hands it out without a token, until `expires_at`."""

    url = serializers.CharField()
    expires_at = serializers.DateTimeField()


class ReportExportIn(serializers.Serializer[Any]):
    """Of which course, as what, and whether people stand in it under random ids alone."""

    course = serializers.CharField(max_length=22)
    format = serializers.ChoiceField(choices=ExportFormat.choices)
    pseudonymous = serializers.BooleanField(default=False)


class ExportsViewSet(KernelViewSet):
    """The tables behind a course's analytics as files, kept for two days."""

    permission_words = {
        "list": "the course's staff, what they made; admins too",
        "retrieve": "who made it, as long as they are staff of the course",
        "create": "assistants and instructors of the course; admins",
    }

    @extend_schema(parameters=[COURSE, *PAGING], responses=ReportExportOut(many=True))
    def list(self, request: Request) -> Response:
        """Your exports of a course that are still there, newest first."""
        course = course_of(self.actor, asked(request, "course"))
        return paged(request, own_exports(self.actor, course).select_related("course"), _plain)

    @extend_schema(parameters=[ID], responses=ReportExportAccessOut)
    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One export, with an address that serves its file for five minutes."""
        row = export_of(self.actor, id)
        access = grant_export(actor=self.actor, export=row)
        return Response({**_plain(row), "url": access.url, "expires_at": access.expires_at})

    @extend_schema(
        parameters=[KEY], request=ReportExportIn, responses={202: JobEnvelope, 200: JobEnvelope}
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Write a file of a course's analytics.

        The result of the job is {export, rows, size}, `export` its id.

        While one of yours is being written for the course, its job is the answer.
        """
        course = course_of(self.actor, named(request, "course"))
        given = checked(ReportExportIn, request)
        job = start_export(
            actor=self.actor,
            course=course,
            kind=given["format"],
            pseudonymous=given["pseudonymous"],
        )
        return job_response(request, job)


def _plain(row: ReportExport) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "course": row.course.public_id,
        "format": row.format,
        "pseudonymous": row.pseudonymous,
        "size": row.size,
        "rows": row.counts,
        "created_at": row.created_at,
        "kept_until": row.expires_at,
    }
