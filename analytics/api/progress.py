"""One's own learning over all courses, through the API."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.mastery import NextStepOut, step_plain
from analytics.queries.progress import OwnCourse, own_courses, own_days, what_next
from assessments.api.fields import paged_together, percent_field
from courses.api.shapes import PAGING
from courses.models import Enrolment
from courses.queries.dashboard import my_learning
from lms.kernel.errors import SignInRequired
from lms.kernel.rest.views import KernelViewSet

LATEST = 10


class OwnWeekOut(serializers.Serializer[Any]):
    """What you did in one week from its Monday, in your time zone."""

    monday = serializers.DateField()
    seconds = serializers.IntegerField()
    lessons_completed = serializers.IntegerField()
    attempts = serializers.IntegerField()
    days = serializers.IntegerField()


class OwnProgressCourseOut(serializers.Serializer[Any]):
    """A course that you learn: how far, the posted total in percent (null without one).

    `has_map` says that it has outcomes, and so a map of mastery; `resume_lesson` is where you were.
    """

    id = serializers.CharField()
    slug = serializers.CharField()
    title = serializers.CharField()
    enrolment = serializers.CharField()
    completion = serializers.FloatField()
    total = percent_field(allow_null=True)
    has_map = serializers.BooleanField()
    resume_lesson = serializers.CharField(allow_null=True)
    last_active_at = serializers.DateTimeField(allow_null=True)


class OwnNextOut(NextStepOut):
    """What to do next, and in which course (its id)."""

    course = serializers.CharField()


class OwnProgressOut(serializers.Serializer[Any]):
    """The last twelve weeks; `days` with learning of the last `of`, `row` weeks in a row with any.

    `next_step` is of the course used last that is not finished, null when nothing is left.
    """

    weeks = OwnWeekOut(many=True)
    days = serializers.IntegerField()
    of = serializers.IntegerField()
    seconds = serializers.IntegerField()
    row = serializers.IntegerField()
    next_step = OwnNextOut(allow_null=True)


class OwnProgressViewSet(KernelViewSet):
    """Your own progress over all courses."""

    permission_words = dict.fromkeys(("list", "courses"), "anyone signed in, their own")

    @extend_schema(responses=OwnProgressOut)
    def list(self, _request: Request) -> Response:
        """Your own days and weeks of learning over all courses, and what comes next."""
        found = own_days(self.actor)
        following = what_next(self.actor, list(my_learning(self.actor)[:LATEST]))
        step = None
        if following is not None:
            course, step_found = following
            step = {**step_plain(step_found), "course": course.public_id}
        return Response({**asdict(found), "next_step": step})

    @extend_schema(parameters=PAGING, responses=OwnProgressCourseOut(many=True))
    @action(detail=False)
    def courses(self, request: Request) -> Response:
        """The courses that you learn with how far you are, used last first."""
        if not self.actor.signed_in:
            raise SignInRequired

        def shape(rows: list[Enrolment]) -> list[dict[str, Any]]:
            return [_plain(one) for one in own_courses(self.actor, rows)]

        return paged_together(request, my_learning(self.actor), shape)


def _plain(one: OwnCourse) -> dict[str, Any]:
    row, course = one.enrolment, one.enrolment.course
    lesson = row.resume_lesson
    return {
        "id": course.public_id,
        "slug": course.slug,
        "title": course.title,
        "enrolment": row.public_id,
        "completion": row.completion,
        "total": one.total,
        "has_map": one.has_map,
        "resume_lesson": lesson.public_id if lesson else None,
        "last_active_at": row.last_active_at,
    }
