"""Rooms and messages through the API: reading, polling, and sending where sockets fail (R7)."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from lms.kernel.errors import Invalid
from lms.kernel.jobs import describe
from lms.kernel.rest.jobs import JobEnvelope
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.views import KernelViewSet, idempotent
from lms.kernel.rules import fetch, require
from realtime.api.chat_shapes import (
    MessageSerializer,
    NewMessageSerializer,
    PromoteSerializer,
    RoomDetailSerializer,
    RoomQuestionSerializer,
    RoomSerializer,
)
from realtime.models import Message, RoomQuestion
from realtime.queries.chat import (
    course_with_room,
    may_talk,
    messages_of,
    present_in,
    rooms_of,
    shown_to,
)
from realtime.queries.frames import message_body
from realtime.rules import PROMOTE_MESSAGE, VIEW_MESSAGE, VIEW_QUESTION
from realtime.services.chat import delete_message, send_message
from realtime.services.promote import promote_message
from realtime.services.room_tutor import ask_again

ID = OpenApiParameter("id", OpenApiTypes.STR, OpenApiParameter.PATH)
ROOM = OpenApiParameter("room", OpenApiTypes.STR, required=True, description="Id of the course.")
AFTER = OpenApiParameter(
    "after_seq", OpenApiTypes.INT, description="Only messages with a higher number."
)
CHANGED = OpenApiParameter(
    "after_change",
    OpenApiTypes.INT,
    description="Only messages that were said or changed after this change, by change.",
)
BEFORE = OpenApiParameter(
    "before_seq", OpenApiTypes.INT, description="Only messages with a lower number."
)
NEWEST = OpenApiParameter("ordering", OpenApiTypes.STR, enum=["seq", "-seq"])
MOST_SEQ = 2**62


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
        "promote": "instructors of the course; admins",
        "tutor": "who asked",
        "ask_again": "who asked",
        "destroy": "the author; assistants and instructors of the course; admins",
    }

    @extend_schema(
        parameters=[ROOM, AFTER, CHANGED, BEFORE, NEWEST], responses=MessageSerializer(many=True)
    )
    def list(self, request: Request) -> Response:
        """Messages by number; poll with `after_change` where no socket opens.

        That gives new ones and those that changed, in the order in which it happened.
        """
        course = course_with_room(self.actor, public_id=_text(request, "room"))
        rows = messages_of(self.actor, course)
        for name, lookup in (("after_seq", "seq__gt"), ("before_seq", "seq__lt")):
            if (text := request.query_params.get(name)) is not None:
                rows = rows.filter(**{lookup: _number(text, name)})
        if request.query_params.get("ordering") == "-seq":
            rows = rows.order_by("-seq")
        if (text := request.query_params.get("after_change")) is not None:
            rows = rows.filter(change__gt=_number(text, "after_change")).order_by("change")
        shows = shown_to(self.actor)
        pages = Pages()
        page = pages.paginate_queryset(rows, request) or []
        return pages.get_paginated_response([message_body(shows(row)) for row in page])

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
            reply_to=data.validated_data["reply_to"],
        )
        return Response(message_body(sent.message), status=201 if sent.fresh else 200)

    @extend_schema(parameters=[ID], responses={204: None})
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Take a message's words away; its number stays."""
        delete_message(actor=self.actor, message=self._message(id))
        return Response(status=204)

    @extend_schema(parameters=[ID], request=PromoteSerializer, responses=MessageSerializer)
    @action(detail=True, methods=["post"])
    def promote(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Make an answer of the room one for everybody: the course's tutor cites it."""
        message = self._message(id)
        require(self.actor, PROMOTE_MESSAGE, message)
        data = PromoteSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        row = promote_message(actor=self.actor, message=message, **data.validated_data)
        return Response(message_body(shown_to(self.actor)(row)))

    @extend_schema(parameters=[ID], responses=RoomQuestionSerializer)
    @action(detail=True, methods=["get"])
    def tutor(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """What became of your own question to the tutor, in words."""
        question = self._question(id)
        return Response({"state": question.message.asked, "detail": question.reason})

    @extend_schema(parameters=[ID], request=None, responses={202: JobEnvelope})
    @tutor.mapping.post
    def ask_again(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Ask your question to the tutor once more: 202 with the job that answers it."""
        job = ask_again(actor=self.actor, question=self._question(id))
        return Response({"job": describe(job)}, status=202)

    def _message(self, public_id: str) -> Message:
        select = ("room__course", "sender", "parent")
        return fetch(self.actor, VIEW_MESSAGE, select=select, public_id=public_id)

    def _question(self, public_id: str) -> RoomQuestion:
        select = ("message__room__course",)
        return fetch(self.actor, VIEW_QUESTION, select=select, message__public_id=public_id)


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
