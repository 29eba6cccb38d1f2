"""Learning patterns through the API."""

from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.bodies import body_of, course_of
from analytics.queries.patterns import latest_patterns
from analytics.scoring.rows import MAX_CLUSTERS, MAX_ROWS, MIN_CLUSTERS
from analytics.services.patterns import start_for_course, start_for_rows
from lms.kernel.errors import Invalid
from lms.kernel.rest.jobs import JobEnvelope
from lms.kernel.rest.views import KernelViewSet, idempotent, job_response


class PatternRowIn(serializers.Serializer[object]):
    """One learner: time in any one unit, completion as a share, performance in any one unit."""

    student = serializers.CharField(max_length=200)
    time_spent = serializers.FloatField(min_value=0)
    completion_rate = serializers.FloatField(min_value=0, max_value=1)
    performance = serializers.FloatField(allow_null=True, required=False)


class PatternsIn(serializers.Serializer[object]):
    """Either `rows` or `course`, and how many groups to look for."""

    rows = serializers.ListField(child=PatternRowIn(), required=False, max_length=MAX_ROWS)
    course = serializers.CharField(required=False)
    k = serializers.IntegerField(required=False, min_value=MIN_CLUSTERS, max_value=MAX_CLUSTERS)


class CentreOut(serializers.Serializer[object]):
    """Means of a group in the units of the rows."""

    time_spent = serializers.FloatField()
    completion_rate = serializers.FloatField()


class CourseCentreOut(CentreOut):
    """Means of a group of a course over those of whom a figure is known; null where of nobody."""

    regularity = serializers.FloatField(allow_null=True, required=False)
    recency = serializers.FloatField(allow_null=True, required=False)
    messages = serializers.FloatField(allow_null=True, required=False)
    performance = serializers.FloatField(allow_null=True, required=False)


class ClusterOut(serializers.Serializer[object]):
    """One group of learners."""

    label = serializers.IntegerField()  # type: ignore[assignment]
    name = serializers.CharField()
    size = serializers.IntegerField()
    centre = CourseCentreOut()


class PointOut(serializers.Serializer[object]):
    """One learner of a course: minutes, share completed, mean grade in percent, group.

    `regularity` is the share of the weeks with activity, `recency` the days since the last,
    `messages` those of room and forum.
    """

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    label = serializers.IntegerField(allow_null=True)  # type: ignore[assignment]
    time_spent = serializers.FloatField()
    completion_rate = serializers.FloatField()
    performance = serializers.FloatField(allow_null=True)
    regularity = serializers.FloatField(allow_null=True)
    recency = serializers.FloatField(allow_null=True)
    messages = serializers.FloatField(allow_null=True)


class CoefficientOut(serializers.Serializer[object]):
    """A correlation with its p and 95 % interval."""

    r = serializers.FloatField()
    p = serializers.FloatField()
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class RelationOut(serializers.Serializer[object]):
    """Two figures over the `n` learners who have both; `reason` says why there is no figure."""

    columns = serializers.ListField(child=serializers.CharField(), min_length=2, max_length=2)
    n = serializers.IntegerField()
    pearson = CoefficientOut(allow_null=True)
    spearman = CoefficientOut(allow_null=True)
    reason = serializers.CharField(allow_null=True)


class PatternsOut(serializers.Serializer[object]):
    """The kept patterns of a course."""

    id = serializers.CharField(allow_null=True)
    k = serializers.IntegerField(allow_null=True)
    chosen = serializers.BooleanField(help_text="Whether nobody asked for this number of groups.")
    clusters = ClusterOut(many=True)
    relations = RelationOut(many=True)
    correlation = serializers.FloatField(allow_null=True)
    p_value = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    reason = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField(allow_null=True)
    points = PointOut(many=True)


NOTHING: dict[str, Any] = {
    "id": None,
    "k": None,
    "chosen": False,
    "clusters": [],
    "relations": [],
    "correlation": None,
    "p_value": None,
    "n": 0,
    "created_at": None,
    "points": [],
}
COURSE = OpenApiParameter("course", OpenApiTypes.STR, required=True, description="Id of a course.")


class LearningPatternsViewSet(KernelViewSet):
    """Groups of learners who work alike, and whether time goes with performance."""

    permission_words = {
        "create": "rows: anyone who teaches; course: its staff; admins",
        "list": "the course's staff; admins",
    }

    @extend_schema(request=PatternsIn, responses={202: JobEnvelope, 200: JobEnvelope})
    @idempotent
    def create(self, request: Request) -> Response:
        """Start a job that finds learning patterns, of rows or of a course.

        Of a course it counts engagement, help and patterns anew from its newest days.

        Its result is {clusters, labels, correlation, p_value, n, reason}.
        """
        body = body_of(request.data, frozenset({"rows", "course", "k"}))
        if ("rows" in body) == ("course" in body):
            raise Invalid(_("Send either rows or a course."), field="rows")
        if "course" in body:
            course = course_of(self.actor, body["course"])
            job = start_for_course(actor=self.actor, course=course, k=body.get("k"))
        else:
            job = start_for_rows(actor=self.actor, rows=body["rows"], k=body.get("k"))
        return job_response(request, job)

    @extend_schema(parameters=[COURSE], responses=PatternsOut)
    def list(self, request: Request) -> Response:
        """The newest patterns of a course with its learners; `id` is null before the first run."""
        course = course_of(self.actor, request.query_params.get("course"))
        found = latest_patterns(self.actor, course)
        if found is None:
            return Response({**NOTHING, "reason": _("Nobody has looked for patterns yet.")})
        points = PointOut(found.points, many=True).data
        return Response({**asdict(found), "points": points})
