"""Messages between two people through the API."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.fields import asked_choice
from courses.api.shapes import needed
from courses.models import Course
from lms.kernel.errors import Invalid
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.views import KernelViewSet, idempotent
from lms.kernel.rules import require
from realtime.api.chat import AFTER, BEFORE, CHANGED, NEWEST, number_of
from realtime.api.chat_shapes import MemberSerializer
from realtime.api.direct_shapes import (
    ConversationDetailSerializer,
    ConversationSerializer,
    DirectMessageSerializer,
    EditDirectMessageSerializer,
    NewDirectMessageSerializer,
    PersonBlockSerializer,
    ReadConversationSerializer,
    ReportDirectSerializer,
    UnreadConversationsSerializer,
)
from realtime.api.examples import DIRECT
from realtime.queries.direct import (
    Talk,
    blocked_by,
    conversations_of,
    direct_body,
    direct_seen,
    directs_of,
    found_direct,
    may_write_to,
    people_to_write,
    person_to_write,
    shared_courses,
    talk_of,
    talks,
    unread_talks,
)
from realtime.queries.frames import member_frame, moment
from realtime.rules.direct import CHANGE_DIRECT
from realtime.services.direct import (
    block_person,
    delete_direct,
    edit_direct,
    read_conversation,
    report_direct,
    send_direct,
)
from realtime.services.files import named_files

ID = OpenApiParameter("id", OpenApiTypes.STR, OpenApiParameter.PATH)
WORDS = OpenApiParameter("q", OpenApiTypes.STR, description="Words, or the beginning of a name.")
CONVERSATION = OpenApiParameter(
    "conversation", OpenApiTypes.STR, required=True, description="Id of the conversation."
)


class ConversationViewSet(KernelViewSet):
    """Your conversations with one other person each."""

    permission_words = {
        "list": "anyone signed in: their own, not while an exam closes the chat",
        "retrieve": "its two people",
        "read": "its two people",
        "block": "its two people",
        "unblock": "its two people",
        "people": "anyone signed in: whom they may write to",
        "search": "anyone signed in: their own",
        "unread": "anyone signed in: their own",
    }

    @extend_schema(responses=ConversationSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Your conversations, the latest first."""
        pages = Pages()
        page = pages.paginate_queryset(conversations_of(self.actor), request) or []
        return pages.get_paginated_response([_talk(talk) for talk in talks(page)])

    @extend_schema(parameters=[ID], responses=ConversationDetailSerializer)
    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One conversation, and whether you may write there now."""
        talk = talk_of(self.actor, id)
        other = talk.other
        more = {
            "may_write": may_write_to(self.actor, other),
            "blocked": other is not None and blocked_by(self.actor.user_id or 0, other.pk),
        }
        return Response({**_talk(talk), **more})

    @extend_schema(
        parameters=[ID], request=ReadConversationSerializer, responses=ReadConversationSerializer
    )
    @action(detail=True, methods=["post"])
    def read(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Say up to which number you have read a conversation; the number only grows."""
        talk = talk_of(self.actor, id)
        data = ReadConversationSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        seq = read_conversation(
            actor=self.actor, conversation=talk.conversation, **data.validated_data
        )
        return Response({"seq": seq})

    @extend_schema(parameters=[ID], request=None, responses=PersonBlockSerializer)
    @action(detail=True, methods=["put"])
    def block(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Want no messages of the other one; they are not told, what was said stays readable."""
        block_person(actor=self.actor, conversation=talk_of(self.actor, id).conversation, on=True)
        return Response({"blocked": True})

    @extend_schema(parameters=[ID], responses={200: PersonBlockSerializer})
    @block.mapping.delete
    def unblock(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Want messages of the other one again."""
        block_person(actor=self.actor, conversation=talk_of(self.actor, id).conversation, on=False)
        return Response({"blocked": False})

    @extend_schema(parameters=[WORDS], responses=MemberSerializer(many=True))
    @action(detail=False, methods=["get"], pagination_class=None)
    def people(self, request: Request) -> Response:
        """Up to 8 people to whom you may write, by the beginning of a name."""
        found = people_to_write(self.actor, request.query_params.get("q", "")[:200])
        return Response([member_frame(user) for user in found])

    @extend_schema(parameters=[WORDS], responses=DirectMessageSerializer(many=True))
    @action(detail=False, methods=["get"], pagination_class=None)
    def search(self, request: Request) -> Response:
        """The 50 messages of your conversations that fit these words best."""
        found = found_direct(self.actor, request.query_params.get("q", "")[:200])
        return Response([direct_body(row) for row in found])

    @extend_schema(responses=UnreadConversationsSerializer)
    @action(detail=False, methods=["get"], url_path="unread-count")
    def unread(self, _request: Request) -> Response:
        """How many of your conversations have something new."""
        return Response({"count": unread_talks(self.actor)})


class DirectMessageViewSet(KernelViewSet):
    """What two people write to each other."""

    permission_words = {
        "list": "the two people of the conversation",
        "create": "who shares a course whose policy allows it",
        "partial_update": "the author, for 15 minutes",
        "destroy": "the author",
        "report": "who got it",
    }

    @extend_schema(
        parameters=[CONVERSATION, AFTER, CHANGED, BEFORE, NEWEST],
        responses=DirectMessageSerializer(many=True),
    )
    def list(self, request: Request) -> Response:
        """Messages of a conversation by number.

        With `after_change` new ones and those that changed, as it was.
        """
        query = request.query_params
        talk = talk_of(self.actor, needed(request, "conversation"))
        rows = directs_of(self.actor, talk.conversation)
        for name, lookup in (("after_seq", "seq__gt"), ("before_seq", "seq__lt")):
            if (text := query.get(name)) is not None:
                rows = rows.filter(**{lookup: number_of(text, name)})
        if asked_choice(request, "ordering", ["seq", "-seq"]) == "-seq":
            rows = rows.order_by("-seq")
        if (text := query.get("after_change")) is not None:
            rows = rows.filter(change__gt=number_of(text, "after_change")).order_by("change")
        pages = Pages()
        page = pages.paginate_queryset(rows, request) or []
        return pages.get_paginated_response([direct_body(row) for row in page])

    @extend_schema(
        request=NewDirectMessageSerializer,
        responses={200: DirectMessageSerializer, 201: DirectMessageSerializer},
        examples=DIRECT,
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Write to somebody: 201, or 200 with the first answer when your `client_id` was stored."""
        person = person_to_write(self.actor, _person_in(request.data))
        data = NewDirectMessageSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        sent = send_direct(
            actor=self.actor,
            person=person,
            client_id=data.validated_data["client_id"],
            body=data.validated_data["body"],
            files=named_files([dict(one) for one in data.validated_data.get("files", [])]),
        )
        return Response(direct_body(sent.message), status=201 if sent.fresh else 200)

    @extend_schema(
        parameters=[ID], request=EditDirectMessageSerializer, responses=DirectMessageSerializer
    )
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Change the words of your own message, for 15 minutes."""
        message = direct_seen(self.actor, id)
        require(self.actor, CHANGE_DIRECT, message)
        data = EditDirectMessageSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        row = edit_direct(actor=self.actor, message=message, **data.validated_data)
        return Response(direct_body(row))

    @extend_schema(parameters=[ID], responses={204: None})
    def destroy(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Take your message away from both; its number stays."""
        delete_direct(actor=self.actor, message=direct_seen(self.actor, id))
        return Response(status=204)

    @extend_schema(parameters=[ID], request=ReportDirectSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def report(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Show a message to the staff of a course that you share; only they see who did."""
        message = direct_seen(self.actor, id)
        data = ReportDirectSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        given = data.validated_data
        report_direct(
            actor=self.actor,
            message=message,
            course=_course(message, given["course"]),
            reason=given["reason"],
        )
        return Response(status=204)


def _course(message: Any, public_id: str) -> Course | None:
    if not public_id:
        return None
    found = shared_courses(message).filter(public_id=public_id).first()
    if found is None:
        raise Invalid("Choose a course that you share.", field="course")
    return found


def _person_in(data: Any) -> str:
    """The person is looked up before the rest is validated (Z2)."""
    value = data.get("person") if isinstance(data, dict) else None
    if not isinstance(value, str) or not value:
        raise Invalid("Name the person.", field="person")
    return value


def _talk(talk: Talk) -> dict[str, Any]:
    row = talk.conversation
    return {
        "id": row.public_id,
        "person": None if talk.other is None else member_frame(talk.other),
        "last_seq": row.last_seq,
        "last_change": row.last_change,
        "last_at": moment(row.last_at),
        "read": talk.read,
        "unread": talk.unread,
    }
