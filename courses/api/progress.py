"""Progress through the API: time, where to resume, what is done."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from courses.api.examples import PING
from courses.api.shapes import PAGING, asked, checked, course_of, lesson_of, named
from courses.enums import ProgressState
from courses.models import Lesson, LessonProgress
from courses.queries.contents import own_enrolment
from courses.queries.enrolment import progress_of
from courses.rules import LEARN_COURSE, VIEW_ENROLMENT
from courses.services.progress import MAX_POSITION, complete_lesson, record_progress
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.views import KernelViewSet
from lms.kernel.rules import fetch, require


class ProgressSerializer(serializers.Serializer[Any]):
    """How far somebody is in one lesson; `seconds` as accepted by the server."""

    lesson = serializers.CharField(source="lesson.public_id")
    state = serializers.ChoiceField(choices=ProgressState.choices)
    seconds = serializers.IntegerField()
    position = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)


class PingSerializer(serializers.Serializer[Any]):
    """Seconds since the last ping; seconds of the video, or percent of the page, to resume at."""

    lesson = serializers.CharField(max_length=22)
    seconds = serializers.IntegerField(min_value=0, max_value=MAX_POSITION)
    position = serializers.IntegerField(min_value=0, max_value=MAX_POSITION, required=False)


class DoneSerializer(serializers.Serializer[Any]):
    """The lesson that is done."""

    lesson = serializers.CharField(max_length=22)


LIST = [
    OpenApiParameter("course", OpenApiTypes.STR, description="Your own progress in this course."),
    OpenApiParameter("enrolment", OpenApiTypes.STR, description="Of a person you may see."),
]


class ProgressViewSet(KernelViewSet):
    """How far learners are."""

    permission_words = {
        "list": "the learner; staff of the course by `enrolment`; admins",
        "create": "learners of the course, their own",
        "complete": "learners of the course, their own",
    }

    @extend_schema(parameters=[*LIST, *PAGING], responses=ProgressSerializer(many=True))
    def list(self, request: Request) -> Response:
        """The lessons that were begun, of yourself in a course or of an enrolment."""
        enrolment_id, course_id = asked(request, "enrolment"), asked(request, "course")
        if enrolment_id:
            enrolment = fetch(self.actor, VIEW_ENROLMENT, public_id=enrolment_id)
        elif course_id:
            found = own_enrolment(self.actor, course_of(self.actor, course_id))
            if found is None:
                raise NotFound
            enrolment = found
        else:
            raise Invalid("Name a course or an enrolment.", field="course")
        pages = Pages()
        page = pages.paginate_queryset(progress_of(enrolment), request) or []
        return pages.get_paginated_response(ProgressSerializer(page, many=True).data)

    @extend_schema(request=PingSerializer, responses={200: ProgressSerializer}, examples=PING)
    def create(self, request: Request) -> Response:
        """Add time spent in a lesson; never more is accepted than has passed."""
        lesson = self._learned(request)
        given = checked(PingSerializer, request)
        row = record_progress(
            actor=self.actor,
            lesson=lesson,
            seconds=given["seconds"],
            position=given.get("position"),
        )
        return self._shown(row)

    @extend_schema(request=DoneSerializer, responses=ProgressSerializer)
    @action(detail=False, methods=["post"])
    def complete(self, request: Request) -> Response:
        """Mark a lesson as done; the same however often."""
        lesson = self._learned(request)
        return self._shown(complete_lesson(actor=self.actor, lesson=lesson))

    def _learned(self, request: Request) -> Lesson:
        lesson = lesson_of(self.actor, named(request, "lesson"))
        require(self.actor, LEARN_COURSE, lesson.course)
        return lesson

    def _shown(self, row: LessonProgress) -> Response:
        return Response(ProgressSerializer(row).data)
