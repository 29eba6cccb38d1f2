"""Grades and reviews through the API."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.fields import asked_choice, paged, score_field
from assessments.api.keys import ReviewOut, review_data
from assessments.enums import GradeItemKind, GradeSource
from assessments.models import Grade, GradeChange
from assessments.queries.attempt import attempt
from assessments.queries.grade import changes, grade, grades
from assessments.queries.review import review
from assessments.services.closing import settle
from courses.api.shapes import COURSE, ID, PAGING, asked, course_of
from lms.kernel.rest.views import KernelViewSet


class GradeOut(serializers.Serializer[Any]):
    """A grade; `quiz` and `attempt` are those it comes from, if it comes from a quiz."""

    id = serializers.CharField()
    course = serializers.CharField()
    item = serializers.CharField()
    kind = serializers.ChoiceField(choices=GradeItemKind.choices)
    quiz = serializers.CharField(allow_null=True)
    title = serializers.CharField()
    learner = serializers.CharField()
    attempt = serializers.CharField(allow_null=True)
    status = serializers.CharField()
    status_name = serializers.CharField()
    score = score_field(allow_null=True)
    max_score = score_field()
    released = serializers.BooleanField()
    updated_at = serializers.DateTimeField()


class GradeChangeOut(serializers.Serializer[Any]):
    """A change; `actor` is null when the work scored itself."""

    origin = serializers.ChoiceField(choices=GradeSource.choices)
    before = score_field(allow_null=True)
    after = score_field(allow_null=True)
    status_before = serializers.CharField(allow_blank=True)
    status_after = serializers.CharField()
    released_before = serializers.BooleanField(allow_null=True)
    released_after = serializers.BooleanField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    attempt = serializers.CharField(allow_null=True)
    actor = serializers.CharField(allow_null=True)
    actor_name = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()


class GradeViewSet(KernelViewSet):
    """Grades: your own once released, all of the courses you staff."""

    permission_words = {
        "list": "own released grades; staff those of their courses",
        "retrieve": "its learner once released; the course's staff",
        "changes": "the course's staff",
    }

    @extend_schema(
        parameters=[
            COURSE,
            OpenApiParameter("mine", OpenApiTypes.BOOL, description="Only your own."),
            *PAGING,
        ],
        responses=GradeOut(many=True),
    )
    def list(self, request: Request) -> Response:
        """Grades you may see, newest first."""
        mine = asked_choice(request, "mine", ["true", "false"]) == "true"
        course = (
            course_of(self.actor, asked(request, "course")) if asked(request, "course") else None
        )
        return paged(request, grades(self.actor, course=course, mine=mine), _grade)

    @extend_schema(parameters=[ID], responses=GradeOut)
    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One grade."""
        return Response(_grade(grade(self.actor, id)))

    @extend_schema(parameters=[ID, *PAGING], responses=GradeChangeOut(many=True))
    @action(detail=True, methods=["get"])
    def changes(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """How a grade came about."""
        return paged(request, changes(self.actor, grade(self.actor, id)), change_data)


class ReviewViewSet(KernelViewSet):
    """Attempts with their keys."""

    permission_words = {"review": "its learner once released; the course's staff once submitted"}

    @extend_schema(parameters=[ID], responses=ReviewOut)
    @action(detail=True, methods=["get"])
    def review(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """The attempt with right answers and explanations."""
        row = settle(attempt(self.actor, id))
        return Response(review_data(review(self.actor, row)))


def _grade(row: Grade) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "course": row.item.course.public_id,
        "item": row.item.public_id,
        "kind": row.item.kind,
        "quiz": row.item.quiz.public_id if row.item.quiz else None,
        "title": row.item.name,
        "learner": row.learner.public_id,
        "attempt": row.attempt.public_id if row.attempt else None,
        "status": row.status,
        "status_name": row.status_name,
        "score": row.score,
        "max_score": row.max_score,
        "released": row.released,
        "updated_at": row.updated_at,
    }


def change_data(row: GradeChange) -> dict[str, Any]:
    """The JSON of a change."""
    return {
        "origin": row.source,
        "before": row.before,
        "after": row.after,
        "status_before": row.status_before,
        "status_after": row.status_after,
        "released_before": row.released_before,
        "released_after": row.released_after,
        "reason": row.reason,
        "attempt": row.attempt.public_id if row.attempt else None,
        "actor": row.actor.public_id if row.actor else None,
        "actor_name": row.actor.display_name if row.actor else "",
        "at": row.at,
    }
