"""Taking quizzes through the API. Nothing here knows an answer key (Z5)."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.attempt_shapes import (
    AnswerIn,
    AttemptIn,
    AttemptLineOut,
    AttemptOut,
    ExtendIn,
    FlagIn,
    MoveIn,
    OverrideIn,
    SavedOut,
    StepOut,
    attempt_data,
    sheet_data,
    step_data,
)
from assessments.api.fields import (
    Lines,
    asked_choice,
    choice,
    paged,
    paged_together,
)
from assessments.enums import AttemptState
from assessments.models import Attempt
from assessments.queries.attempt import (
    attempt,
    attempts,
    known_scores,
    part,
    part_to_answer,
    sheet,
    steps,
)
from assessments.queries.quiz import quiz
from assessments.rules import ANSWER_ATTEMPT, GRADE_ATTEMPT, TAKE_QUIZ
from assessments.services.attempt import (
    extend_attempt,
    flag_question,
    save_answer,
    start_attempt,
)
from assessments.services.breaks import pause_attempt, resume_attempt
from assessments.services.closing import settle, submit_attempt
from assessments.services.grading import override_score
from assessments.services.pages import move_on
from courses.api.shapes import COURSE, ID, KEY, PAGING, asked, checked, course_of, named
from lms.kernel.rest.views import KernelViewSet, idempotent
from lms.kernel.rules import require

QUESTION_ID: Final = OpenApiParameter("question_id", OpenApiTypes.STR, OpenApiParameter.PATH)
WHERE: Final = "Only attempts that have come so far."
QUIZ: Final = OpenApiParameter("quiz", OpenApiTypes.STR, description="Id of a quiz.")


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
        "pause": "its learner",
        "resume": "its learner",
        "move": "its learner",
        "override": "the course's assistants and instructors",
        "extend": "the course's assistants and instructors",
        "steps": "the course's staff",
    }

    @extend_schema(
        parameters=[QUIZ, COURSE, choice("state", AttemptState.values, WHERE), *PAGING],
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
        """Start an attempt, or go on with the one that is open: there is never more than one."""
        found = quiz(self.actor, named(request, "quiz"))
        require(self.actor, TAKE_QUIZ, found)
        code = checked(AttemptIn, request)["access_code"]
        row = start_attempt(actor=self.actor, quiz=found, access_code=code)
        # All of this was just read; a thousand who start at once should not read it twice.
        row.quiz, row.course = found, found.course
        row.learner = request.user  # type: ignore[assignment]  # signed in
        return Response(sheet_data(sheet(self.actor, row)), 201)

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
        row, one = part_to_answer(self.actor, id, question_id)
        fields = checked(AnswerIn, request)
        saved = save_answer(
            actor=self.actor,
            attempt=row,
            question=one,
            answer=fields["answer"],
            seq=fields["seq"],
            certainty=fields.get("certainty"),
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
        row, one = part_to_answer(self.actor, id, question_id)
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
        """Hand an attempt in and score it.

        The same however often. Too late is 409 `deadline_passed`.
        """
        found = attempt(self.actor, id)
        row = submit_attempt(actor=self.actor, attempt=found)
        row.course = found.course  # everything else of it was just read under its lock
        return Response(sheet_data(sheet(self.actor, row)))

    @extend_schema(parameters=[ID], request=None, responses=AttemptOut)
    @action(detail=True, methods=["post"])
    def pause(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Stop the clock of an attempt.

        The questions are out of sight. Without a break 409 `no_break`.
        """
        return Response(
            self._sheet(pause_attempt(actor=self.actor, attempt=attempt(self.actor, id)))
        )

    @extend_schema(parameters=[ID], request=None, responses=AttemptOut)
    @action(detail=True, methods=["post"])
    def resume(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Let the clock go on; the deadline moves by the time it stood."""
        return Response(
            self._sheet(resume_attempt(actor=self.actor, attempt=attempt(self.actor, id)))
        )

    @extend_schema(parameters=[ID], request=MoveIn, responses=AttemptOut)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Leave a page for good, where one goes forward only; again is no error."""
        row = attempt(self.actor, id)
        require(self.actor, ANSWER_ATTEMPT, row)
        page = checked(MoveIn, request)["page"]
        return Response(self._sheet(move_on(actor=self.actor, attempt=row, page=page)))

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
        """The log of an attempt, in the order of time."""
        row = attempt(self.actor, id)
        settle(row)
        return paged(request, steps(self.actor, row), step_data)

    def _sheet(self, row: Attempt) -> dict[str, Any]:
        fresh = attempt(self.actor, row.public_id)
        return sheet_data(sheet(self.actor, fresh))

    def _lines(self, rows: Sequence[Attempt]) -> Lines:
        told = known_scores(self.actor, rows)
        return [attempt_data(row, told=row.pk in told) for row in rows]
