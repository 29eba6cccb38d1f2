"""Who may need help, through the API."""

from dataclasses import asdict

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.bodies import body_of, course_of
from analytics.api.examples import RISKS
from analytics.enums import SupportKind
from analytics.queries.learner import learner_weeks
from analytics.queries.mastery import learner_of
from analytics.queries.risk import Followed, Warned, followed, history_of
from analytics.scoring.help import Factor, HelpState
from analytics.scoring.risk.figures import Theme
from analytics.services.help import LearnerHelp, help_for, in_words, needs_help, note_contact
from assessments.api.fields import choice, paged
from courses.api.shapes import PAGING, needed
from lms.kernel.errors import Invalid
from lms.kernel.rest.paging import page_of_values, window_of
from lms.kernel.rest.views import KernelViewSet, idempotent

STATES = [state.value for state in HelpState]
LEVELS = ["high", "raised", "low", "unknown"]


class ReasonOut(serializers.Serializer[object]):
    """One factor that added points, in words with its figures."""

    factor = serializers.ChoiceField(choices=[factor.value for factor in Factor])
    points = serializers.IntegerField()
    text = serializers.CharField()


class StudentOut(serializers.Serializer[object]):
    """Who it is about."""

    id = serializers.CharField()
    name = serializers.CharField()


class PartOut(serializers.Serializer[object]):
    """A reason in words; `log_odds` above zero raises the risk."""

    theme = serializers.ChoiceField(choices=[theme.value for theme in Theme])
    log_odds = serializers.FloatField()
    text = serializers.CharField()


class WarnedOut(serializers.Serializer[object]):
    """What the early warning says: `base`, the reasons and `rest` are the log-odds of `chance`.

    `chance` (0 to 1, of failing or leaving) is null where too little is known; `note` says what.
    """

    chance = serializers.FloatField(allow_null=True)
    level = serializers.ChoiceField(choices=LEVELS)
    base = serializers.FloatField()
    reasons = PartOut(many=True)
    rest = serializers.FloatField()
    note = serializers.CharField(allow_blank=True)
    week = serializers.DateField()
    told_at = serializers.DateTimeField()


class RiskOut(serializers.Serializer[object]):
    """The rule's answer for one learner; nothing acts on it but people.

    `early_warning` is null where the course switched it off or nothing was told yet.
    """

    student = StudentOut()
    state = serializers.ChoiceField(choices=STATES)
    points = serializers.IntegerField()
    reasons = ReasonOut(many=True)
    note = serializers.CharField(allow_blank=True)
    completion = serializers.FloatField()
    mean_score = serializers.FloatField(allow_null=True)
    last_seen = serializers.DateTimeField(allow_null=True)
    contacted_at = serializers.DateTimeField(allow_null=True)
    contacted_by = serializers.CharField(allow_blank=True)
    early_warning = WarnedOut(allow_null=True)


class RiskPage(serializers.Serializer[object]):
    """A page of learners."""

    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = RiskOut(many=True)


class ContactIn(serializers.Serializer[object]):
    """A learner of a course, what was done, and a line for colleagues."""

    course = serializers.CharField()
    student = serializers.CharField()
    kind = serializers.ChoiceField(choices=SupportKind.choices, required=False)
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)


class ContactOut(serializers.Serializer[object]):
    """When the contact was noted."""

    contacted_at = serializers.DateTimeField()


class ContactNotedOut(serializers.Serializer[object]):
    """What staff did; the chance of the early warning then and two weeks later or as last told.

    `settled` says that the two weeks are over. A chance that fell does not show that the help was
    why.
    """

    kind = serializers.ChoiceField(choices=SupportKind.choices)
    note = serializers.CharField(allow_blank=True)
    by = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()
    before = serializers.FloatField(allow_null=True)
    after = serializers.FloatField(allow_null=True)
    settled = serializers.BooleanField()


class LearnerWeekOut(serializers.Serializer[object]):
    """What a learner did in one week from its Monday (UTC)."""

    monday = serializers.DateField()
    seconds = serializers.IntegerField()
    lessons_completed = serializers.IntegerField()
    attempts = serializers.IntegerField()
    days = serializers.IntegerField()


class LearnerRiskOut(RiskOut):
    """The same of one learner, with their last twelve weeks and what early warning said by week."""

    weeks = LearnerWeekOut(many=True)
    history = WarnedOut(many=True)


COURSE = OpenApiParameter("course", OpenApiTypes.STR, required=True, description="Id of a course.")
STUDENT = OpenApiParameter(
    "student", OpenApiTypes.STR, required=True, description="Id of a learner of the course."
)
LEARNER = OpenApiParameter(
    "id", OpenApiTypes.STR, OpenApiParameter.PATH, description="Id of a learner of the course."
)
PARAMETERS = [
    COURSE,
    choice("state", STATES, "Only learners of whom the rule says so."),
    *PAGING,
]


class RiskViewSet(KernelViewSet):
    """Who may need help and why, by a rule of stated thresholds."""

    permission_words = {
        "list": "the course's staff; admins",
        "retrieve": "the course's staff; admins",
        "contacts": "the course's staff; admins",
        "noted": "the course's staff; admins",
    }

    @extend_schema(parameters=PARAMETERS, responses=RiskPage, examples=RISKS)
    def list(self, request: Request) -> Response:
        """Active learners of a course with their risk, most points first."""
        course = course_of(self.actor, request.query_params.get("course"))
        state = request.query_params.get("state", "")
        if state and state not in set(HelpState):
            raise Invalid(_("There is no such state."), field="state")
        offset, limit = window_of(request)
        found = needs_help(actor=self.actor, course=course)
        rows = [entry for entry in found if not state or entry.assessment.state == state]
        page = [_plain(entry) for entry in in_words(course, rows[offset : offset + limit])]
        return page_of_values(request, page, len(rows))

    @extend_schema(
        operation_id="analytics_risk_learner",
        parameters=[LEARNER, COURSE],
        responses=LearnerRiskOut,
    )
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One learner's risk with its reasons, their weeks, and what was said week by week."""
        course = course_of(self.actor, request.query_params.get("course"))
        entry = help_for(actor=self.actor, course=course, learner_id=id)
        who = entry.learner.user_id
        return Response(
            {
                **_plain(entry),
                "weeks": [asdict(week) for week in learner_weeks(self.actor, course, who)],
                "history": [warned_plain(one) for one in history_of(self.actor, course, who)],
            }
        )

    @extend_schema(request=ContactIn, responses={201: ContactOut})
    @action(detail=False, methods=["post"])
    @idempotent
    def contacts(self, request: Request) -> Response:
        """Note that you got in touch with a learner."""
        body = body_of(request.data, frozenset({"course", "student", "kind", "note"}))
        course = course_of(self.actor, body.get("course"))
        student = body.get("student")
        if not isinstance(student, str) or not student:
            raise Invalid(_("Name a learner by id."), field="student")
        kind, note = body.get("kind", SupportKind.CONTACT), body.get("note", "")
        if kind not in SupportKind.values:
            raise Invalid(_("There is no such kind of support."), field="kind")
        if not isinstance(note, str):
            raise Invalid(_("Write words."), field="note")
        noted = note_contact(
            actor=self.actor, course=course, learner_id=student, kind=SupportKind(kind), note=note
        )
        return Response({"contacted_at": noted.created_at}, status=201)

    @extend_schema(
        parameters=[COURSE, STUDENT, *PAGING], responses={200: ContactNotedOut(many=True)}
    )
    @contacts.mapping.get
    def noted(self, request: Request) -> Response:
        """What was done about a learner, newest first, and what became of their risk."""
        course = course_of(self.actor, request.query_params.get("course"))
        learner = learner_of(self.actor, course, needed(request, "student"))
        return paged(request, followed(self.actor, course, learner.pk), _noted)


def _plain(entry: LearnerHelp) -> dict[str, object]:
    learner, found = entry.learner, entry.assessment
    return {
        "student": {"id": learner.public_id, "name": learner.name},
        "state": found.state.value,
        "points": found.points,
        "reasons": [
            {"factor": reason.factor.value, "points": reason.points, "text": reason.text}
            for reason in found.reasons
        ],
        "note": found.note,
        "completion": learner.completion,
        "mean_score": learner.mean_score,
        "last_seen": learner.last_seen,
        "contacted_at": entry.contact.at if entry.contact else None,
        "contacted_by": entry.contact.by if entry.contact else "",
        "early_warning": warned_plain(entry.warned),
    }


def _noted(one: Followed) -> dict[str, object]:
    row = one.contact
    return {
        "kind": row.kind,
        "note": row.note,
        "by": row.contacted_by.display_name if row.contacted_by else "",
        "at": row.created_at,
        "before": one.before,
        "after": one.after,
        "settled": one.settled,
    }


def warned_plain(warned: Warned | None) -> dict[str, object] | None:
    """The body of `WarnedOut`."""
    if warned is None:
        return None
    return {
        "chance": warned.chance,
        "level": warned.level,
        "base": warned.base,
        "reasons": [asdict(part) for part in warned.reasons],
        "rest": warned.rest,
        "note": warned.note,
        "week": warned.week,
        "told_at": warned.told_at,
    }
