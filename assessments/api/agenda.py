"""What is due next for the asker, through the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.fields import paged
from assessments.queries.agenda import DueLine, due_lines
from courses.api.shapes import PAGING
from lms.kernel.rest.views import KernelViewSet


class DueOut(serializers.Serializer[Any]):
    """A piece of work that waits for you, by your own dates.

    `due_at` is when it is due or, without such a date, closes; `closes_at` is null where nothing
    ends it after that. `lesson` is empty for a discussion; `path` leads to the work. `begun` when
    you started it; `left` how many reviews of a peer review are.
    """

    kind = serializers.ChoiceField(choices=["quiz", "assignment", "peer_review", "discussion"])
    lesson = serializers.CharField(allow_blank=True)
    path = serializers.CharField()
    title = serializers.CharField()
    course = serializers.CharField()
    course_title = serializers.CharField()
    opens_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField(allow_null=True)
    begun = serializers.BooleanField()
    overdue = serializers.BooleanField()
    left = serializers.IntegerField()


class DueViewSet(KernelViewSet):
    """What is due next, in all your courses."""

    permission_words = {"list": "signed in; your own"}

    @extend_schema(parameters=[*PAGING], responses=DueOut(many=True))
    def list(self, request: Request) -> Response:
        """Work that is not handed in yet and still can be, what is due first in front."""
        return paged(request, due_lines(self.actor), due_data)


def due_data(line: DueLine) -> dict[str, Any]:
    """The JSON of a line."""
    return {
        "kind": line.kind,
        "lesson": line.lesson.public_id if line.lesson else "",
        "path": line.path,
        "title": line.title,
        "course": line.course.public_id,
        "course_title": line.course.title,
        "opens_at": line.opens_at,
        "due_at": line.at,
        "closes_at": line.closes_at,
        "begun": line.begun,
        "overdue": line.overdue,
        "left": line.left,
    }
