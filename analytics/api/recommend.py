"""Recommended courses through the API."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.scoring.recommend import Basis
from analytics.services.recommend import recommendations
from lms.kernel.rest.views import KernelViewSet

MOST = 10


class CourseOut(serializers.Serializer[object]):
    """The course as the catalogue shows it."""

    id = serializers.CharField()
    slug = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField(allow_blank=True)


class RecommendationOut(serializers.Serializer[object]):
    """A course you could take now, and why it is named."""

    course = CourseOut()
    basis = serializers.ChoiceField(choices=[basis.value for basis in Basis])
    reason = serializers.CharField()


class RecommendationPage(serializers.Serializer[object]):
    """At most ten; there is never a second page."""

    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = RecommendationOut(many=True)


class RecommendationsViewSet(KernelViewSet):
    """What to take next."""

    permission_words = {"list": "anyone signed in, for themselves"}

    @extend_schema(responses=RecommendationPage)
    def list(self, request: Request) -> Response:
        """Your own recommendations, best first."""
        rows = [
            {
                "course": {
                    "id": found.course.public_id,
                    "slug": found.course.slug,
                    "title": found.course.title,
                    "summary": found.course.summary,
                },
                "basis": found.basis.value,
                "reason": found.reason,
            }
            for found in recommendations(actor=self.actor, limit=MOST)
        ]
        return Response({"count": len(rows), "next": None, "previous": None, "results": rows})
