"""Audits of the early warning by groups of people through the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.exchange.audit_file import MAX_BYTES
from analytics.models import FairnessReport
from analytics.queries.audits import fairness_reports, running_audit, waiting_table
from analytics.queries.institution import require_administrator
from analytics.services.audits import start_audit
from assessments.api.fields import paged
from courses.api.shapes import PAGING, checked
from lms.kernel.jobs import describe
from lms.kernel.rest.jobs import JobEnvelope, JobSerializer
from lms.kernel.rest.views import KernelViewSet, job_response

WHO = "admins and analysts"


def _interval() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.FloatField(), min_length=2, max_length=2, allow_null=True
    )


class RateOut(serializers.Serializer[Any]):
    """A share of `of` people with its 95 % interval; null where it is of nobody."""

    value = serializers.FloatField(allow_null=True)
    of = serializers.IntegerField()
    interval = _interval()


class DifferenceOut(serializers.Serializer[Any]):
    """A difference with its 95 % interval."""

    value = serializers.FloatField()
    interval = _interval()


class RatesOut(serializers.Serializer[Any]):
    """At a threshold: who is listed, and the true, the false positive rate and the precision."""

    listed = RateOut()
    tpr = RateOut()
    fpr = RateOut()
    precision = RateOut()


class AuditedGroupOut(serializers.Serializer[Any]):
    """A group: who failed or left, the mean chance told, that less the share seen, its AUC.

    `at` has the rates by threshold.
    """

    group = serializers.CharField()
    n = serializers.IntegerField()
    observed = RateOut()
    predicted = serializers.FloatField()
    calibration_gap = DifferenceOut()
    auc = serializers.FloatField(allow_null=True)
    at = serializers.DictField(child=RatesOut())


class WidestOut(serializers.Serializer[Any]):
    """The two groups furthest apart in a rate, and by how much."""

    most = serializers.CharField()
    least = serializers.CharField()
    value = serializers.FloatField(required=False)
    interval = _interval()


class GapsOut(serializers.Serializer[Any]):
    """By rate, null where fewer than two groups have it."""

    tpr = WidestOut(allow_null=True)
    fpr = WidestOut(allow_null=True)
    precision = WidestOut(allow_null=True)


class AuditedAttributeOut(serializers.Serializer[Any]):
    """The groups of an attribute, the names of those too small to show, and gaps by threshold."""

    groups = AuditedGroupOut(many=True)
    hidden = serializers.ListField(child=serializers.CharField())
    gaps = serializers.DictField(child=GapsOut())


class FairnessOut(serializers.Serializer[Any]):
    """What an audit found of a model, by attribute; `model` is null for the one Cairn ships.

    `n` learners of `courses` ended courses were counted. Without `attributes`, `reason` says why.
    """

    id = serializers.CharField()
    model = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    n = serializers.IntegerField()
    courses = serializers.IntegerField()
    attributes = serializers.DictField(child=AuditedAttributeOut())
    reason = serializers.CharField(allow_blank=True)


class AuditTableOut(serializers.Serializer[Any]):
    """Attributes that are kept until their audit is made; `unknown` rows named nobody here."""

    created_at = serializers.DateTimeField()
    delete_at = serializers.DateTimeField()
    unknown = serializers.IntegerField()


class WaitingAuditOut(serializers.Serializer[Any]):
    """The attributes of an audit that is not made yet, and your job that makes it."""

    table = AuditTableOut(allow_null=True)
    job = JobSerializer(allow_null=True)


class AuditIn(serializers.Serializer[Any]):
    """A table in CSV with the columns person (e-mail address or id), attribute and value; 4 MB."""

    file = serializers.FileField()


class AuditsViewSet(KernelViewSet):
    """Whether the early warning serves groups of people alike."""

    parser_classes = (MultiPartParser,)
    permission_words = {"list": WHO, "create": "admins", "waiting": WHO}

    @extend_schema(parameters=PAGING, responses=FairnessOut(many=True))
    def list(self, request: Request) -> Response:
        """The newest fairness report of each model."""
        return paged(request, fairness_reports(self.actor), _plain)

    @extend_schema(
        request={"multipart/form-data": AuditIn}, responses={202: JobEnvelope, 200: JobEnvelope}
    )
    def create(self, request: Request) -> Response:
        """Bring people's attributes for one audit; they are deleted with its report.

        Those of an audit that is not made yet are deleted now. The result of the job is {reports}.
        """
        require_administrator(self.actor)
        file = checked(AuditIn, request)["file"]
        return job_response(request, start_audit(actor=self.actor, data=file.read(MAX_BYTES + 1)))

    @extend_schema(responses=WaitingAuditOut)
    @action(detail=False)
    def waiting(self, _request: Request) -> Response:
        """Attributes that wait for their audit, and the job."""
        table, job = waiting_table(self.actor), running_audit(self.actor)
        kept = ("created_at", "delete_at", "unknown")
        body = {
            "table": {name: getattr(table, name) for name in kept} if table else None,
            "job": describe(job) if job else None,
        }
        return Response(body)


def _plain(row: FairnessReport) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "model": row.model.public_id if row.model else None,
        "created_at": row.created_at,
        "n": row.n,
        "courses": row.courses,
        "attributes": (row.body or {}).get("attributes", {}),
        "reason": row.reason,
    }
