"""The mastery map through the API: one's own, that of a class, the answers behind it, totals."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.bodies import course_of
from analytics.api.examples import MASTERY
from analytics.api.risk import StudentOut
from analytics.enums import StepKind
from analytics.queries.mastery import (
    MasteryCell,
    class_lines,
    class_rows,
    learner_of,
    outcome_of,
    outcomes_of,
    own_map,
)
from analytics.queries.mastery_evidence import learner_evidence, own_evidence
from analytics.queries.mastery_totals import mastery_totals
from analytics.queries.next_step import NextStep, next_step
from analytics.queries.practice import Practice, recommended_practice
from analytics.scoring.mastery.cells import Level
from assessments.models import LearningOutcome
from courses.api.shapes import PAGING
from courses.rules import OPEN_COURSE, STAFF_COURSE, TOTALS_COURSE
from lms.kernel.errors import Invalid
from lms.kernel.rest.paging import page_of_values, window_of
from lms.kernel.rest.views import KernelViewSet


class MasteredOutcomeOut(serializers.Serializer[object]):
    """A learning outcome."""

    id = serializers.CharField()
    code = serializers.CharField()
    title = serializers.CharField()


class MasteryCellOut(serializers.Serializer[object]):
    """`mastery` (0 to 1) is null where too little is known, which `words` then says.

    `builds_on` are ids of outcomes, in one's own map alone.
    """

    outcome = MasteredOutcomeOut()
    mastery = serializers.FloatField(allow_null=True)
    level = serializers.ChoiceField(choices=Level.values)
    answers = serializers.IntegerField()
    right = serializers.IntegerField()
    last_at = serializers.DateTimeField(allow_null=True)
    words = serializers.CharField()
    builds_on = serializers.ListField(child=serializers.CharField())


class PracticeOut(serializers.Serializer[object]):
    """What to practise and why; `lesson` is that of a quiz to take, null where there is none."""

    outcome = MasteredOutcomeOut()
    reason = serializers.CharField()
    lesson = serializers.CharField(allow_null=True)
    begun = serializers.BooleanField()


class OwnMasteryOut(serializers.Serializer[object]):
    """One's own map; `closed` while an exam of one's own runs, and then without cells."""

    closed = serializers.BooleanField()
    cells = MasteryCellOut(many=True)
    practice = PracticeOut(many=True)


class LearnerMasteryOut(serializers.Serializer[object]):
    """A learner with a cell for each outcome of the course."""

    student = StudentOut()
    cells = MasteryCellOut(many=True)


class MasteryPage(serializers.Serializer[object]):
    """A page of learners."""

    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = LearnerMasteryOut(many=True)


class EvidenceLineOut(serializers.Serializer[object]):
    """A counted answer: the estimate before and after it."""

    question = serializers.CharField()
    quiz = serializers.CharField()
    attempt = serializers.CharField()
    at = serializers.DateTimeField()
    right = serializers.BooleanField()
    before = serializers.FloatField()
    after = serializers.FloatField()


class MasteryEvidenceOut(serializers.Serializer[object]):
    """A cell with the answers behind it, the newest first."""

    cell = MasteryCellOut()
    answers = EvidenceLineOut(many=True)


class LevelCountsOut(serializers.Serializer[object]):
    """How many learners are at each level."""

    secure = serializers.IntegerField()
    growing = serializers.IntegerField()
    shaky = serializers.IntegerField()
    unknown = serializers.IntegerField()


class OutcomeTotalsOut(serializers.Serializer[object]):
    """An outcome over the class; null where it would tell an observer of fewer than five people."""

    outcome = MasteredOutcomeOut()
    learners = serializers.IntegerField(allow_null=True)
    mean = serializers.FloatField(allow_null=True)
    levels = LevelCountsOut(allow_null=True)


class MasteryTotalsOut(serializers.Serializer[object]):
    """The totals of every outcome, in the course's order."""

    outcomes = OutcomeTotalsOut(many=True)


class NextStepOut(serializers.Serializer[object]):
    """One thing to do next in a course and why; `lesson` is null for the review queue."""

    kind = serializers.ChoiceField(choices=StepKind.choices)
    title = serializers.CharField()
    reason = serializers.CharField()
    lesson = serializers.CharField(allow_null=True)


class NextStepFoundOut(serializers.Serializer[object]):
    """Null when nothing is left to do, and for who does not learn in the course."""

    next_step = NextStepOut(allow_null=True)


COURSE = OpenApiParameter("course", OpenApiTypes.STR, required=True, description="Id of a course.")
EVIDENCE = [
    COURSE,
    OpenApiParameter("outcome", OpenApiTypes.STR, required=True, description="Id of an outcome."),
    OpenApiParameter("student", OpenApiTypes.STR, description="Id of a learner, for staff."),
]


class MasteryViewSet(KernelViewSet):
    """How likely learners master the outcomes of a course, estimated from their answers."""

    permission_words = {
        "list": "the course's staff; admins",
        "mine": "members of the course",
        "next_step": "members of the course",
        "evidence": "members of the course for themselves, its staff for any learner",
        "totals": "the course's staff and observers; admins",
    }

    @extend_schema(parameters=[COURSE, *PAGING], responses=MasteryPage)
    def list(self, request: Request) -> Response:
        """Learners of a course by name, each with a cell of mastery for every outcome."""
        course = course_of(self.actor, request.query_params.get("course"), STAFF_COURSE)
        offset, limit = window_of(request)
        rows = class_rows(self.actor, course)
        people, outcomes = list(rows[offset : offset + limit]), outcomes_of(course)
        lines = class_lines(self.actor, course, people, outcomes)
        page = [
            {
                "student": {"id": one.learner.public_id, "name": one.learner.display_name},
                "cells": cells_plain(one.cells),
            }
            for one in lines
        ]
        return page_of_values(request, page, rows.count())

    @extend_schema(parameters=[COURSE], responses=OwnMasteryOut, examples=MASTERY)
    @action(detail=False)
    def mine(self, request: Request) -> Response:
        """Your own map of mastery, and what to practise next.

        From answers whose results you may know.
        """
        course = course_of(self.actor, request.query_params.get("course"), OPEN_COURSE)
        found = own_map(self.actor, course)
        practice = recommended_practice(self.actor, course, found.cells)
        return Response(
            {
                "closed": found.closed,
                "cells": cells_plain(found.cells),
                "practice": [practice_plain(one) for one in practice],
            }
        )

    @extend_schema(parameters=[COURSE], responses=NextStepFoundOut)
    @action(detail=False, url_path="next-step")
    def next_step(self, request: Request) -> Response:
        """What to do next in a course, from deadlines, mastery and unfinished work."""
        course = course_of(self.actor, request.query_params.get("course"), OPEN_COURSE)
        step = next_step(self.actor, course)
        return Response({"next_step": step_plain(step) if step else None})

    @extend_schema(parameters=EVIDENCE, responses=MasteryEvidenceOut)
    @action(detail=False)
    def evidence(self, request: Request) -> Response:
        """The answers behind a cell of mastery: your own, or with `student` those of a learner."""
        asked = request.query_params
        student = asked.get("student")
        rule = STAFF_COURSE if student else OPEN_COURSE
        course = course_of(self.actor, asked.get("course"), rule)
        if not asked.get("outcome"):
            raise Invalid(_("Name an outcome by its id."), field="outcome")
        outcome = outcome_of(self.actor, course, asked["outcome"])
        if student:
            learner = learner_of(self.actor, course, student)
            found = learner_evidence(self.actor, course, outcome, learner)
        else:
            found = own_evidence(self.actor, course, outcome)
        return Response(
            {
                "cell": cell_plain(found.cell),
                "answers": [
                    {
                        "question": one.question,
                        "quiz": one.quiz,
                        "attempt": one.attempt,
                        "at": one.at,
                        "right": one.right,
                        "before": one.before,
                        "after": one.after,
                    }
                    for one in found.lines
                ],
            }
        )

    @extend_schema(parameters=[COURSE], responses=MasteryTotalsOut)
    @action(detail=False)
    def totals(self, request: Request) -> Response:
        """Class totals of every outcome's mastery."""
        course = course_of(self.actor, request.query_params.get("course"), TOTALS_COURSE)
        rows = [
            {
                "outcome": outcome_plain(one.outcome),
                "learners": one.learners,
                "mean": one.mean,
                "levels": one.levels,
            }
            for one in mastery_totals(self.actor, course)
        ]
        return Response({"outcomes": rows})


def outcome_plain(row: LearningOutcome) -> dict[str, str]:
    """The body of `MasteredOutcomeOut`."""
    return {"id": row.public_id, "code": row.code, "title": row.title}


def cell_plain(cell: MasteryCell) -> dict[str, object]:
    """The body of `MasteryCellOut`."""
    return {
        "outcome": outcome_plain(cell.outcome),
        "mastery": cell.mastery,
        "level": cell.level.value,
        "answers": cell.answers,
        "right": cell.right,
        "last_at": cell.last_at,
        "words": cell.words,
        "builds_on": [one.public_id for one in cell.builds_on],
    }


def cells_plain(cells: Iterable[MasteryCell]) -> list[dict[str, object]]:
    """Cells as they are sent."""
    return [cell_plain(cell) for cell in cells]


def practice_plain(one: Practice) -> dict[str, object]:
    """The body of `PracticeOut`."""
    return {
        "outcome": outcome_plain(one.cell.outcome),
        "reason": one.reason,
        "lesson": one.lesson.public_id if one.lesson else None,
        "begun": one.begun,
    }


def step_plain(step: NextStep) -> dict[str, object]:
    """The body of `NextStepOut`."""
    return {
        "kind": step.kind.value,
        "title": step.title,
        "reason": step.reason,
        "lesson": step.lesson or None,
    }
