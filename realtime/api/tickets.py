"""Socket tickets through the API; exempt from Idempotency-Key, because a ticket is a secret."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lms.kernel.rest.views import KernelViewSet
from realtime.queries.chat import course_with_room
from realtime.services.tickets import issue_ticket


class NewTicketSerializer(serializers.Serializer[Any]):
    """The course whose room the ticket is for; without it, any socket you may open."""

    course = serializers.CharField(max_length=22, required=False)


class TicketSerializer(serializers.Serializer[Any]):
    """A ticket for one socket: `?ticket=…` within 30 seconds."""

    ticket = serializers.CharField()
    expires_at = serializers.DateTimeField()


class TicketViewSet(KernelViewSet):
    """Tickets that open a socket where no cookie can."""

    permission_words = {"create": "anyone signed in; for a course its members but observers"}

    @extend_schema(request=NewTicketSerializer, responses={201: TicketSerializer})
    def create(self, request: Request) -> Response:
        """A ticket good for one socket, where no session cookie can be sent.

        Use it within 30 seconds: `/ws/courses/{id}/chat/?ticket=…` for the room of a course (name
        the course in the body), `/ws/me/?ticket=…` for notifications and the progress of jobs.
        The frames that go both ways, their fields and the closing codes are in `docs/realtime.md`.
        """
        data = NewTicketSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        given = data.validated_data.get("course")
        course = course_with_room(self.actor, public_id=given) if given else None
        made = issue_ticket(actor=self.actor, course=course)
        return Response({"ticket": made.ticket, "expires_at": made.expires_at}, status=201)
