"""The institution at a glance through the API: counts of people alone."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.models import InstitutionDay
from analytics.queries.institution import ORDERS, glances_of, institution, institution_days
from assessments.api.fields import asked_choice, choice, paged
from courses.api.shapes import PAGING
from lms.kernel.rest.views import KernelViewSet

ORDERINGS = sorted([*ORDERS, *(f"-{name}" for name in ORDERS)])
FIGURES = ("learners", "active", "completed", "completion", "need_help", "warned")
WHO = "admins and analysts"


class InstitutionDayOut(serializers.Serializer[Any]):
    """A day (UTC): people active on it and in the seven days up to it, who came, who finished."""

    day = serializers.DateField()
    active = serializers.IntegerField()
    active_week = serializers.IntegerField()
    enrolments = serializers.IntegerField()
    completions = serializers.IntegerField()


class InstitutionOut(serializers.Serializer[Any]):
    """Published courses now, who came and finished in thirty days; `active_week` null uncounted.

    `need_help` by the fixed rule, `warned` at a raised or high risk by the early warning: learners
    of each course of which `courses/` tells the asker how many. `days` are the last ninety, oldest
    first.
    """

    courses = serializers.IntegerField()
    active_week = serializers.IntegerField(allow_null=True)
    enrolments = serializers.IntegerField()
    completions = serializers.IntegerField()
    need_help = serializers.IntegerField()
    warned = serializers.IntegerField()
    days = InstitutionDayOut(many=True)


class CourseGlanceOut(serializers.Serializer[Any]):
    """A published course as counted last; `completion` is the mean share of its lessons, 0 to 1.

    `active` counts learners of the last seven days. To analysts a figure is null that tells of one
    to four people, or of all but so few.
    """

    course = serializers.CharField()
    slug = serializers.CharField()
    title = serializers.CharField()
    learners = serializers.IntegerField(allow_null=True)
    active = serializers.IntegerField(allow_null=True)
    completed = serializers.IntegerField(allow_null=True)
    completion = serializers.FloatField(allow_null=True)
    need_help = serializers.IntegerField(allow_null=True)
    warned = serializers.IntegerField(allow_null=True)
    counted_at = serializers.DateTimeField()


class InstitutionViewSet(KernelViewSet):
    """The institution as workers counted it."""

    permission_words = {"list": WHO, "courses": WHO, "days": WHO}

    @extend_schema(responses=InstitutionOut)
    def list(self, _request: Request) -> Response:
        """The institution's sums and its last days."""
        found = institution(self.actor)
        body = {
            "courses": found.courses,
            "active_week": found.active_week,
            "enrolments": found.enrolments,
            "completions": found.completions,
            "need_help": found.need_help,
            "warned": found.warned,
            "days": [_day(one) for one in found.days],
        }
        return Response(body)

    @extend_schema(
        parameters=[choice("ordering", ORDERINGS, "With - from the most."), *PAGING],
        responses=CourseGlanceOut(many=True),
    )
    @action(detail=False)
    def courses(self, request: Request) -> Response:
        """The institution's published courses, those with most learners first."""
        rows = glances_of(self.actor)
        order = asked_choice(request, "ordering", ORDERINGS)
        return paged(request, glances_of(self.actor, order) if order else rows, _glance)

    @extend_schema(parameters=PAGING, responses=InstitutionDayOut(many=True))
    @action(detail=False)
    def days(self, request: Request) -> Response:
        """Every day of the institution that was counted, oldest first."""
        return paged(request, institution_days(self.actor), _day)


def _day(row: InstitutionDay) -> dict[str, Any]:
    return {
        "day": row.day,
        "active": row.active,
        "active_week": row.active_week,
        "enrolments": row.enrolments,
        "completions": row.completions,
    }


def _glance(row: Any) -> dict[str, Any]:
    return {
        "course": row.course.public_id,
        "slug": row.course.slug,
        "title": row.course.title,
        **{name: getattr(row, f"seen_{name}") for name in FIGURES},
        "counted_at": row.counted_at,
    }
