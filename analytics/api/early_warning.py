"""The early warning of a course through the API: its switch, its model, what it says of oneself."""

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.bodies import body_of, course_of
from analytics.api.risk import WarnedOut, warned_plain
from analytics.enums import RiskModelKind, SupportDoor
from analytics.models import RiskObjection
from analytics.queries.mastery import learner_of
from analytics.queries.risk import (
    drift_of,
    is_on,
    latest_risks,
    open_objections,
    own_objections,
    own_warning,
    told_up_to,
)
from analytics.queries.risk_card import card
from analytics.queries.support import Suggestion, suggestions
from analytics.services.risk import answer_objection, object_to_warning, switch_warning
from courses.api.shapes import needed
from courses.rules import OPEN_COURSE, STAFF_COURSE
from lms.kernel.errors import Invalid
from lms.kernel.rest.views import KernelViewSet, idempotent


class DriftOut(serializers.Serializer[object]):
    """Predicted and observed share of those who failed or left; `notice` when .10 apart."""

    n = serializers.IntegerField()
    predicted = serializers.FloatField()
    observed = serializers.FloatField()
    notice = serializers.BooleanField()


class CardOut(serializers.Serializer[object]):
    """The model in use: from what it was learnt, and its measures on what was held out."""

    own = serializers.BooleanField(help_text="Learnt from this site's own courses.")
    kind = serializers.ChoiceField(choices=RiskModelKind.values)
    learnt_from = serializers.CharField()
    learners = serializers.IntegerField()
    figures = serializers.ListField(child=serializers.CharField())
    measures = serializers.DictField()
    notes = serializers.ListField(child=serializers.CharField())


class WaitingOut(serializers.Serializer[object]):
    """An objection that waits for an answer."""

    id = serializers.CharField()
    student = serializers.CharField()
    text = serializers.CharField()
    created_at = serializers.DateTimeField()


class EarlyWarningOut(serializers.Serializer[object]):
    """A course's early warning; `drift` once the course is over."""

    on = serializers.BooleanField()
    told_at = serializers.DateTimeField(allow_null=True)
    model = CardOut()
    drift = DriftOut(allow_null=True)
    objections = WaitingOut(many=True)


class WarningSwitchIn(serializers.Serializer[object]):
    """Whether a course uses it."""

    course = serializers.CharField()
    on = serializers.BooleanField()


class WarningSwitchOut(serializers.Serializer[object]):
    """Whether a course uses it."""

    on = serializers.BooleanField()


class ObjectionIn(serializers.Serializer[object]):
    """Why it is wrong, in up to 1,000 characters."""

    course = serializers.CharField()
    text = serializers.CharField(max_length=1000)


class ObjectionAnswerIn(serializers.Serializer[object]):
    """What staff say to it."""

    course = serializers.CharField()
    answer = serializers.CharField(max_length=1000)


class ObjectionOut(serializers.Serializer[object]):
    """An objection; `answer` is empty while it waits."""

    id = serializers.CharField()
    text = serializers.CharField()
    created_at = serializers.DateTimeField()
    answer = serializers.CharField(allow_blank=True)
    answered_at = serializers.DateTimeField(allow_null=True)


class OwnWarningOut(serializers.Serializer[object]):
    """What it says of the asker, null before it says anything or where it is off."""

    on = serializers.BooleanField()
    early_warning = WarnedOut(allow_null=True)
    objections = ObjectionOut(many=True)


class SuggestionOut(serializers.Serializer[object]):
    """What staff could do about a reason.

    `lesson` is that of a missed work to give another date for, `outcome` what to practise.
    """

    theme = serializers.CharField(help_text="The theme of the reason.")
    text = serializers.CharField()
    door = serializers.ChoiceField(choices=SupportDoor.choices)
    lesson = serializers.CharField(allow_null=True)
    outcome = serializers.CharField(allow_null=True)


class SuggestionsOut(serializers.Serializer[object]):
    """One for each way to help, in the order of the reasons that raise the risk."""

    suggestions = SuggestionOut(many=True)


STUDENT = OpenApiParameter(
    "student", OpenApiTypes.STR, required=True, description="Id of a learner of the course."
)
COURSE = OpenApiParameter("course", OpenApiTypes.STR, required=True, description="Id of a course.")


class EarlyWarningViewSet(KernelViewSet):
    """The early warning: a chance of failing or leaving, with reasons; it acts on nobody."""

    lookup_field = "id"
    lookup_url_kwarg = "id"
    permission_words = {
        "list": "the course's staff; admins",
        "switch": "the course's instructors; admins",
        "mine": "members of the course",
        "suggestions": "the course's staff; admins",
        "objections": "learners of the course",
        "answer": "the course's staff; admins",
    }

    @extend_schema(parameters=[COURSE], responses=EarlyWarningOut)
    def list(self, request: Request) -> Response:
        """Whether a course uses early warning, what tells the risk, and objections that wait."""
        course = course_of(self.actor, request.query_params.get("course"), STAFF_COURSE)
        waiting = open_objections(self.actor, course)
        body = {
            "on": is_on(course),
            "told_at": told_up_to(course),
            "model": card(),
            "drift": drift_of(course),
            "objections": [
                {
                    "id": row.public_id,
                    "student": row.learner.public_id,
                    "text": row.text,
                    "created_at": row.created_at,
                }
                for row in waiting
            ],
        }
        return Response(body)

    @extend_schema(request=WarningSwitchIn, responses=WarningSwitchOut)
    @action(detail=False, methods=["post"])
    def switch(self, request: Request) -> Response:
        """Switch early warning on or off for a course; off forgets what was said."""
        body = body_of(request.data, frozenset({"course", "on"}))
        course = course_of(self.actor, body.get("course"))
        if not isinstance(body.get("on"), bool):
            raise Invalid(_("Say true or false."), field="on")
        row = switch_warning(actor=self.actor, course=course, on=bool(body["on"]))
        return Response({"on": row.on})

    @extend_schema(parameters=[COURSE], responses=OwnWarningOut)
    @action(detail=False, methods=["get"])
    def mine(self, request: Request) -> Response:
        """What early warning says of you in a course, with its reasons, and your objections."""
        course = course_of(self.actor, request.query_params.get("course"), OPEN_COURSE)
        body = {
            "on": is_on(course),
            "early_warning": warned_plain(own_warning(self.actor, course)),
            "objections": [objection_plain(row) for row in own_objections(self.actor, course)],
        }
        return Response(body)

    @extend_schema(parameters=[COURSE, STUDENT], responses=SuggestionsOut)
    @action(detail=False)
    def suggestions(self, request: Request) -> Response:
        """What could be done about what early warning says of a learner.

        Nothing is done by itself.
        """
        course = course_of(self.actor, request.query_params.get("course"), STAFF_COURSE)
        learner = learner_of(self.actor, course, needed(request, "student"))
        warned = latest_risks([course.pk]).get((course.pk, learner.pk))
        reasons = warned.reasons if warned else ()
        found = suggestions(self.actor, course, learner, reasons)
        return Response({"suggestions": [_suggestion(one) for one in found]})

    @extend_schema(request=ObjectionIn, responses={201: ObjectionOut})
    @action(detail=False, methods=["post"])
    @idempotent
    def objections(self, request: Request) -> Response:
        """Say that what early warning says of you is wrong; the course's staff answer."""
        body = body_of(request.data, frozenset({"course", "text"}))
        course = course_of(self.actor, body.get("course"), OPEN_COURSE)
        row = object_to_warning(actor=self.actor, course=course, text=_text(body, "text"))
        return Response(objection_plain(row), status=201)

    @extend_schema(
        request=ObjectionAnswerIn,
        responses=ObjectionOut,
        parameters=[OpenApiParameter("objection_id", OpenApiTypes.STR, OpenApiParameter.PATH)],
    )
    @action(detail=False, methods=["post"], url_path="objections/(?P<objection_id>[^/.]+)/answer")
    def answer(self, request: Request, objection_id: str) -> Response:
        """Answer a learner's objection."""
        body = body_of(request.data, frozenset({"course", "answer"}))
        course = course_of(self.actor, body.get("course"), STAFF_COURSE)
        row = answer_objection(
            actor=self.actor,
            course=course,
            objection_id=objection_id,
            answer=_text(body, "answer"),
        )
        return Response(objection_plain(row))


def objection_plain(row: RiskObjection) -> dict[str, object]:
    """The body of `ObjectionOut`."""
    return {
        "id": row.public_id,
        "text": row.text,
        "created_at": row.created_at,
        "answer": row.answer,
        "answered_at": row.answered_at,
    }


def _suggestion(one: Suggestion) -> dict[str, object]:
    return {
        "theme": one.theme,
        "text": one.text,
        "door": one.door.value,
        "lesson": one.work.lesson.public_id if one.work else None,
        "outcome": one.outcome or None,
    }


def _text(body: dict[str, object], field: str) -> str:
    value = body.get(field)
    if not isinstance(value, str):
        raise Invalid(_("Write words."), field=field)
    return value
