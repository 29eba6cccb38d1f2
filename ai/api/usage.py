"""What AI was used for."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ai.enums import CallOutcome, Purpose
from ai.queries.ledger import usage
from assessments.api.fields import asked_choice, choice
from courses.api.shapes import COURSE, asked, course_of
from courses.rules import STAFF_COURSE
from lms.kernel.errors import Denied
from lms.kernel.rest.views import KernelViewSet
from lms.kernel.rules import require

SCOPE = choice("scope", ["own", "all"], "Your own, or (for admins) everybody's; own without it.")


class UsageRowOut(serializers.Serializer[Any]):
    """Calls of one kind together."""

    provider = serializers.CharField()
    model = serializers.CharField()
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    outcome = serializers.ChoiceField(choices=CallOutcome.choices)
    calls = serializers.IntegerField()
    tokens_in = serializers.IntegerField()
    tokens_out = serializers.IntegerField()
    milliseconds = serializers.IntegerField()


class UsageOut(serializers.Serializer[Any]):
    """Sums over the last days."""

    days = serializers.IntegerField()
    calls = serializers.IntegerField()
    tokens_in = serializers.IntegerField()
    tokens_out = serializers.IntegerField()
    milliseconds = serializers.IntegerField()
    rows = UsageRowOut(many=True)


class UsageViewSet(KernelViewSet):
    """The ledger of calls to providers, in sums."""

    permission_words = {
        "list": "anyone signed in, own usage; with course its staff; scope=all admins"
    }

    @extend_schema(parameters=[COURSE, SCOPE], responses=UsageOut)
    def list(self, request: Request) -> Response:
        """Your usage of the last 30 days, a course's for its staff, everybody's for admins."""
        everybody = asked_choice(request, "scope", ["own", "all"], "own") == "all"
        course = None
        if asked(request, "course"):
            course = course_of(self.actor, asked(request, "course"))
            require(self.actor, STAFF_COURSE, course)
        if everybody and not self.actor.is_admin:
            raise Denied
        return Response(asdict(usage(self.actor, course=course, everybody=everybody)))
