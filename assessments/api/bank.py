"""Question banks and questions through the API."""

from dataclasses import replace
from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.contents import ContentIn, QuestionIn, content_from
from assessments.api.fields import SEARCH, asked_choice, choice, paged, score_field
from assessments.api.keys import (
    QuestionOut,
    ScoredOut,
    TryIn,
    question_data,
    scored_data,
)
from assessments.enums import Difficulty, QuestionKind, QuestionOrigin, QuestionState
from assessments.models import Question, QuestionBank
from assessments.queries.bank import (
    ORDERINGS,
    QuestionFilter,
    bank,
    banks,
    question,
    questions,
    usage,
    versions,
)
from assessments.queries.content import version_content
from assessments.rules import EDIT_QUESTION
from assessments.scoring.content import QuestionContent
from assessments.scoring.registry import read_answer, sampled
from assessments.scoring.score import score_answer
from assessments.services.bank import (
    create_question,
    duplicate_question,
    restore_question,
    retire_question,
    revise_question,
    set_state,
)
from courses.api.shapes import COURSE, ID, IF_MATCH, KEY, PAGING, asked, checked, course_of, named
from courses.rules import ASSIST_COURSE, STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.rest.views import KernelViewSet, expected_version, idempotent, versioned
from lms.kernel.rules import require

FILTERS: Final = [
    COURSE,
    SEARCH,
    choice("kind", QuestionKind.values, "Only questions of this type."),
    choice("state", QuestionState.values, "Only questions in this state."),
    choice("difficulty", Difficulty.values, "Only questions as hard as this."),
    OpenApiParameter("bank", OpenApiTypes.STR, description="Id of the bank."),
    OpenApiParameter("category", OpenApiTypes.STR, description="With all inside it; `none`."),
    OpenApiParameter("tag", OpenApiTypes.STR, description="Id of the tag."),
    OpenApiParameter("outcome", OpenApiTypes.STR, description="Id of the outcome."),
    choice("source", QuestionOrigin.values, "Only questions that came this way."),
    OpenApiParameter("author", OpenApiTypes.STR, description="Id of who wrote it."),
    OpenApiParameter("unused", OpenApiTypes.BOOL, description="Only those no quiz asks."),
    choice("ordering", list(ORDERINGS), "What comes first; newest without it."),
]
KEPT: Final = frozenset(ContentIn().fields)


class BankOut(serializers.Serializer[Any]):
    """A bank; `course` is null for one of a person, `own` tells that it is yours."""

    id = serializers.CharField()
    course = serializers.CharField(allow_null=True)
    own = serializers.BooleanField()
    title = serializers.CharField()
    question_count = serializers.IntegerField()


class VersionOut(serializers.Serializer[Any]):
    """A version in a question's history."""

    number = serializers.IntegerField()
    stem = serializers.CharField()
    points = serializers.DecimalField(max_digits=9, decimal_places=4)
    created_at = serializers.DateTimeField()


class StateIn(serializers.Serializer[Any]):
    """The state of a question."""

    state = serializers.ChoiceField(choices=QuestionState.choices)


class UseOut(serializers.Serializer[Any]):
    """A quiz that asks a question, and for how many points."""

    quiz = serializers.CharField()
    course = serializers.CharField()
    title = serializers.CharField()
    points = score_field()


class QuestionUsageOut(serializers.Serializer[Any]):
    """Where a question is asked; `elsewhere` counts quizzes that you may not see."""

    attempts = serializers.IntegerField()
    elsewhere = serializers.IntegerField()
    quizzes = UseOut(many=True)


class BankViewSet(KernelViewSet):
    """The question banks of the courses you staff, your own, and those lent to you."""

    permission_words = {"list": "staff, own banks", "retrieve": "who may read the bank"}

    @extend_schema(parameters=[*PAGING], responses=BankOut(many=True))
    def list(self, request: Request) -> Response:
        """The banks of the courses you staff, your own, and those lent to you."""
        return paged(request, banks(self.actor), lambda row: bank_data(row, self.actor))

    @extend_schema(parameters=[ID], responses=BankOut)
    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One bank with the number of its questions."""
        return Response(bank_data(bank(self.actor, id), self.actor))


class QuestionViewSet(KernelViewSet):
    """Questions with their keys, for staff."""

    permission_words = {
        "list": "staff, own courses",
        "create": "the course's assistants and instructors",
        "retrieve": "the course's staff",
        "partial_update": "the course's instructors",
        "retire": "the course's instructors",
        "restore": "the course's instructors",
        "state": "who may change the question",
        "usage": "the course's staff",
        "duplicate": "the course's assistants and instructors",
        "versions": "the course's staff",
        "try_answer": "the course's staff",
    }

    @extend_schema(parameters=[*FILTERS, *PAGING], responses=QuestionOut(many=True))
    def list(self, request: Request) -> Response:
        """Questions of the banks you may read, narrowed by the filters."""
        narrow = _asked_filter(request)
        course = None
        if asked(request, "course"):
            course = course_of(self.actor, asked(request, "course"))
            require(self.actor, STAFF_COURSE, course)
        inside = bank(self.actor, asked(request, "bank")) if asked(request, "bank") else None
        rows = questions(self.actor, narrow, course=course, bank=inside)
        rows = rows.select_related("latest__question", "category")
        return paged(request, rows.prefetch_related("tags", "outcomes"), _question)

    @extend_schema(parameters=[KEY], request=QuestionIn, responses={201: QuestionOut})
    @idempotent
    def create(self, request: Request) -> Response:
        """Add a question to a course's bank."""
        course = course_of(self.actor, named(request, "course"))
        require(self.actor, ASSIST_COURSE, course)
        fields = checked(QuestionIn, request)
        content = content_from(QuestionKind(fields["kind"]), fields)
        state = QuestionState.DRAFT if fields["draft"] else QuestionState.READY
        row = create_question(actor=self.actor, course=course, content=content, state=state)
        return versioned(_question(row), row.version, 201)

    @extend_schema(parameters=[ID], responses=QuestionOut)
    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One question with its key."""
        row = question(self.actor, id)
        return versioned(_question(row), row.version)

    @extend_schema(parameters=[ID, IF_MATCH], request=ContentIn, responses=QuestionOut)
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Write a new version; fields that are left out stay as they are."""
        row = question(self.actor, id)
        fields = checked(ContentIn, request, partial=True)
        content = _merged(version_content(row.latest), fields)
        row = revise_question(
            actor=self.actor, question=row, content=content, expected=expected_version(request)
        )
        return versioned(_question(row), row.version)

    @extend_schema(parameters=[ID, IF_MATCH], request=None, responses=QuestionOut)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Keep a question from new quizzes."""
        row = question(self.actor, id)
        row = retire_question(actor=self.actor, question=row, expected=expected_version(request))
        return versioned(_question(row), row.version)

    @extend_schema(parameters=[ID, IF_MATCH], request=None, responses=QuestionOut)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Offer a retired question again."""
        row = question(self.actor, id)
        row = restore_question(actor=self.actor, question=row, expected=expected_version(request))
        return versioned(_question(row), row.version)

    @extend_schema(parameters=[ID, IF_MATCH], request=StateIn, responses=QuestionOut)
    @action(detail=True, methods=["put"])
    def state(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Make a question a draft, ready or retired; becoming ready checks that it is complete."""
        row = question(self.actor, id)
        require(self.actor, EDIT_QUESTION, row)
        wanted = QuestionState(checked(StateIn, request)["state"])
        row = set_state(
            actor=self.actor, question=row, state=wanted, expected=expected_version(request)
        )
        return versioned(_question(row), row.version)

    @extend_schema(parameters=[ID], responses=QuestionUsageOut)
    @action(detail=True, methods=["get"])
    def usage(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Which quizzes ask a question, and how many attempts showed it."""
        found = usage(self.actor, question(self.actor, id))
        return Response(
            {
                "attempts": found.attempts,
                "elsewhere": found.elsewhere,
                "quizzes": [
                    {
                        "quiz": item.quiz.public_id,
                        "course": item.quiz.course.public_id,
                        "title": item.quiz.lesson.title,
                        "points": item.points,
                    }
                    for item in found.items
                ],
            }
        )

    @extend_schema(parameters=[ID, KEY], request=None, responses={201: QuestionOut})
    @action(detail=True, methods=["post"])
    @idempotent
    def duplicate(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Copy a question into one of its own."""
        row = duplicate_question(actor=self.actor, question=question(self.actor, id))
        return versioned(_question(row), row.version, 201)

    @extend_schema(parameters=[ID, *PAGING], responses=VersionOut(many=True))
    @action(detail=True, methods=["get"])
    def versions(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """The versions of a question, newest first."""
        rows = versions(self.actor, question(self.actor, id))
        return paged(request, rows, _version)

    @extend_schema(parameters=[ID], request=TryIn, responses=ScoredOut)
    @action(detail=True, methods=["post"], url_path="try", url_name="try")
    def try_answer(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """What an answer would be worth; nothing is kept."""
        row = question(self.actor, id)
        fields = checked(TryIn, request)
        content = sampled(version_content(row.latest))
        answer = read_answer(content, fields["answer"])
        return Response(scored_data(score_answer(content, answer, content.points)))


def bank_data(row: QuestionBank, actor: Actor) -> dict[str, Any]:
    """The shape of `BankOut`."""
    return {
        "id": row.public_id,
        "course": row.course.public_id if row.course else None,
        "own": row.owner_id is not None and row.owner_id == actor.user_id,
        "title": row.title,
        "question_count": row.question_count,
    }


def _question(row: Question) -> dict[str, Any]:
    return question_data(row, version_content(row.latest))


def _asked_filter(request: Request) -> QuestionFilter:
    return QuestionFilter(
        search=asked(request, "search"),
        kind=asked_choice(request, "kind", QuestionKind.values),
        state=asked_choice(request, "state", QuestionState.values),
        difficulty=asked_choice(request, "difficulty", Difficulty.values),
        source=asked_choice(request, "source", QuestionOrigin.values),
        unused=asked_choice(request, "unused", ["true", "false"]) == "true",
        ordering=asked_choice(request, "ordering", list(ORDERINGS), "newest"),
        category=asked(request, "category"),
        tag=asked(request, "tag"),
        outcome=asked(request, "outcome"),
        author=asked(request, "author"),
    )


def _version(row: Any) -> dict[str, Any]:
    return {
        "number": row.number,
        "stem": row.stem,
        "points": row.points,
        "created_at": row.created_at,
    }


def _merged(content: QuestionContent, fields: dict[str, Any]) -> QuestionContent:
    """The content with the given fields replaced."""
    fresh = content_from(content.kind, {"stem": content.stem, **fields})
    given = {name: getattr(fresh, name) for name in fields if name in KEPT}
    return replace(content, **given)
