"""Assignments through the API."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.assignment_shapes import (
    AssignmentIn,
    AssignmentOut,
    AssignmentSettingsIn,
    assignment_data,
)
from assessments.api.fields import Lines, paged_together
from assessments.enums import LateUnit, Resubmission
from assessments.models import Assignment
from assessments.queries.assignment import assignment, assignments, editable_assignments
from assessments.rules import EDIT_ASSIGNMENT
from assessments.services.assignment import (
    AssignmentSettings,
    assignment_settings_of,
    create_assignment,
    publish_assignment,
    unpublish_assignment,
    update_assignment,
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
    lesson_of,
    named,
)
from courses.rules import EDIT_LESSON
from lms.kernel.rest.views import KernelViewSet, expected_version, idempotent, versioned
from lms.kernel.rules import allows, require


class AssignmentViewSet(KernelViewSet):
    """Assignments: published ones of your courses, all of those you staff."""

    permission_words = {
        "list": "members of the course, published ones; staff all",
        "create": "the course's instructors",
        "retrieve": "who may read its lesson; drafts staff only",
        "partial_update": "the course's instructors",
        "publish": "the course's instructors",
        "unpublish": "the course's instructors",
    }

    @extend_schema(parameters=[COURSE, *PAGING], responses=AssignmentOut(many=True))
    def list(self, request: Request) -> Response:
        """Assignments you may see, in the order of the outline."""
        named_course = asked(request, "course")
        course = course_of(self.actor, named_course) if named_course else None
        return paged_together(request, assignments(self.actor, course=course), self._lines)

    @extend_schema(parameters=[KEY], request=AssignmentIn, responses={201: AssignmentOut})
    @idempotent
    def create(self, request: Request) -> Response:
        """Make the assignment of a lesson; the one it has already is returned."""
        lesson = lesson_of(self.actor, named(request, "lesson"))
        require(self.actor, EDIT_LESSON, lesson)
        fields = checked(AssignmentIn, request)
        fields.pop("lesson")
        settings = replace(AssignmentSettings(), **_typed(fields))
        row = create_assignment(actor=self.actor, lesson=lesson, settings=settings)
        return versioned(self._data(row), row.version, 201)

    @extend_schema(parameters=[ID], responses=AssignmentOut)
    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One assignment with what it asks and takes."""
        row = assignment(self.actor, id)
        return versioned(self._data(row), row.version)

    @extend_schema(parameters=[ID, IF_MATCH], request=AssignmentSettingsIn, responses=AssignmentOut)
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Change settings of an assignment; fields that are left out stay."""
        row = assignment(self.actor, id)
        require(self.actor, EDIT_ASSIGNMENT, row)
        fields = _typed(checked(AssignmentSettingsIn, request, partial=True))
        settings = replace(assignment_settings_of(row), **fields)
        expected = expected_version(request)
        row = update_assignment(
            actor=self.actor, assignment=row, settings=settings, expected=expected
        )
        return versioned(self._data(row), row.version)

    @extend_schema(parameters=[ID, IF_MATCH], request=None, responses=AssignmentOut)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Open an assignment to learners."""
        row = assignment(self.actor, id)
        expected = expected_version(request)
        row = publish_assignment(actor=self.actor, assignment=row, expected=expected)
        return versioned(self._data(row), row.version)

    @extend_schema(parameters=[ID, IF_MATCH], request=None, responses=AssignmentOut)
    @action(detail=True, methods=["post"])
    def unpublish(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Take an assignment back; what was handed in stays."""
        row = assignment(self.actor, id)
        expected = expected_version(request)
        row = unpublish_assignment(actor=self.actor, assignment=row, expected=expected)
        return versioned(self._data(row), row.version)

    def _lines(self, rows: Sequence[Assignment]) -> Lines:
        mine = editable_assignments(self.actor, rows)
        return [
            assignment_data(row, instructions=row.instructions if row.pk in mine else None)
            for row in rows
        ]

    def _data(self, row: Assignment) -> dict[str, Any]:
        edits = allows(self.actor, EDIT_ASSIGNMENT, row)
        return assignment_data(row, instructions=row.instructions if edits else None)


def _typed(fields: dict[str, Any]) -> dict[str, Any]:
    """Choices and lists as the service wants them."""
    kinds = {"late_unit": LateUnit, "resubmit": Resubmission, "file_kinds": tuple}
    return {name: kinds[name](value) if name in kinds else value for name, value in fields.items()}
