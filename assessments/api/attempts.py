"""Taking quizzes through the API. Nothing here knows an answer key (Z5)."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.fields import (
    LARGEST,
    Lines,
    asked_choice,
    choice,
    paged,
    paged_together,
    score_field,
)
from assessments.enums import AttemptState, QuestionKind, StepKind
from assessments.models import Attempt, AttemptStep
from assessments.queries.attempt import (
    AttemptSheet,
    QuestionSheet,
    attempt,
    attempts,
    known_scores,
    part,
    result_line,
    sheet,
    steps,
)
from assessments.queries.quiz import quiz
from assessments.rules import ANSWER_ATTEMPT, GRADE_ATTEMPT
from assessments.services.attempt import (
    MAX_EXTRA_MINUTES,
    MAX_REASON,
    MAX_SEQ,
    extend_attempt,
    flag_question,
    save_answer,
    start_attempt,
)
from assessments.services.closing import settle, submit_attempt
from assessments.services.grading import override_score
from courses.api.shapes import COURSE, ID, KEY, PAGING, asked, checked, course_of, named
from lms.kernel.rest.views import KernelViewSet, idempotent
from lms.kernel.rules import require

QUESTION_ID: Final = OpenApiParameter("question_id", OpenApiTypes.STR, OpenApiParameter.PATH)
QUIZ: Final = OpenApiParameter("quiz", OpenApiTypes.STR, description="Id of a quiz.")


class AttemptIn(serializers.Serializer[Any]):
    """Which quiz to take."""

    quiz = serializers.CharField(max_length=22)


class OptionSheetOut(serializers.Serializer[Any]):
    """A choice as shown."""

    id = serializers.CharField()
    html = serializers.CharField()


class QuestionSheetOut(serializers.Serializer[Any]):
    """A question as its learner sees it; `seq` is the number of its last step.

    `score` and `verdict` are null and empty until the results are released.
    """

    id = serializers.CharField()
    kind = serializers.ChoiceField(choices=QuestionKind.choices)
    ordinal = serializers.IntegerField()
    stem = serializers.CharField()
    stem_html = serializers.CharField()
    options = OptionSheetOut(many=True)
    unit = serializers.CharField(allow_blank=True)
    points = score_field()
    answer = serializers.JSONField(allow_null=True)
    seq = serializers.IntegerField()
    flagged = serializers.BooleanField()
    score = score_field(allow_null=True)
    verdict = serializers.CharField(allow_blank=True)


class AttemptOut(serializers.Serializer[Any]):
    """An attempt with its questions; `score` is null until the results are released."""

    id = serializers.CharField()
    quiz = serializers.CharField()
    course = serializers.CharField()
    learner = serializers.CharField()
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=AttemptState.choices)
    started_at = serializers.DateTimeField()
    deadline = serializers.DateTimeField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    closed_by_clock = serializers.BooleanField()
    score = score_field(allow_null=True)
    max_score = score_field()
    questions = QuestionSheetOut(many=True)


class AttemptLineOut(serializers.Serializer[Any]):
    """An attempt in a list."""

    id = serializers.CharField()
    quiz = serializers.CharField()
    course = serializers.CharField()
    learner = serializers.CharField()
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=AttemptState.choices)
    started_at = serializers.DateTimeField()
    deadline = serializers.DateTimeField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    closed_by_clock = serializers.BooleanField()
    score = score_field(allow_null=True)
    max_score = score_field()


class ResultOut(serializers.Serializer[Any]):
    """Somebody's attempt in a list of results."""

    id = serializers.CharField()
    learner_id = serializers.CharField()
    learner = serializers.CharField()
    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=AttemptState.choices)
    started_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    score = score_field(allow_null=True)
    max_score = score_field()
    closed_by_clock = serializers.BooleanField()


class SeqField(serializers.IntegerField):
    """The client's number of a step, rising per question."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=MAX_SEQ, **kwargs)


class AnswerIn(serializers.Serializer[Any]):
    """An option id, a list of option ids, a boolean, a text, or a number as text; null clears."""

    answer = serializers.JSONField(allow_null=True)
    seq = SeqField()


class FlagIn(serializers.Serializer[Any]):
    """Whether to come back to a question."""

    flagged = serializers.BooleanField()
    seq = SeqField(required=False)


class SavedOut(serializers.Serializer[Any]):
    """An acknowledged step, and the deadline as it stands."""

    seq = serializers.IntegerField()
    saved_at = serializers.DateTimeField()
    deadline = serializers.DateTimeField(allow_null=True)


class OverrideIn(serializers.Serializer[Any]):
    """A score by hand: of one question of the attempt, or of the whole."""

    score = score_field(min_value=0, max_value=LARGEST)
    reason = serializers.CharField(max_length=MAX_REASON)
    question = serializers.CharField(max_length=22, required=False, allow_null=True)


class ExtendIn(serializers.Serializer[Any]):
    """More time."""

    minutes = serializers.IntegerField(min_value=1, max_value=MAX_EXTRA_MINUTES)
    reason = serializers.CharField(max_length=MAX_REASON)


class StepOut(serializers.Serializer[Any]):
    """A line of the log; `question` is null for steps of the whole attempt."""

    kind = serializers.ChoiceField(choices=StepKind.choices)
    question = serializers.CharField(allow_null=True)
    seq = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor = serializers.CharField(allow_null=True)
    data = serializers.DictField()  # type: ignore[assignment]


class AttemptViewSet(KernelViewSet):
    """Attempts at quizzes: your own, and everybody's in courses you staff."""

    throttle_scope = "answer"
    permission_words = {
        "list": "own attempts; staff those of their courses",
        "create": "active learners of the course",
        "retrieve": "its learner; the course's staff",
        "answers": "its learner",
        "flags": "its learner",
        "submit": "its learner",
        "override": "the course's assistants and instructors",
        "extend": "the course's assistants and instructors",
        "steps": "the course's staff",
    }

    @extend_schema(
        parameters=[QUIZ, COURSE, choice("state", AttemptState.values), *PAGING],
        responses=AttemptLineOut(many=True),
    )
    def list(self, request: Request) -> Response:
        """Attempts you may see, newest first."""
        state = asked_choice(request, "state", AttemptState.values)
        one = quiz(self.actor, asked(request, "quiz")) if asked(request, "quiz") else None
        course = (
            course_of(self.actor, asked(request, "course")) if asked(request, "course") else None
        )
        rows = attempts(self.actor, quiz=one, course=course)
        if state:
            rows = rows.filter(state=state)
        return paged_together(request, rows, self._lines)

    @extend_schema(parameters=[KEY], request=AttemptIn, responses={201: AttemptOut})
    @idempotent
    def create(self, request: Request) -> Response:
        """Start, or go on with the attempt that is open: there is never more than one."""
        row = start_attempt(actor=self.actor, quiz=quiz(self.actor, named(request, "quiz")))
        return Response(self._sheet(row), 201)

    @extend_schema(parameters=[ID], responses=AttemptOut)
    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One attempt; when its time is up, it is handed in first."""
        row = attempt(self.actor, id)
        settle(row)
        return Response(self._sheet(row))

    @extend_schema(parameters=[ID, QUESTION_ID], request=AnswerIn, responses=SavedOut)
    @action(detail=True, methods=["put"], url_path="answers/(?P<question_id>[^/]+)")
    def answers(
        self,
        request: Request,
        id: str,  # noqa: A002 - the URL's word
        question_id: str,
    ) -> Response:
        """Save an answer: acknowledged means stored. A lower `seq` is 409 `stale_seq`."""
        row = attempt(self.actor, id)
        require(self.actor, ANSWER_ATTEMPT, row)
        one = part(row, question_id)
        fields = checked(AnswerIn, request)
        saved = save_answer(
            actor=self.actor,
            attempt=row,
            question=one,
            answer=fields["answer"],
            seq=fields["seq"],
        )
        return Response(asdict(saved))

    @extend_schema(parameters=[ID, QUESTION_ID], request=FlagIn, responses=SavedOut)
    @action(detail=True, methods=["put"], url_path="flags/(?P<question_id>[^/]+)")
    def flags(
        self,
        request: Request,
        id: str,  # noqa: A002 - the URL's word
        question_id: str,
    ) -> Response:
        """Mark a question to come back to, or unmark it."""
        row = attempt(self.actor, id)
        require(self.actor, ANSWER_ATTEMPT, row)
        one = part(row, question_id)
        fields = checked(FlagIn, request)
        saved = flag_question(
            actor=self.actor,
            attempt=row,
            question=one,
            flagged=fields["flagged"],
            seq=fields.get("seq"),
        )
        return Response(asdict(saved))

    @extend_schema(parameters=[ID], request=None, responses=AttemptOut)
    @action(detail=True, methods=["post"])
    def submit(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Hand in and score; the same however often. Too late is 409 `deadline_passed`."""
        row = submit_attempt(actor=self.actor, attempt=attempt(self.actor, id))
        return Response(self._sheet(row))

    @extend_schema(parameters=[ID], request=OverrideIn, responses=AttemptOut)
    @action(detail=True, methods=["post"])
    def override(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Set a score by hand, with a reason that is kept."""
        row = attempt(self.actor, id)
        require(self.actor, GRADE_ATTEMPT, row)
        named_part = named(request, "question", required=False)
        one = part(row, named_part) if named_part else None
        fields = checked(OverrideIn, request)
        row = override_score(
            actor=self.actor,
            attempt=row,
            score=fields["score"],
            reason=fields["reason"],
            question=one,
        )
        return Response(self._sheet(row))

    @extend_schema(parameters=[ID], request=ExtendIn, responses=AttemptOut)
    @action(detail=True, methods=["post"])
    def extend(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Give an open attempt more time, on the record."""
        row = attempt(self.actor, id)
        require(self.actor, GRADE_ATTEMPT, row)
        fields = checked(ExtendIn, request)
        row = extend_attempt(actor=self.actor, attempt=row, **fields)
        return Response(self._sheet(row))

    @extend_schema(parameters=[ID, *PAGING], responses=StepOut(many=True))
    @action(detail=True, methods=["get"])
    def steps(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Its log, in the order of time."""
        row = attempt(self.actor, id)
        settle(row)
        return paged(request, steps(self.actor, row), _step)

    def _sheet(self, row: Attempt) -> dict[str, Any]:
        fresh = attempt(self.actor, row.public_id)
        return sheet_data(sheet(self.actor, fresh))

    def _lines(self, rows: Sequence[Attempt]) -> Lines:
        told = known_scores(self.actor, rows)
        return [attempt_data(row, told=row.pk in told) for row in rows]


def attempt_data(row: Attempt, *, told: bool) -> dict[str, Any]:
    """The shape of `AttemptLineOut`; `told` includes the score."""
    return {
        "id": row.public_id,
        "quiz": row.quiz.public_id,
        "course": row.course.public_id,
        "learner": row.learner.public_id,
        "number": row.number,
        "state": row.state,
        "started_at": row.started_at,
        "deadline": row.deadline,
        "submitted_at": row.submitted_at,
        "closed_by_clock": row.closed_by_clock,
        "score": row.score if told else None,
        "max_score": row.max_score,
    }


def sheet_data(found: AttemptSheet) -> dict[str, Any]:
    """The shape of `AttemptOut`."""
    line = attempt_data(found.attempt, told=found.knows_score)
    return {**line, "questions": [_question(one) for one in found.questions]}


def result_data(row: Attempt) -> dict[str, Any]:
    """The shape of `ResultOut`."""
    return asdict(result_line(row))


def _question(one: QuestionSheet) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "ordinal": one.ordinal,
        "stem": one.stem,
        "stem_html": one.stem_html,
        "options": [{"id": option.id, "html": option.html} for option in one.options],
        "unit": one.unit,
        "points": one.points,
        "answer": one.answer,
        "seq": one.seq,
        "flagged": one.flagged,
        "score": one.score,
        "verdict": one.verdict,
    }


def _step(row: AttemptStep) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "question": row.question.public_id if row.question else None,
        "seq": row.seq,
        "at": row.at,
        "actor": row.actor.public_id if row.actor else None,
        "data": row.data,
    }
