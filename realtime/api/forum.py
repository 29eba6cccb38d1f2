"""Boards of forums through the API, and how a forum works."""

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.fields import asked_choice
from courses.api.shapes import needed
from courses.rules import ASSIST_COURSE
from lms.kernel.errors import Invalid
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.views import KernelViewSet
from lms.kernel.rest.wire import FILES
from lms.kernel.rules import fetch, require
from realtime.api.export import AS, KINDS
from realtime.api.forum_export import forum_export
from realtime.api.forum_shapes import (
    BoardFieldsSerializer,
    BoardOrderSerializer,
    BoardSerializer,
    ForumSettingsSerializer,
    NewBoardSerializer,
    ReportedPostSerializer,
    SwitchSerializer,
    board_body,
    post_body,
)
from realtime.models import ForumBoard
from realtime.queries.chat import course_with_room
from realtime.queries.forum import boards_of, forum_of
from realtime.queries.forum_thread import lines_of, reported_posts
from realtime.rules.forum import VIEW_BOARD
from realtime.services.forum_keeping import (
    add_board,
    change_board,
    delete_board,
    order_boards,
    set_forum,
)
from realtime.services.forum_reading import follow_board, read_forum

ID = OpenApiParameter("id", OpenApiTypes.STR, OpenApiParameter.PATH)
COURSE = OpenApiParameter("course", OpenApiTypes.STR, required=True, description="Its id.")
READERS = "active members of the course but observers; admins"
STAFF = "assistants and instructors of the course; admins"


class BoardViewSet(KernelViewSet):
    """Boards of a course's forum."""

    permission_words = {
        "list": READERS,
        "create": STAFF,
        "update": STAFF,
        "destroy": STAFF,
        "order": STAFF,
        "follow": READERS,
    }

    @extend_schema(parameters=[COURSE], responses=BoardSerializer(many=True))
    def list(self, request: Request) -> Response:
        """The boards of a course's forum in order.

        None before anything was written in the forum.
        """
        course = course_with_room(self.actor, public_id=needed(request, "course"))
        pages = Pages()
        page = pages.paginate_queryset(boards_of(self.actor, course), request) or []
        return pages.get_paginated_response([board_body(row) for row in page])

    @extend_schema(request=NewBoardSerializer, responses={201: BoardSerializer})
    def create(self, request: Request) -> Response:
        """Add a board after the others."""
        course = course_with_room(self.actor, public_id=_course_in(request.data))
        require(self.actor, ASSIST_COURSE, course)
        data = NewBoardSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        given = {name: data.validated_data[name] for name in ("title", "about", "kind")}
        row = add_board(actor=self.actor, course=course, **given)
        return Response(board_body(row), status=201)

    @extend_schema(parameters=[ID], request=BoardFieldsSerializer, responses=BoardSerializer)
    def update(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Rename a board, or say anew what it is for."""
        row = self._board(id)
        require(self.actor, ASSIST_COURSE, row.course)
        data = BoardFieldsSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        row = change_board(actor=self.actor, board=row, **data.validated_data)
        return Response(board_body(row))

    @extend_schema(parameters=[ID], responses={204: None})
    def destroy(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Remove a board without threads."""
        delete_board(actor=self.actor, board=self._board(id))
        return Response(status=204)

    @extend_schema(
        request=BoardOrderSerializer,
        responses=BoardSerializer(many=True),
        operation_id="forum_boards_order",
    )
    @action(detail=False, methods=["put"], pagination_class=None)
    def order(self, request: Request) -> Response:
        """Put the boards in order."""
        course = course_with_room(self.actor, public_id=_course_in(request.data))
        require(self.actor, ASSIST_COURSE, course)
        data = BoardOrderSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        ids = data.validated_data["boards"]
        rows = order_boards(actor=self.actor, course=course, ids=ids)
        return Response([board_body(row) for row in rows])

    @extend_schema(parameters=[ID], request=SwitchSerializer, responses=SwitchSerializer)
    @action(detail=True, methods=["post"])
    def follow(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Be told of new threads on a board, or no longer."""
        board = self._board(id)
        data = SwitchSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        return Response({"on": follow_board(actor=self.actor, board=board, **data.validated_data)})

    def _board(self, public_id: str) -> ForumBoard:
        return fetch(self.actor, VIEW_BOARD, select=("course",), public_id=public_id)


class ForumViewSet(KernelViewSet):
    """A course's forum as a whole; its id is the course's."""

    permission_words = {
        "retrieve": READERS,
        "update": STAFF,
        "read": READERS,
        "reports": STAFF,
        "export": STAFF,
    }

    @extend_schema(parameters=[ID], responses=ForumSettingsSerializer)
    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """How the forum of a course works."""
        course = course_with_room(self.actor, public_id=id)
        return Response(ForumSettingsSerializer(forum_of(course)).data)

    @extend_schema(
        parameters=[ID], request=ForumSettingsSerializer, responses=ForumSettingsSerializer
    )
    def update(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Choose whether learners may post without their name."""
        course = course_with_room(self.actor, public_id=id)
        require(self.actor, ASSIST_COURSE, course)
        data = ForumSettingsSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        row = set_forum(actor=self.actor, course=course, **data.validated_data)
        return Response(ForumSettingsSerializer(row).data)

    @extend_schema(parameters=[ID], request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def read(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Mark all threads as read."""
        read_forum(actor=self.actor, course=course_with_room(self.actor, public_id=id))
        return Response(status=204)

    @extend_schema(parameters=[ID], responses=ReportedPostSerializer(many=True))
    @action(detail=True, methods=["get"])
    def reports(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Posts with open reports, those with most first."""
        course = course_with_room(self.actor, public_id=id)
        pages = Pages()
        page = pages.paginate_queryset(reported_posts(self.actor, course), request) or []
        found = [
            {
                "post": post_body(line),
                "reports": [
                    {
                        "reporter": one.reporter.display_name,
                        "reason": one.reason,
                        "created_at": one.created_at,
                    }
                    for one in line.post.reports.all()
                    if one.settled_at is None
                ],
            }
            for line in lines_of(self.actor, course, page)
        ]
        return pages.get_paginated_response(found)

    @extend_schema(
        parameters=[ID, AS],
        responses={
            (200, "text/csv"): OpenApiTypes.STR,
            (200, "application/json"): OpenApiTypes.OBJECT,
        },
        operation_id="forum_export",
    )
    @action(detail=True, methods=["get"], renderer_classes=FILES)
    def export(self, request: Request, id: str) -> FileResponse:  # noqa: A002 - the URL's word
        """Everything written in the forum, as CSV or JSON."""
        course = course_with_room(self.actor, public_id=id)
        return forum_export(self.actor, course, asked_choice(request, "as", KINDS, "csv"))


def _course_in(data: object) -> str:
    found = data.get("course") if isinstance(data, dict) else None
    if not isinstance(found, str) or not found:
        raise Invalid("Name the course.", field="course")
    return found[:40]
