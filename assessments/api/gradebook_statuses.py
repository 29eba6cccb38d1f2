"""The statuses that a course makes for itself, through the API."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.fields import paged
from assessments.api.gradebook_shapes import StatusIn, StatusOut
from assessments.queries.book import settings_of
from assessments.queries.grade_status import course_status, course_statuses
from assessments.scoring.gradebook_statuses import CourseStatus, status_data
from assessments.services.grade_status import (
    StatusFields,
    create_status,
    delete_status,
    update_status,
)
from courses.api.shapes import ID, IF_MATCH, KEY, PAGING, course_of
from courses.models import Course
from lms.kernel.rest.views import KernelViewSet, expected_version, idempotent, versioned

STATUS = OpenApiParameter("status", OpenApiTypes.STR, OpenApiParameter.PATH, description="Its key.")
ONE_STATUS = r"statuses/(?P<status>[^/]+)"


class GradebookStatusViewSet(KernelViewSet):
    """A course's own statuses; the ETag is that of its gradebook."""

    permission_words = {
        "statuses": "the course's staff",
        "make_status": "instructors of the course",
        "status": "the course's staff; changing and removing is for instructors",
    }

    @extend_schema(parameters=[ID, *PAGING], responses=StatusOut(many=True))
    @action(detail=True, methods=["get"])
    def statuses(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """The course's own statuses, archived ones last."""
        _book, found = course_statuses(self.actor, course_of(self.actor, id))
        return paged(request, found, status_data)

    @extend_schema(parameters=[ID, KEY], request=StatusIn, responses={201: StatusOut})
    @statuses.mapping.post
    @idempotent
    def make_status(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """A new status."""
        course = course_of(self.actor, id)
        made = create_status(actor=self.actor, course=course, fields=_fields(request))
        return _answer(course, made, 201)

    @extend_schema(
        methods=["get"],
        parameters=[ID, STATUS],
        responses=StatusOut,
        description="One of the course's own statuses.",
    )
    @extend_schema(
        methods=["put"],
        parameters=[ID, STATUS, IF_MATCH],
        request=StatusIn,
        responses=StatusOut,
        description="Change a status, or archive it.",
    )
    @extend_schema(
        methods=["delete"],
        parameters=[ID, STATUS],
        responses={204: None},
        description="Remove a status while no grade ever bore it.",
    )
    @action(detail=True, methods=["get", "put", "delete"], url_path=ONE_STATUS)
    def status(self, request: Request, id: str, status: str) -> Response:  # noqa: A002
        """One status: read, change, archive; or remove it while no grade ever bore it."""
        course = course_of(self.actor, id)
        _book, found = course_status(self.actor, course, status)
        if request.method == "DELETE":
            delete_status(actor=self.actor, course=course, key=found.key)
            return Response(status=204)
        if request.method == "PUT":
            found = update_status(
                actor=self.actor,
                course=course,
                key=found.key,
                fields=_fields(request),
                expected=expected_version(request),
            )
        return _answer(course, found)


def _fields(request: Request) -> StatusFields:
    sent = StatusIn(data=request.data)
    sent.is_valid(raise_exception=True)
    return StatusFields(**sent.validated_data)


def _answer(course: Course, found: CourseStatus, status: int = 200) -> Response:
    data: dict[str, Any] = status_data(found)
    return versioned(data, settings_of(course.pk).version, status)
