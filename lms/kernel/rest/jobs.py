"""Jobs through the API: the creator's own, everybody's for admins."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from lms.kernel.jobs import cancel_job, describe
from lms.kernel.jobs.access import CANCEL_JOB, VIEW_JOB
from lms.kernel.models import JobState
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.views import KernelViewSet
from lms.kernel.rules import fetch, require


class JobSerializer(serializers.Serializer[object]):
    """The fixed shape of a job."""

    id = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.ChoiceField(choices=JobState.choices)
    progress = serializers.IntegerField(min_value=0, max_value=100)
    message = serializers.CharField(allow_blank=True)
    result = serializers.JSONField(allow_null=True)
    error = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class JobEnvelope(serializers.Serializer[object]):
    """What starting a job answers."""

    job = JobSerializer()


ID = OpenApiParameter("id", OpenApiTypes.STR, OpenApiParameter.PATH)


class JobViewSet(KernelViewSet):
    """Work you started, with its state, progress and result."""

    permission_words = {
        "list": "anyone signed in, own jobs; admins all",
        "retrieve": "who started it; admins",
        "cancel": "who started it; admins",
    }
    kind_prefix = ""

    @extend_schema(responses=JobSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Your jobs, newest first."""
        rows = VIEW_JOB.rows(self.actor).filter(kind__startswith=self.kind_prefix)
        pages = Pages()
        page = pages.paginate_queryset(rows.order_by("-pk"), request) or []
        return pages.get_paginated_response([describe(job) for job in page])

    @extend_schema(parameters=[ID], responses=JobSerializer)
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One job with its state, progress and result."""
        job = fetch(self.actor, VIEW_JOB, public_id=id, kind__startswith=self.kind_prefix)
        return Response(describe(job))

    @extend_schema(parameters=[ID], request=None, responses=JobSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Cancel a job; a running job stops at its next step."""
        job = fetch(self.actor, VIEW_JOB, public_id=id, kind__startswith=self.kind_prefix)
        require(self.actor, CANCEL_JOB, job)
        return Response(describe(cancel_job(actor=self.actor, job=job)))
