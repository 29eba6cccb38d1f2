"""Item analysis through the API, for the staff of a course."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.models import ItemStatistics, QuizAnalysis
from analytics.queries.items import item_statistics, quiz_analysis
from analytics.scoring.item_analysis import LEAST, Flag, Reason
from analytics.services.items import start_count
from assessments.api.fields import paged
from assessments.queries.bank import question as find_question
from assessments.queries.quiz import quiz as find_quiz
from assessments.rules import SEE_RESULTS
from courses.api.shapes import KEY, PAGING, asked, named
from lms.kernel.errors import Invalid
from lms.kernel.rest.jobs import JobEnvelope
from lms.kernel.rest.views import KernelViewSet, idempotent, job_response
from lms.kernel.rules import require

ITEM_FIGURES = ("facility", "item_total", "corrected", "alpha_if_deleted", "discrimination")
QUIZ_FIGURES = ("mean", "deviation", "alpha", "kr20")
QUIZ = OpenApiParameter("quiz", OpenApiTypes.STR, description="Id of a quiz.")
QUESTION = OpenApiParameter("question", OpenApiTypes.STR, description="Id of a question.")
WORDS = [str(reason) for reason in Reason]


def figure(**kwargs: Any) -> serializers.FloatField:
    """A figure; null where `reasons` says why."""
    return serializers.FloatField(allow_null=True, **kwargs)


class OptionStatisticsOut(serializers.Serializer[object]):
    """An option; the empty id is no answer. `upper` and `lower`: shares of the 27 % ends."""

    id = serializers.CharField(allow_blank=True)
    count = serializers.IntegerField()
    mean = figure()
    upper = figure()
    lower = figure()


class ItemStatisticsOut(serializers.Serializer[object]):
    """A version of a question in a quiz. Below 20 attempts (`enough`) nothing is flagged."""

    quiz = serializers.CharField()
    question = serializers.CharField()
    version = serializers.IntegerField()
    ordinal = serializers.IntegerField()
    n = serializers.IntegerField()
    answered = serializers.IntegerField()
    enough = serializers.BooleanField()
    facility = figure()
    item_total = figure()
    corrected = figure()
    alpha_if_deleted = figure()
    discrimination = figure()
    options = OptionStatisticsOut(many=True)
    flags = serializers.ListField(child=serializers.ChoiceField(choices=[str(f) for f in Flag]))
    reasons = serializers.DictField(child=serializers.ChoiceField(choices=WORDS))
    counted_at = serializers.DateTimeField()


class QuizAnalysisOut(serializers.Serializer[object]):
    """A quiz as a whole, its scores as shares of full marks; `counted_at` null before a count."""

    quiz = serializers.CharField()
    counted_at = serializers.DateTimeField(allow_null=True)
    stale = serializers.BooleanField()
    n = serializers.IntegerField()
    alpha_n = serializers.IntegerField()
    mean = figure()
    deviation = figure()
    alpha = figure()
    kr20 = figure()
    reasons = serializers.DictField(child=serializers.ChoiceField(choices=WORDS))


class CountIn(serializers.Serializer[object]):
    """Which quiz to count."""

    quiz = serializers.CharField(max_length=22)


class ItemStatisticsViewSet(KernelViewSet):
    """How the questions of quizzes worked: for staff."""

    lookup_field = "quiz_id"
    permission_words = {
        "list": "staff of the quiz's course; admins",
        "create": "assistants and instructors of the quiz's course; admins",
        "retrieve": "staff of the quiz's course; admins",
    }

    @extend_schema(parameters=[QUIZ, QUESTION, *PAGING], responses=ItemStatisticsOut(many=True))
    def list(self, request: Request) -> Response:
        """Questions with their figures, by quiz, or of one question in every quiz."""
        quiz_id, question_id = asked(request, "quiz"), asked(request, "question")
        if not quiz_id and not question_id:
            raise Invalid("Name a quiz or a question.", field="quiz")
        quiz = find_quiz(self.actor, quiz_id) if quiz_id else None
        if quiz is not None:
            require(self.actor, SEE_RESULTS, quiz)
        one = find_question(self.actor, question_id) if question_id else None
        return paged(request, item_statistics(self.actor, quiz=quiz, question=one), item_data)

    @extend_schema(
        parameters=[KEY], request=CountIn, responses={202: JobEnvelope, 200: JobEnvelope}
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Count a quiz now; the result of the job is {n, items}."""
        quiz = find_quiz(self.actor, named(request, "quiz"))
        return job_response(request, start_count(actor=self.actor, quiz=quiz))

    @extend_schema(
        parameters=[OpenApiParameter("quiz_id", OpenApiTypes.STR, OpenApiParameter.PATH)],
        responses=QuizAnalysisOut,
    )
    def retrieve(self, _request: Request, quiz_id: str) -> Response:
        """A quiz as a whole, as counted last."""
        quiz = find_quiz(self.actor, quiz_id)
        found = quiz_analysis(self.actor, quiz)
        return Response(analysis_data(quiz.public_id, found or QuizAnalysis()))


def item_data(row: ItemStatistics) -> dict[str, Any]:
    """The shape of `ItemStatisticsOut`."""
    return {
        "quiz": row.analysis.quiz.public_id,
        "question": row.version.question.public_id,
        "version": row.version.number,
        "ordinal": row.ordinal,
        "n": row.n,
        "answered": row.answered,
        "enough": row.n >= LEAST,
        **{name: getattr(row, name) for name in ITEM_FIGURES},
        "options": row.options,
        "flags": row.flags,
        "reasons": row.reasons,
        "counted_at": row.analysis.counted_at,
    }


def analysis_data(quiz: str, row: QuizAnalysis) -> dict[str, Any]:
    """The shape of `QuizAnalysisOut`."""
    return {
        "quiz": quiz,
        "counted_at": row.counted_at,
        "stale": row.stale,
        "n": row.n,
        "alpha_n": row.alpha_n,
        **{name: getattr(row, name) for name in QUIZ_FIGURES},
        "reasons": row.reasons,
    }
