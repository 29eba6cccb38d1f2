"""Rooms and messages through the API: reading, polling, and sending where sockets fail (R7)."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lms.kernel.errors import Invalid
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.views import KernelViewSet, idempotent
from lms.kernel.rules import fetch
from realtime.enums import MAX_BODY
from realtime.queries.chat import (
    course_with_room,
    fresh,
    may_talk,
    messages_of,
    present_in,
    rooms_of,
)
from realtime.queries.frames import message_body
from realtime.rules import VIEW_MESSAGE
from realtime.services.chat import delete_message, send_message

ID = OpenApiParameter("id", OpenApiTypes.STR, OpenApiParameter.PATH)
ROOM = OpenApiParameter("room", OpenApiTypes.STR, required=True, description="Id of the course.")
AFTER = OpenApiParameter(
    "after_seq", OpenApiTypes.INT, description="Only messages with a higher number."
)
BEFORE = OpenApiParameter(
    "before_seq", OpenApiTypes.INT, description="Only messages with a lower number."
)
NEWEST = OpenApiParameter("ordering", OpenApiTypes.STR, enum=["seq", "-seq"])
MOST_SEQ = 2**62


class MemberSerializer(serializers.Serializer[Any]):
    """A person as others in the room see them."""

    id = serializers.CharField()
    name = serializers.CharField()


class RoomSerializer(serializers.Serializer[Any]):
    """A course's room; its id is the course's."""

    id = serializers.CharField(source="public_id")
    title = serializers.CharField()
    slug = serializers.CharField()
    last_seq = serializers.IntegerField()


class RoomDetailSerializer(RoomSerializer):
    """A room with who is in it now and whether you may write."""

    may_write = serializers.BooleanField()
    members = MemberSerializer(many=True)


class MessageSerializer(serializers.Serializer[Any]):
    """A message; a deleted one has no words. `sender` is null once the account is erased."""

    id = serializers.CharField()
    seq = serializers.IntegerField()
    client_id = serializers.UUIDField()
    sender = MemberSerializer(allow_null=True)
    body = serializers.CharField(allow_blank=True)
    html = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    deleted = serializers.BooleanField()


class NewMessageSerializer(serializers.Serializer[Any]):
    """What to say, where, and your own id of it: the same id is stored once."""

    room = serializers.CharField(max_length=22)
    client_id = serializers.UUIDField()
    body = serializers.CharField(max_length=MAX_BODY)


class RoomViewSet(KernelViewSet):
    """Rooms of your courses."""

    permission_words = {
        "list": "anyone signed in: rooms of their courses, not as an observer; admins all",
        "retrieve": "active members but observers; admins",
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


class MessageViewSet(KernelViewSet):
    """What was said in a room."""

    permission_words = {
        "list": "active members but observers; admins",
        "create": "active members but observers; admins",
        "destroy": "the author; assistants and instructors of the course; admins",
    }

    @extend_schema(parameters=[ROOM, AFTER, BEFORE, NEWEST], responses=MessageSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Messages by number; poll with `after_seq` where no socket opens."""
        course = course_with_room(self.actor, public_id=_text(request, "room"))
        rows = messages_of(self.actor, course)
        for name, lookup in (("after_seq", "seq__gt"), ("before_seq", "seq__lt")):
            if (text := request.query_params.get(name)) is not None:
                rows = rows.filter(**{lookup: _number(text, name)})
        if request.query_params.get("ordering") == "-seq":
            rows = rows.order_by("-seq")
        pages = Pages()
        page = pages.paginate_queryset(rows, request) or []
        return pages.get_paginated_response([message_body(fresh(row)) for row in page])

    @extend_schema(
        request=NewMessageSerializer, responses={200: MessageSerializer, 201: MessageSerializer}
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Say something: 201, or 200 with the first answer when your `client_id` was stored."""
        course = course_with_room(self.actor, public_id=_room_in(request.data))
        data = NewMessageSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        sent = send_message(
            actor=self.actor,
            course=course,
            client_id=data.validated_data["client_id"],
            body=data.validated_data["body"],
        )
        return Response(message_body(sent.message), status=201 if sent.fresh else 200)

    @extend_schema(parameters=[ID], responses={204: None})
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Take a message's words away; its number stays."""
        select = ("room__course", "sender")
        message = fetch(self.actor, VIEW_MESSAGE, select=select, public_id=id)
        delete_message(actor=self.actor, message=message)
        return Response(status=204)


def _text(request: Request, name: str) -> str:
    value = request.query_params.get(name, "")
    if not value:
        raise Invalid("Name the room.", field=name)
    return value


def _room_in(data: Any) -> str:
    """The room is looked up before the rest is validated (Z2)."""
    value = data.get("room") if isinstance(data, dict) else None
    if not isinstance(value, str) or not value:
        raise Invalid("Name the room.", field="room")
    return value


def _number(text: str, field: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) < MOST_SEQ):
        raise Invalid(f"{field} must be a whole number.", field=field)
    return int(text)
