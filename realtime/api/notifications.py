"""Notifications through the API."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from lms.kernel.errors import Invalid
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.views import KernelViewSet
from lms.kernel.rules import fetch
from realtime.api.examples import NOTIFICATIONS
from realtime.enums import NotificationKind
from realtime.models import Notification
from realtime.queries.notifications import (
    notifications_of,
    unread_count,
    words_of,
)
from realtime.rules import VIEW_NOTIFICATION
from realtime.services.notify import mark_all_read, mark_read
from realtime.services.occasions import link_of

ID = OpenApiParameter("id", OpenApiTypes.STR, OpenApiParameter.PATH)
UNREAD = OpenApiParameter("unread", OpenApiTypes.BOOL, description="Only unread ones.")


class NotificationSerializer(serializers.Serializer[Any]):
    """A notification in your language; `url` is a path of this site."""

    id = serializers.CharField(source="public_id")
    kind = serializers.ChoiceField(choices=NotificationKind.choices)
    course = serializers.SerializerMethodField()
    title = serializers.SerializerMethodField()
    detail = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()
    read_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()

    def get_url(self, row: Notification) -> str:
        """Where it leads."""
        return link_of(row)

    def get_course(self, row: Notification) -> str | None:
        """The course's id."""
        return row.course.public_id if row.course is not None else None

    def get_title(self, row: Notification) -> str:
        """What happened."""
        return words_of(row).title

    def get_detail(self, row: Notification) -> str:
        """What to do about it."""
        return words_of(row).detail


class CountSerializer(serializers.Serializer[Any]):
    """How many are unread, counted to 100."""

    count = serializers.IntegerField()


class ReadSerializer(serializers.Serializer[Any]):
    """How many were marked."""

    read = serializers.IntegerField()


class NotificationViewSet(KernelViewSet):
    """What you were told."""

    permission_words = {
        "list": "anyone signed in, their own",
        "retrieve": "whose it is",
        "read": "whose it is",
        "read_all": "anyone signed in, their own",
        "unread_count": "anyone signed in, their own",
    }

    @extend_schema(
        parameters=[UNREAD], responses=NotificationSerializer(many=True), examples=NOTIFICATIONS
    )
    def list(self, request: Request) -> Response:
        """Your notifications, newest first."""
        asked = request.query_params.get("unread", "").lower()
        if asked not in {"", "true", "false"}:
            raise Invalid("unread is true or false.", field="unread")
        rows = notifications_of(self.actor, unread=asked == "true")
        pages = Pages()
        page = pages.paginate_queryset(rows, request) or []
        return pages.get_paginated_response(NotificationSerializer(page, many=True).data)

    @extend_schema(parameters=[ID], responses=NotificationSerializer)
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One of your notifications."""
        return Response(NotificationSerializer(self._found(id)).data)

    @extend_schema(parameters=[ID], request=None, responses=NotificationSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Mark a notification as read."""
        row = mark_read(actor=self.actor, notification=self._found(id))
        return Response(NotificationSerializer(row).data)

    @extend_schema(request=None, responses=ReadSerializer)
    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request: Request) -> Response:
        """Mark all notifications as read."""
        return Response({"read": mark_all_read(actor=self.actor)})

    @extend_schema(responses=CountSerializer)
    @action(detail=False, methods=["get"], url_path="unread-count")
    def unread_count(self, request: Request) -> Response:
        """How many notifications are unread."""
        return Response({"count": unread_count(self.actor)})

    def _found(self, public_id: str) -> Notification:
        return fetch(self.actor, VIEW_NOTIFICATION, select=("course",), public_id=public_id)
