"""Marking by a person through the API: what waits, and marks. For the course's staff alone."""

from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.fields import LARGEST, asked_choice, choice, paged, score_field
from assessments.enums import AttemptState
from assessments.models import AttemptQuestion
from assessments.queries.answer_marking import queue, queue_line
from assessments.queries.attempt import attempt, part
from assessments.queries.quiz import quiz
from assessments.rules import GRADE_ATTEMPT
from assessments.services.answer_marking import MAX_COMMENT, mark_question
from assessments.services.closing import settle, settle_overdue
from courses.api.shapes import ID, PAGING, asked, checked
from lms.kernel.rest.views import KernelViewSet
from lms.kernel.rules import require

QUESTION_ID: Final = OpenApiParameter("question_id", OpenApiTypes.STR, OpenApiParameter.PATH)
QUESTION: Final = OpenApiParameter("question", OpenApiTypes.STR, description="Id of a question.")
SHOWN: Final = ["waiting", "all"]
SHOW: Final = choice("show", SHOWN, "Those that wait for a mark, or all.")


class AnswerQueueLineOut(serializers.Serializer[Any]):
    """An answer that a person marks; `id` is the attempt's question, `score` a draft or null."""

    id = serializers.CharField()
    attempt = serializers.CharField()
    learner = serializers.CharField()
    learner_name = serializers.CharField()
    number = serializers.IntegerField()
    question = serializers.CharField()
    text = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    answer = serializers.JSONField(allow_null=True)
    comment = serializers.CharField(allow_blank=True)
    seq = serializers.IntegerField()
    score = score_field(allow_null=True)
    points = score_field()


class AnswerMarkIn(serializers.Serializer[Any]):
    """A score, null while there is only a comment; `seq` as it was read refuses a lost edit."""

    score = score_field(min_value=0, max_value=LARGEST, allow_null=True)
    comment = serializers.CharField(max_length=MAX_COMMENT, allow_blank=True, required=False)
    seq = serializers.IntegerField(min_value=0, required=False)


class AnswerMarkedOut(serializers.Serializer[Any]):
    """The mark, and the state of the attempt after it."""

    id = serializers.CharField()
    score = score_field(allow_null=True)
    comment = serializers.CharField(allow_blank=True)
    seq = serializers.IntegerField()
    attempt_state = serializers.ChoiceField(choices=AttemptState.choices)
    attempt_score = score_field(allow_null=True)


class AnswerQueueViewSet(KernelViewSet):
    """What waits for marking in a quiz."""

    permission_words = {"marking": "the course's staff"}

    @extend_schema(
        parameters=[ID, QUESTION, SHOW, *PAGING],
        responses=AnswerQueueLineOut(many=True),
    )
    @action(detail=True, methods=["get"])
    def marking(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Answers that people mark, one question after the other, the earliest first."""
        row = quiz(self.actor, id)
        settle_overdue(quiz=row)
        everything = asked_choice(request, "show", SHOWN) == "all"
        rows = queue(self.actor, row, question=asked(request, "question"), waiting=not everything)
        return paged(request, rows, _line)


class AnswerMarkViewSet(KernelViewSet):
    """Marks of an attempt."""

    permission_words = {"marks": "the course's assistants and instructors"}

    @extend_schema(parameters=[ID, QUESTION_ID], request=AnswerMarkIn, responses=AnswerMarkedOut)
    @action(detail=True, methods=["put"], url_path="marks/(?P<question_id>[^/]+)")
    def marks(
        self,
        request: Request,
        id: str,  # noqa: A002 - the URL's word
        question_id: str,
    ) -> Response:
        """Keep a score and a comment; drafts until the attempt is released."""
        row = attempt(self.actor, id)
        require(self.actor, GRADE_ATTEMPT, row)
        one = part(row, question_id)
        fields = checked(AnswerMarkIn, request)
        settle(row)
        marked = mark_question(
            actor=self.actor,
            attempt=row,
            question=one,
            score=fields["score"],
            comment=fields.get("comment", one.comment),
            expected=fields.get("seq"),
        )
        fresh = part(row, question_id)
        return Response(
            {
                "id": fresh.public_id,
                "score": fresh.score,
                "comment": fresh.comment,
                "seq": fresh.seq,
                "attempt_state": marked.state,
                "attempt_score": marked.score,
            }
        )


def _line(row: AttemptQuestion) -> dict[str, Any]:
    line = queue_line(row)
    return {
        "id": line.id,
        "attempt": line.attempt,
        "learner": line.learner_id,
        "learner_name": line.learner,
        "number": line.number,
        "question": line.question_id,
        "text": line.question,
        "submitted_at": line.submitted_at,
        "answer": row.answer,
        "comment": row.comment,
        "seq": row.seq,
        "score": line.score,
        "points": line.points,
    }
