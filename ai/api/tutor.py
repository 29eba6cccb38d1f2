"""Ask the tutor through the API, whole or as a stream of events."""

from collections.abc import Iterator
from typing import Any, Final

import orjson
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from ai.api.streaming import event_stream
from ai.enums import Rating, TutorHelp
from ai.models import Conversation, Exchange
from ai.queries.sight import said
from ai.queries.tutor import Stretch, conversations, exchange_in, newest_stretches, stretch_of
from ai.rules import VIEW_CONVERSATION
from ai.services.exchanges import delete_conversation, rate_exchange, send_on
from ai.services.tutor import Done, Talk, answer_talk, ask_tutor, open_talk
from ai.services.tutor_help import require_earlier
from ai.services.tutor_words import Part
from assessments.api.fields import paged_together
from assessments.enums import AiHelp
from assessments.queries.exam import ai_help
from courses.api.shapes import ID, KEY, PAGING, asked, checked, course_of, lesson_of, named
from lms.kernel.errors import Invalid, KernelError, NotFound
from lms.kernel.rest.views import KernelViewSet, idempotent
from lms.kernel.rest.wire import dump_json
from lms.kernel.rules import fetch, require_write

EVENT_STREAM: Final = "text/event-stream"
LISTED: Final = 12
TOLD: Final = 100
BEFORE: Final = OpenApiParameter(
    "before", OpenApiTypes.STR, description="Id of an exchange: those before it."
)

# One event of the stream; `data` is the JSON of its shape, as text.
EVENT: Final = inline_serializer(
    "Event",
    {
        "event": serializers.ChoiceField(choices=["token", "citation", "done", "error"]),
        "data": serializers.CharField(),
    },
)


class EventStreamRenderer(BaseRenderer):
    """Lets a client ask for events; refusals, which come before the first, are still JSON."""

    media_type = EVENT_STREAM
    format = "events"

    def render(self, data: Any, *_args: Any, **_kwargs: Any) -> bytes:
        """A refusal."""
        return dump_json(data) if data is not None else b""


class TutorIn(serializers.Serializer[Any]):
    """`conversation` goes on with one of your own; `lesson` says what you are reading."""

    course = serializers.CharField(max_length=22)
    message = serializers.CharField(max_length=2_000, trim_whitespace=False)
    conversation = serializers.CharField(required=False, allow_blank=True, max_length=22)
    lesson = serializers.CharField(required=False, max_length=22)


class CitationOut(serializers.Serializer[Any]):
    """A place in the course: block key, lesson id, and words that stand there ("" in a hint).

    `title` is the place in words. Of an answered question of the course `block` is its id, and
    `lesson` may be empty.
    """

    block = serializers.CharField()
    lesson = serializers.CharField(allow_blank=True)
    quote = serializers.CharField(allow_blank=True)
    title = serializers.CharField(allow_blank=True)


class TutorOut(serializers.Serializer[Any]):
    """`answerable` false: what you can read of the course does not say it.

    `conversation` and `exchange` are empty when nothing was kept. `provider` is `extractive` where
    the answer is quotes and no model spoke.
    """

    conversation = serializers.CharField(allow_blank=True)
    exchange = serializers.CharField(allow_blank=True)
    answer = serializers.CharField()
    answerable = serializers.BooleanField()
    citations = CitationOut(many=True)
    mode = serializers.ChoiceField(choices=TutorHelp.choices)
    provider = serializers.CharField()


class ExchangeOut(serializers.Serializer[Any]):
    """A question and its answer; `reply` is what somebody who teaches added.

    `hidden`: an exam of yours keeps back what was answered while it runs.
    """

    id = serializers.CharField()
    question = serializers.CharField()
    answer = serializers.CharField()
    answerable = serializers.BooleanField()
    citations = CitationOut(many=True)
    mode = serializers.ChoiceField(choices=TutorHelp.choices)
    rating = serializers.ChoiceField(choices=Rating.choices, allow_blank=True)
    sent_on = serializers.BooleanField()
    reply = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    hidden = serializers.BooleanField()


class ConversationOut(serializers.Serializer[Any]):
    """One of your conversations with the tutor; `earlier`: it has more before these exchanges."""

    id = serializers.CharField()
    course = serializers.CharField()
    updated_at = serializers.DateTimeField()
    earlier = serializers.BooleanField()
    exchanges = ExchangeOut(many=True)


class RateIn(serializers.Serializer[Any]):
    """Whether an answer helped, and why."""

    exchange = serializers.CharField(max_length=22)
    rating = serializers.ChoiceField(choices=Rating.choices)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)


class SendOnIn(serializers.Serializer[Any]):
    """The question to pass to the people who teach."""

    exchange = serializers.CharField(max_length=22)


class TutorViewSet(KernelViewSet):
    """The tutor answers from what you can read of a course, and says where it stands."""

    throttle_scope = "ai"
    permission_words = {
        "create": "members of the course but observers; hints or nothing during an exam",
        "list": "your own conversations; an exam that limits AI hides answers",
        "retrieve": "your own conversations; an exam that limits AI hides answers",
        "destroy": "your own conversations",
        "rate": "your own conversations; not while an exam turns AI off",
        "send_on": "your own conversations; not while an exam turns AI off",
    }

    def get_renderers(self) -> list[BaseRenderer]:
        """JSON first; asking may also be answered as events."""
        found: list[BaseRenderer] = list(super().get_renderers())
        return [*found, EventStreamRenderer()] if self.action == "create" else found

    @extend_schema(
        parameters=[KEY],
        request=TutorIn,
        responses={
            (200, "application/json"): TutorOut,
            (200, EVENT_STREAM): OpenApiResponse(
                EVENT,
                description="Events `token` {text}, `citation` {block, lesson, quote, title}, "
                "then `done` with the whole answer, or `error` {code, detail}.",
            ),
        },
    )
    def create(self, request: Request) -> HttpResponseBase:
        """Ask the tutor. With `Accept: text/event-stream` the answer comes in events."""
        if request.accepted_renderer.media_type == EVENT_STREAM:
            return self._streamed(request)
        # What was kept of an earlier request is an earlier answer: an exam may hide it by now.
        limited = ai_help(self.actor) != AiHelp.FULL
        return self._whole(request) if limited else self._once(request)

    @idempotent
    def _once(self, request: Request) -> Response:
        return self._whole(request)

    def _whole(self, request: Request) -> Response:
        return Response(answer_data(ask_tutor(actor=self.actor, **self._question(request))))

    def _streamed(self, request: Request) -> HttpResponseBase:
        talk = open_talk(actor=self.actor, **self._question(request))
        return event_stream(request._request, events(talk))

    def _question(self, request: Request) -> dict[str, Any]:
        """The service's arguments; what is named is looked up before the rest is checked (Z2)."""
        require_write(self.actor)
        course = course_of(self.actor, named(request, "course"))
        wished = named(request, "lesson", required=False)
        lesson = lesson_of(self.actor, wished) if wished else None
        fields = checked(TutorIn, request)
        return {
            "course": course,
            "lesson": lesson,
            "message": fields["message"],
            "conversation": fields.get("conversation", ""),
        }

    @extend_schema(parameters=PAGING, responses=ConversationOut(many=True))
    def list(self, request: Request) -> Response:
        """Your conversations, newest first, each with the newest twelve exchanges."""
        left = require_earlier(self.actor)

        def shape(rows: list[Conversation]) -> list[dict[str, Any]]:
            newest = newest_stretches(rows, LISTED)
            return [conversation_data(row, newest[row.pk], left) for row in rows]

        return paged_together(request, conversations(self.actor), shape)

    @extend_schema(parameters=[ID, BEFORE], responses=ConversationOut)
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One conversation with its newest hundred exchanges, or those before one."""
        row = self._mine(id)
        left = require_earlier(self.actor)
        stretch = stretch_of(row, TOLD, before=asked(request, "before"))
        return Response(conversation_data(row, stretch, left))

    @extend_schema(parameters=[ID], responses={204: None})
    def destroy(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Delete a conversation and everything in it."""
        delete_conversation(actor=self.actor, conversation=self._mine(id))
        return Response(status=204)

    @extend_schema(parameters=[ID], request=RateIn, responses=ConversationOut)
    @action(detail=True, methods=["post"])
    def rate(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Say whether an answer helped."""
        row = self._mine(id)
        require_write(self.actor)
        left = require_earlier(self.actor)
        fields = checked(RateIn, request)
        rate_exchange(
            actor=self.actor,
            exchange=_exchange(row, fields["exchange"]),
            rating=fields["rating"],
            reason=fields.get("reason", ""),
        )
        return Response(conversation_data(row, stretch_of(row, TOLD), left))

    @extend_schema(parameters=[ID], request=SendOnIn, responses=ConversationOut)
    @action(detail=True, methods=["post"], url_path="send-on")
    def send_on(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Pass a question to the people who teach."""
        row = self._mine(id)
        require_write(self.actor)
        left = require_earlier(self.actor)
        send_on(actor=self.actor, exchange=_exchange(row, checked(SendOnIn, request)["exchange"]))
        return Response(conversation_data(row, stretch_of(row, TOLD), left))

    def _mine(self, public_id: str) -> Conversation:
        return fetch(self.actor, VIEW_CONVERSATION, select=("course",), public_id=public_id)


def events(talk: Talk) -> Iterator[bytes]:
    """The answer as server-sent events; a refusal midway is told as `error`."""
    try:
        for step in answer_talk(talk, live=True):
            if isinstance(step, Done):
                yield _event("done", answer_data(step))
                return
            yield from _part(step)
    except KernelError as problem:
        yield _event("error", {"code": problem.code, "detail": problem.detail})


def _part(part: Part) -> Iterator[bytes]:
    yield _event("token", {"text": part.text})
    for citation in part.citations:
        yield _event("citation", citation.as_json())


def _event(name: str, data: dict[str, Any]) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + orjson.dumps(data) + b"\n\n"


def answer_data(done: Done) -> dict[str, Any]:
    """The fixed public shape of an answer."""
    reply = done.reply
    return {
        "conversation": done.conversation.public_id if done.conversation else "",
        "exchange": done.exchange.public_id if done.exchange else "",
        "answer": reply.answer,
        "answerable": reply.answerable,
        "citations": [one.as_json() for one in reply.citations],
        "mode": reply.mode,
        "provider": reply.provider,
    }


def conversation_data(row: Conversation, stretch: Stretch, left: AiHelp) -> dict[str, Any]:
    """A conversation with some of its exchanges, as far as an exam lets them be read."""
    return {
        "id": row.public_id,
        "course": row.course.public_id,
        "updated_at": row.updated_at,
        "earlier": stretch.earlier,
        "exchanges": [
            {
                "id": one.public_id,
                "question": one.question,
                "answer": one.answer,
                "answerable": one.answerable,
                "citations": one.citations,
                "mode": one.mode,
                "rating": one.rating,
                "sent_on": one.sent_on,
                "reply": one.reply,
                "created_at": one.created_at,
                "hidden": one.hidden,
            }
            for one in said(stretch.exchanges, left)
        ],
    }


def _exchange(row: Conversation, public_id: str) -> Exchange:
    try:
        return exchange_in(row, public_id)
    except NotFound:
        raise Invalid(_("This is not in the conversation."), field="exchange") from None
