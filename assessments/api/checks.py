"""Checking answers while an attempt runs, and how its answers stand, through the API."""

from dataclasses import asdict
from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.attempt_shapes import SeqField
from assessments.api.fields import score_field
from assessments.queries.attempt import attempt, part_to_answer
from assessments.queries.checks import CheckSheet, check_of
from assessments.queries.standing_answers import stamp_of, standing_answers
from assessments.services.attempt import Saved
from assessments.services.checking import check_question
from courses.api.shapes import ID, checked
from lms.kernel.rest.views import KernelViewSet, versioned

QUESTION_ID: Final = OpenApiParameter("question_id", OpenApiTypes.STR, OpenApiParameter.PATH)


class CheckIn(serializers.Serializer[Any]):
    """The answer to check, as for saving it."""

    answer = serializers.JSONField()
    seq = SeqField()


class CheckedAnswerOut(serializers.Serializer[Any]):
    """A checked answer. What the review policy does not tell while answering is null or empty.

    `tries_left` is null without limit. `score` is what counts so far, `penalty` what earlier tries
    cost. `hint_html` comes between two tries, `solution` and `explanation_html` with the last.
    """

    seq = serializers.IntegerField()
    saved_at = serializers.DateTimeField()
    deadline = serializers.DateTimeField(allow_null=True)
    tries = serializers.IntegerField()
    tries_left = serializers.IntegerField(allow_null=True)
    final = serializers.BooleanField()
    verdict = serializers.CharField(allow_blank=True)
    score = score_field(allow_null=True)
    penalty = score_field(allow_null=True)
    points = score_field()
    hint_html = serializers.CharField(allow_blank=True)
    feedback_html = serializers.ListField(child=serializers.CharField())
    explanation_html = serializers.CharField(allow_blank=True)
    solution = serializers.JSONField(allow_null=True)
    accepted = serializers.ListField(child=serializers.CharField())


class StandingAnswerOut(serializers.Serializer[Any]):
    """The last answer to a question, saved under `seq`."""

    id = serializers.CharField()
    seq = serializers.IntegerField()
    answer = serializers.JSONField(allow_null=True)
    certainty = serializers.IntegerField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    flagged = serializers.BooleanField()
    tries = serializers.IntegerField()
    final = serializers.BooleanField()


class StandingOut(serializers.Serializer[Any]):
    """The answers of an open attempt; none once it is handed in, or in a break."""

    state = serializers.CharField()
    answers = StandingAnswerOut(many=True)


class CheckViewSet(KernelViewSet):
    """Checks and answers of running attempts."""

    throttle_scope = "answer"
    permission_words = {
        "check": "its learner",
        "standing": "its learner; the course's staff",
    }

    @extend_schema(parameters=[ID, QUESTION_ID], request=CheckIn, responses=CheckedAnswerOut)
    @action(detail=True, methods=["post"], url_path="checks/(?P<question_id>[^/]+)")
    def check(
        self,
        request: Request,
        id: str,  # noqa: A002 - the URL's word
        question_id: str,
    ) -> Response:
        """Check an answer where the attempt allows it; sent again with its `seq` it is one try."""
        row, one = part_to_answer(self.actor, id, question_id)
        fields = checked(CheckIn, request)
        saved = check_question(
            actor=self.actor,
            attempt=row,
            question=one,
            answer=fields["answer"],
            seq=fields["seq"],
        )
        found = check_of(self.actor, attempt(self.actor, id), one)
        return Response(check_data(saved, found))

    @extend_schema(parameters=[ID], responses=StandingOut)
    @action(detail=True, methods=["get"], url_path="answers")
    def standing(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """How the answers stand; with `If-None-Match` 304 while nothing was saved meanwhile."""
        row = attempt(self.actor, id)
        answers = [asdict(one) for one in standing_answers(self.actor, row)]
        return versioned({"state": row.state, "answers": answers}, stamp_of(row))


def check_data(saved: Saved, found: CheckSheet) -> dict[str, Any]:
    """The shape of `CheckedAnswerOut`."""
    return {
        **asdict(saved),
        "tries": found.tries,
        "tries_left": found.tries_left,
        "final": found.final,
        "verdict": found.verdict,
        "score": found.score,
        "penalty": found.penalty,
        "points": found.points,
        "hint_html": found.hint_html,
        "feedback_html": found.feedback_html,
        "explanation_html": found.explanation_html,
        "solution": found.solution,
        "accepted": found.solution_words,
    }
