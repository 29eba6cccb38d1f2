"""Rubrics and marking guides through the API."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.fields import paged
from assessments.enums import RubricKind
from assessments.models import Rubric
from assessments.queries.rubric import rubric, rubrics
from assessments.rules import EDIT_RUBRIC
from assessments.scoring.rubric import (
    MAX_CRITERIA,
    MAX_LEVELS,
    MAX_TITLE,
    MAX_WORDS,
    Criterion,
    criteria_of,
)
from assessments.services.rubric import (
    copy_rubric,
    create_rubric,
    retire_rubric,
    revise_rubric,
)
from courses.api.shapes import (
    COURSE,
    ID,
    IF_MATCH,
    KEY,
    PAGING,
    asked,
    checked,
    course_of,
    named,
)
from courses.rules import MANAGE_COURSE
from lms.kernel.db.fields import new_public_id
from lms.kernel.rest.views import KernelViewSet, expected_version, idempotent, versioned
from lms.kernel.rules import require

ID_LENGTH = 10


def points_field() -> serializers.DecimalField:
    """Points of a criterion or level."""
    return serializers.DecimalField(
        max_digits=9, decimal_places=4, required=False, default=Decimal(0)
    )


class RubricLevelShape(serializers.Serializer[Any]):
    """A level; without an id it is a new one."""

    id = serializers.CharField(max_length=22, required=False)
    title = serializers.CharField(max_length=MAX_TITLE)
    points = points_field()
    description = serializers.CharField(max_length=MAX_WORDS, allow_blank=True, default="")


class CriterionShape(serializers.Serializer[Any]):
    """A criterion: of a rubric with levels, of a guide with points and a note for markers."""

    id = serializers.CharField(max_length=22, required=False)
    title = serializers.CharField(max_length=MAX_TITLE)
    points = points_field()
    description = serializers.CharField(max_length=MAX_WORDS, allow_blank=True, default="")
    note = serializers.CharField(max_length=MAX_WORDS, allow_blank=True, default="")
    levels = serializers.ListField(child=RubricLevelShape(), max_length=MAX_LEVELS, default=list)


class RubricChangeIn(serializers.Serializer[Any]):
    """A whole rubric: title and every criterion."""

    title = serializers.CharField(max_length=150)
    criteria = serializers.ListField(child=CriterionShape(), max_length=MAX_CRITERIA)


class RubricIn(RubricChangeIn):
    """A new one."""

    course = serializers.CharField(max_length=22)
    kind = serializers.ChoiceField(choices=RubricKind.choices)


class RubricOut(serializers.Serializer[Any]):
    """A rubric as its newest version says; `locked` once that version has judged work."""

    id = serializers.CharField()
    course = serializers.CharField()
    kind = serializers.ChoiceField(choices=RubricKind.choices)
    title = serializers.CharField()
    number = serializers.IntegerField()
    points = serializers.DecimalField(max_digits=9, decimal_places=4)
    locked = serializers.BooleanField()
    retired = serializers.BooleanField()
    criteria = CriterionShape(many=True)


class RubricViewSet(KernelViewSet):
    """Rubrics of the courses you staff."""

    permission_words = {
        "list": "the course's staff",
        "create": "the course's instructors",
        "retrieve": "the course's staff",
        "update": "the course's instructors",
        "copy": "the course's instructors",
        "retire": "the course's instructors",
        "restore": "the course's instructors",
    }

    @extend_schema(parameters=[COURSE, *PAGING], responses=RubricOut(many=True))
    def list(self, request: Request) -> Response:
        """Rubrics you may use, by title."""
        named_course = asked(request, "course")
        course = course_of(self.actor, named_course) if named_course else None
        return paged(request, rubrics(self.actor, course=course), rubric_data)

    @extend_schema(parameters=[KEY], request=RubricIn, responses={201: RubricOut})
    @idempotent
    def create(self, request: Request) -> Response:
        """Write a rubric."""
        course = course_of(self.actor, named(request, "course"))
        require(self.actor, MANAGE_COURSE, course)
        fields = checked(RubricIn, request)
        row = create_rubric(
            actor=self.actor,
            course=course,
            kind=fields["kind"],
            title=fields["title"],
            criteria=_criteria(fields["criteria"]),
        )
        return versioned(rubric_data(row), row.version, 201)

    @extend_schema(parameters=[ID], responses=RubricOut)
    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One rubric."""
        row = rubric(self.actor, id)
        return versioned(rubric_data(row), row.version)

    @extend_schema(parameters=[ID, IF_MATCH], request=RubricChangeIn, responses=RubricOut)
    def update(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Write a rubric anew; once it has judged work this makes a new version."""
        row = rubric(self.actor, id)
        require(self.actor, EDIT_RUBRIC, row)
        fields = checked(RubricChangeIn, request)
        row = revise_rubric(
            actor=self.actor,
            rubric=row,
            title=fields["title"],
            criteria=_criteria(fields["criteria"]),
            expected=expected_version(request),
        )
        return versioned(rubric_data(row), row.version)

    @extend_schema(parameters=[ID], request=None, responses={201: RubricOut})
    @action(detail=True, methods=["post"])
    def copy(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Copy a rubric into a second one that says the same."""
        row = copy_rubric(actor=self.actor, rubric=rubric(self.actor, id))
        return versioned(rubric_data(row), row.version, 201)

    @extend_schema(parameters=[ID], request=None, responses=RubricOut)
    @action(detail=True, methods=["post"])
    def retire(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Offer a rubric no more; work it judged keeps it."""
        row = retire_rubric(actor=self.actor, rubric=rubric(self.actor, id))
        return versioned(rubric_data(row), row.version)

    @extend_schema(parameters=[ID], request=None, responses=RubricOut)
    @action(detail=True, methods=["post"])
    def restore(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Offer a retired rubric again."""
        row = retire_rubric(actor=self.actor, rubric=rubric(self.actor, id), retired=False)
        return versioned(rubric_data(row), row.version)


def rubric_data(row: Rubric) -> dict[str, Any]:
    """The JSON of a rubric."""
    latest = row.latest
    return {
        "id": row.public_id,
        "course": row.course.public_id,
        "kind": row.kind,
        "title": row.title,
        "number": latest.number if latest else 0,
        "points": latest.points if latest else 0,
        "locked": bool(latest and latest.locked_at),
        "retired": row.retired,
        "criteria": latest.criteria if latest else [],
    }


def _criteria(sent: list[dict[str, Any]]) -> tuple[Criterion, ...]:
    for one in sent:
        for part in (one, *one["levels"]):
            part.setdefault("id", new_public_id()[:ID_LENGTH])
    return criteria_of(sent)
