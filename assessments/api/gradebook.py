"""The gradebook through the API: the grid, cells, totals, one's own."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.fields import paged
from assessments.api.gradebook_shapes import (
    CellIn,
    CellOut,
    GridOut,
    OwnOut,
    TotalOut,
    TotalOverrideIn,
    WhatIfIn,
    cell_data,
    grid_data,
    total_data,
)
from assessments.api.grades import GradeChangeOut, change_data
from assessments.models import GradeItem
from assessments.queries.gradebook import (
    cell,
    cell_history,
    grid,
    item_in,
    learner_in,
    total_of,
)
from assessments.queries.own_grades import own_gradebook, what_if
from assessments.scoring.gradebook_trace import to_data
from assessments.services.cells import follow_work, set_cell
from assessments.services.totals import override_total
from courses.api.shapes import ID, IF_MATCH, PAGING, asked, course_of
from courses.models import Course
from lms.kernel.errors import NotFound
from lms.kernel.rest.views import KernelViewSet, expected_version, versioned

ITEM = OpenApiParameter("item", OpenApiTypes.STR, OpenApiParameter.PATH, description="A column.")
LEARNER = OpenApiParameter("learner", OpenApiTypes.STR, OpenApiParameter.PATH)
PERIOD = OpenApiParameter("period", OpenApiTypes.STR, description="Key of a grading period.")
CELL = r"cells/(?P<item>[^/]+)/(?P<learner>[^/]+)"
TOTAL = r"totals/(?P<learner>[^/]+)"


class GradebookViewSet(KernelViewSet):
    """Gradebooks, by the id of their course."""

    permission_words = {
        "retrieve": "the course's staff",
        "cell": "the course's staff; writing too",
        "history": "the course's staff",
        "follow": "the course's staff",
        "total": "the course's staff; setting one by hand is for instructors",
        "mine": "members of the course, their own posted grades",
        "what_if": "members of the course",
    }

    @extend_schema(parameters=[ID], responses=GridOut)
    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """The whole grid of a course."""
        found = grid(self.actor, course_of(self.actor, id))
        return versioned(grid_data(found), found.settings.version)

    @extend_schema(
        methods=["get"],
        parameters=[ID, ITEM, LEARNER],
        responses=CellOut,
        description="One cell. An empty one has the ETag of version 0.",
    )
    @extend_schema(
        methods=["put"],
        parameters=[ID, ITEM, LEARNER, IF_MATCH],
        request=CellIn,
        responses=CellOut,
        description="Give a grade by hand.",
    )
    @action(detail=True, methods=["get", "put"], url_path=CELL)
    def cell(
        self,
        request: Request,
        id: str,  # noqa: A002 - the URL's word
        item: str,
        learner: str,
    ) -> Response:
        """One cell: read it, or give a grade by hand. An empty cell has the ETag of version 0."""
        course, column = self._column(id, item)
        person = learner_in(self.actor, course, learner)
        if request.method == "PUT":
            sent = CellIn(data=request.data)
            sent.is_valid(raise_exception=True)
            set_cell(
                actor=self.actor,
                item=column,
                learner=person,
                expected=expected_version(request),
                **sent.validated_data,
            )
        return self._cell(course, column, person)

    @extend_schema(parameters=[ID, ITEM, LEARNER, *PAGING], responses=GradeChangeOut(many=True))
    @action(detail=True, methods=["get"], url_path=f"{CELL}/changes")
    def history(
        self,
        request: Request,
        id: str,  # noqa: A002 - the URL's word
        item: str,
        learner: str,
    ) -> Response:
        """Who changed a cell when, from what to what and why, newest first."""
        course, column = self._column(id, item)
        person = learner_in(self.actor, course, learner)
        return paged(request, cell_history(self.actor, column, person), change_data)

    @extend_schema(parameters=[ID, ITEM, LEARNER, IF_MATCH], request=None, responses=CellOut)
    @action(detail=True, methods=["post"], url_path=f"{CELL}/follow")
    def follow(
        self,
        request: Request,
        id: str,  # noqa: A002 - the URL's word
        item: str,
        learner: str,
    ) -> Response:
        """Let a grade that was set over its quiz follow the attempts again."""
        course, column = self._column(id, item)
        person = learner_in(self.actor, course, learner)
        grade = cell(self.actor, column, person)
        if grade is None:
            raise NotFound
        follow_work(actor=self.actor, grade=grade, expected=expected_version(request))
        return self._cell(course, column, person)

    @extend_schema(
        methods=["get"],
        parameters=[ID, LEARNER, PERIOD],
        responses=TotalOut,
        description="Why a total is what it is.",
    )
    @extend_schema(
        methods=["put"],
        parameters=[ID, LEARNER],
        request=TotalOverrideIn,
        responses=TotalOut,
        description="Set a total by hand, with a reason; or let it be counted again.",
    )
    @action(detail=True, methods=["get", "put"], url_path=TOTAL)
    def total(self, request: Request, id: str, learner: str) -> Response:  # noqa: A002
        """Why a total is what it is; or set it by hand, with a reason."""
        course = course_of(self.actor, id)
        person = learner_in(self.actor, course, learner)
        if request.method == "PUT":
            sent = TotalOverrideIn(data=request.data)
            sent.is_valid(raise_exception=True)
            override_total(actor=self.actor, course=course, learner=person, **sent.validated_data)
        view = total_of(self.actor, course, person, period=asked(request, "period"))
        return Response(total_data(view))

    @extend_schema(parameters=[ID, PERIOD], responses=OwnOut)
    @action(detail=True, methods=["get"])
    def mine(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Your own total of what is posted, with the steps that made it."""
        course = course_of(self.actor, id)
        own = own_gradebook(self.actor, course, period=asked(request, "period"))
        trace = to_data(own.trace) if own.trace else None
        return Response({"total": own.figure, "level": own.level, "trace": trace})

    @extend_schema(parameters=[ID], request=WhatIfIn, responses=OwnOut)
    @action(detail=True, methods=["post"], url_path="what-if")
    def what_if(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """What your total would be with other scores; nothing is stored."""
        course = course_of(self.actor, id)
        sent = WhatIfIn(data=request.data)
        sent.is_valid(raise_exception=True)
        trace, figure, level = what_if(self.actor, course, sent.validated_data["scores"])
        return Response({"total": figure, "level": level, "trace": to_data(trace)})

    def _column(self, course_id: str, item_id: str) -> tuple[Course, GradeItem]:
        course = course_of(self.actor, course_id)
        return course, item_in(self.actor, course, item_id)

    def _cell(self, course: Course, item: GradeItem, person: Any) -> Response:
        grade = cell(self.actor, item, person)
        view = total_of(self.actor, course, person)
        data = cell_data(item, person.public_id, grade, view)
        return versioned(data, data["version"])
