"""Class totals through the API."""

from dataclasses import asdict

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.bodies import course_of
from analytics.queries.overview import course_overview
from courses.rules import TOTALS_COURSE
from lms.kernel.rest.views import KernelViewSet


class WeekOut(serializers.Serializer[object]):
    """One week from its Monday (UTC)."""

    monday = serializers.DateField()
    people = serializers.IntegerField(allow_null=True)
    seconds = serializers.IntegerField(allow_null=True)
    lessons_completed = serializers.IntegerField(allow_null=True)
    attempts = serializers.IntegerField(allow_null=True)
    messages = serializers.IntegerField(allow_null=True)


class LessonStepOut(serializers.Serializer[object]):
    """How many learners started and completed a lesson; `reached`: began it or a later one."""

    lesson = serializers.CharField()
    title = serializers.CharField()
    started = serializers.IntegerField(allow_null=True)
    completed = serializers.IntegerField(allow_null=True)
    reached = serializers.IntegerField(allow_null=True)


class QuizScoresOut(serializers.Serializer[object]):
    """Grades of a quiz in ten bins of ten percent; the mean is a share of full marks."""

    lesson = serializers.CharField()
    title = serializers.CharField()
    n = serializers.IntegerField(allow_null=True)
    mean = serializers.FloatField(allow_null=True)
    bins = serializers.ListField(child=serializers.IntegerField(), allow_null=True)


class OverviewOut(serializers.Serializer[object]):
    """Class totals; observers get null where a number would tell of fewer than five people."""

    learners = serializers.IntegerField(allow_null=True)
    active = serializers.IntegerField(allow_null=True)
    completed = serializers.IntegerField(allow_null=True)
    mean_completion = serializers.FloatField(allow_null=True)
    weeks = WeekOut(many=True)
    funnel = LessonStepOut(many=True)
    quizzes = QuizScoresOut(many=True)
    counted_at = serializers.DateTimeField(allow_null=True)
    withheld = serializers.BooleanField()


COURSE = OpenApiParameter("course", OpenApiTypes.STR, required=True, description="Id of a course.")


class OverviewViewSet(KernelViewSet):
    """Engagement, funnel and scores of a course."""

    permission_words = {"list": "the course's staff and observers; admins"}

    @extend_schema(parameters=[COURSE], responses=OverviewOut)
    def list(self, request: Request) -> Response:
        """The class totals of a course."""
        course = course_of(self.actor, request.query_params.get("course"), TOTALS_COURSE)
        return Response(asdict(course_overview(self.actor, course)))
