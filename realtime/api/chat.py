"""Rooms and messages through the API: reading, polling, and sending where sockets fail (R7)."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.fields import asked_choice
from courses.api.shapes import needed
from lms.kernel.errors import Invalid
from lms.kernel.jobs import describe
from lms.kernel.rest.jobs import JobEnvelope
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.views import KernelViewSet, idempotent
from lms.kernel.rules import fetch, require
from realtime.api.chat_shapes import (
    EditMessageSerializer,
    ListedMessageSerializer,
    MessageSerializer,
    NewMessageSerializer,
    PinSerializer,
    PromoteSerializer,
    ReopenedSerializer,
    ReportMessageSerializer,
    RevisionSerializer,
    RoomQuestionSerializer,
    SettledSerializer,
    SettleReportsSerializer,
    ThreadSerializer,
)
from realtime.api.examples import MESSAGE
from realtime.enums import Emoji
from realtime.models import Message, RoomQuestion
from realtime.queries.chat import course_with_room, messages_of, own_reactions, shown_to
from realtime.queries.frames import message_body
from realtime.queries.room import history_of, thread_of
from realtime.rules import (
    EDIT_MESSAGE,
    MODERATE_MESSAGE,
    PROMOTE_MESSAGE,
    VIEW_MESSAGE,
    VIEW_QUESTION,
)
from realtime.services.chat import delete_message, send_message
from realtime.services.editing import edit_message, react
from realtime.services.files import named_files
from realtime.services.moderation import (
    pin_message,
    reopen_reports,
    report_message,
    settle_reports,
)
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
EMOJI = OpenApiParameter("emoji", OpenApiTypes.STR, OpenApiParameter.PATH, enum=Emoji.values)
NEWEST = OpenApiParameter(
    "ordering",
    OpenApiTypes.STR,
    enum=["seq", "-seq"],
    description="By number, or with - the newest first.",
)
MOST_SEQ = 2**62


class MessageViewSet(KernelViewSet):
    """What was said in a room."""

    permission_words = {
        "list": "active members but observers; admins",
        "create": "active members but observers; admins",
        "partial_update": "the author, for 15 minutes",
        "react": "active members but observers; admins",
        "take_back": "active members but observers; admins",
        "thread": "active members but observers; admins",
        "history": "assistants and instructors of the course; admins",
        "pin": "assistants and instructors of the course; admins",
        "report": "active members but observers; admins",
        "reopen": "assistants and instructors of the course; admins",
        "settle": "assistants and instructors of the course; admins",
        "promote": "instructors of the course; admins",
        "tutor": "who asked",
        "ask_again": "who asked",
        "destroy": "the author; assistants and instructors of the course; admins",
    }

    @extend_schema(
        parameters=[ROOM, AFTER, CHANGED, BEFORE, NEWEST],
        responses=ListedMessageSerializer(many=True),
    )
    def list(self, request: Request) -> Response:
        """Messages of a room by number; poll with `after_change` where no socket opens.

        That gives new ones and those that changed, in the order in which it happened.
        """
        course = course_with_room(self.actor, public_id=needed(request, "room"))
        rows = messages_of(self.actor, course)
        for name, lookup in (("after_seq", "seq__gt"), ("before_seq", "seq__lt")):
            if (text := request.query_params.get(name)) is not None:
                rows = rows.filter(**{lookup: number_of(text, name)})
        if asked_choice(request, "ordering", ["seq", "-seq"]) == "-seq":
            rows = rows.order_by("-seq")
        if (text := request.query_params.get("after_change")) is not None:
            rows = rows.filter(change__gt=number_of(text, "after_change")).order_by("change")
        shows = shown_to(self.actor)
        pages = Pages()
        page = pages.paginate_queryset(rows, request) or []
        mine = own_reactions(self.actor, list(page))
        found = [{**message_body(shows(row)), "mine": mine.get(row.public_id, [])} for row in page]
        return pages.get_paginated_response(found)

    @extend_schema(
        request=NewMessageSerializer,
        responses={200: MessageSerializer, 201: MessageSerializer},
        examples=MESSAGE,
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Say something in a room.

        201, or 200 with the first answer when your `client_id` was stored already.
        """
        course = course_with_room(self.actor, public_id=_room_in(request.data))
        data = NewMessageSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        sent = send_message(
            actor=self.actor,
            course=course,
            client_id=data.validated_data["client_id"],
            body=data.validated_data["body"],
            reply_to=data.validated_data["reply_to"],
            files=named_files([dict(one) for one in data.validated_data.get("files", [])]),
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
        """Make an answer of the room one for everybody, which the course's tutor cites."""
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
        """Ask your question to the tutor once more: 202 with the job that answers."""
        job = ask_again(actor=self.actor, question=self._question(id))
        return Response({"job": describe(job)}, status=202)

    @extend_schema(parameters=[ID], request=EditMessageSerializer, responses=MessageSerializer)
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Change the words of your own message, for 15 minutes; staff can read the earlier ones."""
        message = self._message(id)
        require(self.actor, EDIT_MESSAGE, message)
        data = EditMessageSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        row = edit_message(actor=self.actor, message=message, **data.validated_data)
        return Response(message_body(row))

    @extend_schema(parameters=[ID, EMOJI], request=None, responses=MessageSerializer)
    @action(detail=True, methods=["put"], url_path="reactions/(?P<emoji>[a-z_]+)")
    def react(self, _request: Request, id: str, emoji: str) -> Response:  # noqa: A002
        """Put an emoji on a message; again is no error."""
        row = react(actor=self.actor, message=self._message(id), emoji=emoji, on=True)
        return Response(message_body(shown_to(self.actor)(row)))

    @extend_schema(parameters=[ID, EMOJI], responses={200: MessageSerializer})
    @react.mapping.delete
    def take_back(self, _request: Request, id: str, emoji: str) -> Response:  # noqa: A002
        """Take your emoji back; again is no error."""
        row = react(actor=self.actor, message=self._message(id), emoji=emoji, on=False)
        return Response(message_body(shown_to(self.actor)(row)))

    @extend_schema(parameters=[ID], responses=ThreadSerializer)
    @action(detail=True, methods=["get"])
    def thread(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """The thread that a message is in, or begins; 200 replies at most."""
        message = self._message(id)
        found = thread_of(self.actor, message.room.course, message)
        shown = [{**message_body(line.message), "mine": list(line.mine)} for line in found.lines]
        return Response({"root": shown[0], "replies": shown[1:]})

    @extend_schema(parameters=[ID], responses=RevisionSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def history(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """What a message said before it was edited or deleted, for 90 days."""
        rows = history_of(self.actor, self._message(id))
        return Response(RevisionSerializer(rows, many=True).data)

    @extend_schema(parameters=[ID], request=PinSerializer, responses=MessageSerializer)
    @action(detail=True, methods=["post"])
    def pin(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Keep a message at the top of the room, or no longer."""
        message = self._message(id)
        require(self.actor, MODERATE_MESSAGE, message)
        data = PinSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        row = pin_message(actor=self.actor, message=message, **data.validated_data)
        return Response(message_body(shown_to(self.actor)(row)))

    @extend_schema(parameters=[ID], request=ReportMessageSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def report(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Ask the people who teach to look at a message; only they see who did."""
        message = self._message(id)
        data = ReportMessageSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        report_message(actor=self.actor, message=message, **data.validated_data)
        return Response(status=204)

    @extend_schema(parameters=[ID], request=SettleReportsSerializer, responses=SettledSerializer)
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Close the reports of a message, and take the message away if you say so."""
        message = self._message(id)
        require(self.actor, MODERATE_MESSAGE, message)
        data = SettleReportsSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        count = settle_reports(actor=self.actor, message=message, **data.validated_data)
        return Response({"settled": count})

    @extend_schema(parameters=[ID], request=None, responses=ReopenedSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Open the settled reports of a message again."""
        message = self._message(id)
        return Response({"opened": reopen_reports(actor=self.actor, message=message)})

    def _message(self, public_id: str) -> Message:
        select = ("room__course", "sender", "parent", "thread")
        return fetch(self.actor, VIEW_MESSAGE, select=select, public_id=public_id)

    def _question(self, public_id: str) -> RoomQuestion:
        select = ("message__room__course",)
        return fetch(self.actor, VIEW_QUESTION, select=select, message__public_id=public_id)


def _room_in(data: Any) -> str:
    """The room is looked up before the rest is validated (Z2)."""
    value = data.get("room") if isinstance(data, dict) else None
    if not isinstance(value, str) or not value:
        raise Invalid("Name the room.", field="room")
    return value


def number_of(text: str, field: str) -> int:
    """A number of a query. Raises Invalid."""
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) < MOST_SEQ):
        raise Invalid(f"{field} must be a whole number.", field=field)
    return int(text)
