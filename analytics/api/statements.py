"""Acts of learning from clients, in the shape of xAPI: sent in batches, read back."""

from typing import Any

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.bodies import course_of
from analytics.api.examples import EVENTS
from analytics.enums import Verb
from analytics.models import LearningStatement
from analytics.queries.statements import own_statements
from analytics.services.statements import MOST, Act, record_statements
from assessments.api.fields import paged
from courses.api.shapes import PAGING, checked
from courses.rules import LEARN_COURSE, OPEN_COURSE
from lms.kernel.rest.views import KernelViewSet

COURSE = OpenApiParameter("course", OpenApiTypes.STR, required=True, description="Id of a course.")
MAX_SECONDS = 86_400


class ActResult(serializers.Serializer[Any]):
    """What came of an act; all optional. `seconds` are kept and add no time to any figure."""

    success = serializers.BooleanField(required=False)
    completion = serializers.BooleanField(required=False)
    scaled = serializers.FloatField(required=False, min_value=-1, max_value=1)
    progress = serializers.FloatField(required=False, min_value=0, max_value=1)
    seconds = serializers.IntegerField(required=False, min_value=0, max_value=MAX_SECONDS)


class ActContext(serializers.Serializer[Any]):
    """Where it happened: the name of the app, and an id of its session; both optional."""

    platform = serializers.CharField(required=False, max_length=60)
    session = serializers.UUIDField(required=False)


class ActIn(serializers.Serializer[Any]):
    """One act: `id` is your own, `at` by your own clock, `lesson` empty for the course itself."""

    id = serializers.UUIDField()
    verb = serializers.ChoiceField(choices=Verb.choices)
    at = serializers.DateTimeField()
    lesson = serializers.CharField(required=False, allow_blank=True, max_length=22)
    part = serializers.CharField(required=False, allow_blank=True, max_length=100)
    result = ActResult(required=False)
    context = ActContext(required=False)  # type: ignore[assignment]


class ActsIn(serializers.Serializer[Any]):
    """At most 500 acts in one course; `sent_at` is your clock now, which corrects theirs."""

    course = serializers.CharField(max_length=22)
    sent_at = serializers.DateTimeField()
    events = serializers.ListField(child=ActIn(), min_length=1, max_length=MOST)


class RefusedAct(serializers.Serializer[Any]):
    """An act that was not kept: do not send it again."""

    id = serializers.UUIDField()
    field = serializers.CharField()
    detail = serializers.CharField()


class ActsOut(serializers.Serializer[Any]):
    """How many were kept now and had been before, and those that were refused."""

    stored = serializers.IntegerField()
    known = serializers.IntegerField()
    refused = RefusedAct(many=True)


class StatementOut(serializers.Serializer[Any]):
    """A statement of xAPI 1.0.3."""

    id = serializers.UUIDField()
    actor = serializers.DictField()
    verb = serializers.DictField()
    object = serializers.DictField()
    result = serializers.DictField()
    context = serializers.DictField()  # type: ignore[assignment]
    timestamp = serializers.DateTimeField()
    stored = serializers.DateTimeField()


class LearningEventsViewSet(KernelViewSet):
    """What a client tells of somebody's learning."""

    permission_words = {
        "create": "active learners of the course, for themselves",
        "list": "members of the course, their own",
    }

    @extend_schema(request=ActsIn, responses={200: ActsOut}, examples=EVENTS)
    def create(self, request: Request) -> Response:
        """Send acts, at most 500 at once; sent again under the same ids they are kept once."""
        given = checked(ActsIn, request)
        course = course_of(self.actor, given["course"], LEARN_COURSE)
        acts = [_act(one) for one in given["events"]]
        got = record_statements(
            actor=self.actor, course=course, sent_at=given["sent_at"], acts=acts
        )
        refused = [
            {"id": one.client_id, "field": one.field, "detail": one.why} for one in got.refused
        ]
        return Response({"stored": got.stored, "known": got.known, "refused": refused})

    @extend_schema(parameters=[COURSE, *PAGING], responses=StatementOut(many=True))
    def list(self, request: Request) -> Response:
        """Your own acts that clients told of, newest first, as xAPI statements."""
        course = course_of(self.actor, request.query_params.get("course"), OPEN_COURSE)
        rows = own_statements(self.actor, course)
        return paged(request, rows, lambda row: _statement(row, course.public_id))


def _act(given: dict[str, Any]) -> Act:
    context = dict(given.get("context", {}))
    if "session" in context:
        context["session"] = str(context["session"])
    return Act(
        client_id=given["id"],
        verb=Verb(given["verb"]),
        at=given["at"],
        lesson=given.get("lesson", ""),
        part=given.get("part", ""),
        result=dict(given.get("result", {})),
        context=context,
    )


def _statement(row: LearningStatement, course: str) -> dict[str, Any]:
    home, verb = settings.PUBLIC_URL, Verb(row.verb)
    account = {"homePage": home, "name": row.learner.public_id}
    inside = row.lesson is not None
    place = f"lessons/{row.lesson.public_id}" if row.lesson is not None else f"courses/{course}"
    part = f"#{row.part}" if row.part else ""
    kind = "http://adlnet.gov/expapi/activities/"
    return {
        "id": row.client_id,
        "actor": {"objectType": "Agent", "account": account},
        "verb": {"id": verb.iri, "display": {"en": verb.value}},
        "object": {
            "id": f"{home}/api/v1/{place}/{part}",
            "definition": {"type": kind + ("lesson" if inside else "course")},
        },
        "result": _result(row.result),
        "context": {"platform": row.context["platform"]} if "platform" in row.context else {},
        "timestamp": row.at,
        "stored": row.stored_at,
    }


def _result(kept: dict[str, Any]) -> dict[str, Any]:
    """As xAPI spells it: durations by ISO 8601, progress as the extension of the video profile."""
    found: dict[str, Any] = {}
    found |= {name: kept[name] for name in ("success", "completion") if name in kept}
    if "scaled" in kept:
        found["score"] = {"scaled": kept["scaled"]}
    if "seconds" in kept:
        found["duration"] = f"PT{kept['seconds']}S"
    if "progress" in kept:
        found["extensions"] = {"https://w3id.org/xapi/video/extensions/progress": kept["progress"]}
    return found
