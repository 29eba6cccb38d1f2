"""Rooms through the API: who is there, what is new, and how the people who teach keep order."""

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.fields import asked_choice
from courses.rules import ASSIST_COURSE, STAFF_COURSE
from lms.kernel.errors import NotFound
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.views import KernelViewSet
from lms.kernel.rest.wire import FILES
from lms.kernel.rules import fetch, require
from realtime.api.chat_shapes import (
    MemberSerializer,
    MessageSerializer,
    ReadRoomSerializer,
    ReportedMessageSerializer,
    RestrictionSerializer,
    RestrictMemberSerializer,
    RoomDetailSerializer,
    RoomSerializer,
    RoomSettingsSerializer,
)
from realtime.api.direct_shapes import DirectReportSerializer, SettleDirectSerializer
from realtime.api.export import AS, KINDS, export_of
from realtime.models import Message, RoomRestriction
from realtime.queries.chat import course_with_room, may_talk, rooms_of, shown_to
from realtime.queries.direct import direct_reports_in, report_frame
from realtime.queries.frames import member_frame, message_body
from realtime.queries.mentions import members_called
from realtime.queries.presence import present_in
from realtime.queries.room import (
    found_in,
    member_called,
    pinned_in,
    reported_in,
    restricted_in,
    room_settings,
)
from realtime.rules.direct import VIEW_DIRECT_REPORT
from realtime.services.direct import settle_direct_report
from realtime.services.moderation import lift_restriction, restrict_member, set_room
from realtime.services.reading import read_room

ID = OpenApiParameter("id", OpenApiTypes.STR, OpenApiParameter.PATH)
MEMBER = OpenApiParameter("member", OpenApiTypes.STR, OpenApiParameter.PATH)
REPORT = OpenApiParameter("report", OpenApiTypes.STR, OpenApiParameter.PATH)
MEMBER_WORDS = OpenApiParameter(
    "q", OpenApiTypes.STR, description="The beginning of a name, or of a part of it."
)
QUERY = OpenApiParameter("q", OpenApiTypes.STR, description="Words to look for; nothing without.")


class RoomViewSet(KernelViewSet):
    """Rooms of your courses."""

    permission_words = {
        "list": "anyone signed in: rooms of their courses, not as an observer; admins all",
        "retrieve": "active members but observers; admins",
        "read": "active members but observers; admins",
        "search": "active members but observers; admins",
        "pins": "active members but observers; admins",
        "members": "active members but observers; admins",
        "ways": "assistants and instructors of the course; admins",
        "set_ways": "assistants and instructors of the course; admins",
        "restrictions": "assistants and instructors of the course; admins",
        "restrict": "assistants and instructors of the course; admins",
        "lift": "assistants and instructors of the course; admins",
        "reports": "assistants and instructors of the course; admins",
        "direct_reports": "assistants and instructors of the course; admins; not of their own",
        "settle_direct": "assistants and instructors of the course; admins; not of their own",
        "export": "assistants and instructors of the course; admins",
    }

    @extend_schema(responses=RoomSerializer(many=True))
    def list(self, request: Request) -> Response:
        """The rooms of your courses, by title."""
        pages = Pages()
        page = pages.paginate_queryset(rooms_of(self.actor), request) or []
        return pages.get_paginated_response(RoomSerializer(page, many=True).data)

    @extend_schema(parameters=[ID], responses=RoomDetailSerializer)
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One room, who is there and whether you may write."""
        course = course_with_room(self.actor, public_id=id)
        room = rooms_of(self.actor).get(pk=course.pk)
        found = {
            **RoomSerializer(room).data,
            "may_write": may_talk(self.actor, course),
            "members": present_in(course.pk),
        }
        return Response(found)

    @extend_schema(parameters=[ID], request=ReadRoomSerializer, responses=ReadRoomSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Say up to which number you have read a room; the number only grows."""
        course = course_with_room(self.actor, public_id=id)
        data = ReadRoomSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        return Response({"seq": read_room(actor=self.actor, course=course, **data.validated_data)})

    @extend_schema(parameters=[ID, QUERY], responses=MessageSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def search(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """The 50 messages that fit these words best; the last word may be a beginning."""
        course = course_with_room(self.actor, public_id=id)
        lines = found_in(self.actor, course, request.query_params.get("q", "")[:200])
        return Response([message_body(line.message) for line in lines])

    @extend_schema(parameters=[ID], responses=MessageSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def pins(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """The pinned messages of a room, the newest pin first."""
        course = course_with_room(self.actor, public_id=id)
        return Response([message_body(row) for row in pinned_in(self.actor, course)])

    @extend_schema(parameters=[ID], responses=RoomSettingsSerializer)
    @action(detail=True, methods=["get"], url_path="settings")
    def ways(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """How the room works, for the people who teach."""
        course = course_with_room(self.actor, public_id=id)
        return Response(RoomSettingsSerializer(room_settings(self.actor, course)).data)

    @extend_schema(
        parameters=[ID], request=RoomSettingsSerializer, responses=RoomSettingsSerializer
    )
    @ways.mapping.put
    def set_ways(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Choose the seconds between messages and the words that are not used."""
        course = course_with_room(self.actor, public_id=id)
        require(self.actor, ASSIST_COURSE, course)
        data = RoomSettingsSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        room = set_room(actor=self.actor, course=course, **data.validated_data)
        return Response(RoomSettingsSerializer(room).data)

    @extend_schema(parameters=[ID], responses=RestrictionSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def restrictions(self, _request: Request, id: str) -> Response:  # noqa: A002
        """Who is muted or banned in a room, newest first."""
        course = course_with_room(self.actor, public_id=id)
        return Response([_restriction(row) for row in restricted_in(self.actor, course)])

    @extend_schema(
        parameters=[ID], request=RestrictMemberSerializer, responses={201: RestrictionSerializer}
    )
    @restrictions.mapping.post
    def restrict(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Mute a member, or keep them out: their sockets close at once. Again replaces."""
        course = course_with_room(self.actor, public_id=id)
        require(self.actor, ASSIST_COURSE, course)
        data = RestrictMemberSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        person = member_called(course, given.pop("member"))
        if person is None:
            raise NotFound
        row = restrict_member(actor=self.actor, course=course, person=person, **given)
        return Response(_restriction(row), status=201)

    @extend_schema(parameters=[ID, MEMBER], responses={204: None})
    @action(detail=True, methods=["delete"], url_path="restrictions/(?P<member>[0-9A-Za-z]+)")
    def lift(self, _request: Request, id: str, member: str) -> Response:  # noqa: A002
        """Let a member write, or come in, again."""
        course = course_with_room(self.actor, public_id=id)
        require(self.actor, ASSIST_COURSE, course)
        person = member_called(course, member)
        if person is not None:
            lift_restriction(actor=self.actor, course=course, person=person)
        return Response(status=204)

    @extend_schema(parameters=[ID], responses=ReportedMessageSerializer(many=True))
    @action(detail=True, methods=["get"])
    def reports(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Messages with open reports, those with most first, each with the first 20 of them."""
        course = course_with_room(self.actor, public_id=id)
        pages, shows = Pages(), shown_to(self.actor)
        page = pages.paginate_queryset(reported_in(self.actor, course), request) or []
        return pages.get_paginated_response([_reported(shows(row)) for row in page])

    @extend_schema(parameters=[ID, MEMBER_WORDS], responses=MemberSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def members(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Up to 8 members of the room whose name has such a beginning, to be named behind an @."""
        course = course_with_room(self.actor, public_id=id)
        found = members_called(self.actor, course, request.query_params.get("q", "")[:200])
        return Response([{"id": key, "name": name} for key, name in found])

    @extend_schema(parameters=[ID], responses=DirectReportSerializer(many=True))
    @action(detail=True, methods=["get"], url_path="direct-reports")
    def direct_reports(self, request: Request, id: str) -> Response:  # noqa: A002
        """Open reports of messages between two people, the oldest first."""
        course = course_with_room(self.actor, public_id=id)
        require(self.actor, STAFF_COURSE, course)
        pages = Pages()
        page = pages.paginate_queryset(direct_reports_in(self.actor, course), request) or []
        return pages.get_paginated_response([report_frame(row) for row in page])

    @extend_schema(parameters=[ID, REPORT], request=SettleDirectSerializer, responses={204: None})
    @action(
        detail=True, methods=["post"], url_path="direct-reports/(?P<report>[0-9A-Za-z]+)/settle"
    )
    def settle_direct(self, request: Request, id: str, report: str) -> Response:  # noqa: A002
        """Close such a report, and take the message away if you say so."""
        course = course_with_room(self.actor, public_id=id)
        require(self.actor, STAFF_COURSE, course)
        row = fetch(
            self.actor,
            VIEW_DIRECT_REPORT,
            select=("message__sender", "course"),
            public_id=report,
            course=course,
        )
        data = SettleDirectSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        settle_direct_report(actor=self.actor, report=row, **data.validated_data)
        return Response(status=204)

    @extend_schema(
        parameters=[ID, AS],
        responses={
            (200, "text/csv"): OpenApiTypes.STR,
            (200, "application/json"): OpenApiTypes.OBJECT,
        },
        operation_id="room_export",
    )
    @action(detail=True, methods=["get"], renderer_classes=FILES)
    def export(self, request: Request, id: str) -> FileResponse:  # noqa: A002 - the URL's word
        """Everything said in the room, as CSV or JSON."""
        course = course_with_room(self.actor, public_id=id)
        return export_of(self.actor, course, asked_choice(request, "as", KINDS, "csv"))


def _restriction(row: RoomRestriction) -> dict[str, object]:
    return {
        "member": member_frame(row.user),
        "kind": row.kind,
        "until": row.until,
        "reason": row.reason,
    }


def _reported(row: Message) -> dict[str, object]:
    reports = [
        {
            "reporter": member_frame(report.reporter),
            "reason": report.reason,
            "created_at": report.created_at,
        }
        for report in row.shown_reports  # type: ignore[attr-defined]
    ]
    count = row.open_reports  # type: ignore[attr-defined]
    return {"message": message_body(row), "count": count, "reports": reports}
