"""Rooms and forums in the admin: looked at, not changed; talk between two people is not there.

What is not named here is shown by the admin itself (`lms.kernel.web.admin`).
"""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from lms.kernel.models import SearchDocument
from lms.kernel.web.admin import ReadOnlyAdmin
from realtime.enums import NotificationKind
from realtime.models import (
    Conversation,
    ConversationMember,
    DirectMessage,
    DirectReport,
    MessageFile,
    MessageReport,
    Notification,
    NotificationPreference,
    PersonBlock,
    PostReport,
    Room,
    RoomRestriction,
)
from realtime.queries.direct import DIRECT


@admin.register(Conversation, ConversationMember, DirectMessage, PersonBlock)
class NobodyAdmin(ReadOnlyAdmin):
    """Between two people: administrators see no more of it than anybody else."""

    def has_view_permission(self, *_args: Any) -> bool:
        return False

    def has_module_permission(self, *_args: Any) -> bool:
        return False


@admin.register(DirectReport)
class DirectReportAdmin(ReadOnlyAdmin):
    """That something was reported and settled; the words are for the staff of the course."""

    fields = ("public_id", "course", "created_at", "settled_at")
    list_display = ("public_id", "course", "created_at", "settled_at")
    list_select_related = ("course",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Neither the message nor by whom it was reported."""
        return list(self.fields)


@admin.register(MessageFile)
class MessageFileAdmin(ReadOnlyAdmin):
    """Files of rooms; those between two people and those not sent yet are their owners' alone."""

    list_display = ("public_id", "message", "name", "content_type", "size", "created_at")
    list_select_related = ("message",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[MessageFile]:
        """Those that were sent into a room."""
        rows: QuerySet[MessageFile] = super().get_queryset(request)
        return rows.filter(message__isnull=False)


@admin.register(SearchDocument)
class SearchDocumentAdmin(ReadOnlyAdmin):
    """What can be found, but for the words of two people: their index has them all."""

    list_filter = ("kind",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SearchDocument]:
        """All kinds but one."""
        rows: QuerySet[SearchDocument] = super().get_queryset(request)
        return rows.exclude(kind=DIRECT)


@admin.register(Room)
class RoomAdmin(ReadOnlyAdmin):
    list_display = ("course", "last_seq", "slow_seconds", "direct")
    list_filter = ("direct",)
    list_select_related = ("course",)
    search_fields = ("course__title",)


@admin.register(RoomRestriction)
class RoomRestrictionAdmin(ReadOnlyAdmin):
    """Who is muted or banned, and until when."""

    list_display = ("course", "user", "kind", "until", "created_at")
    list_filter = ("kind",)
    list_select_related = ("course", "user")
    search_fields = ("course__title", "user__email")


@admin.register(MessageReport)
class MessageReportAdmin(ReadOnlyAdmin):
    list_display = ("message", "reporter", "created_at", "settled_at")
    list_filter = (("settled_at", admin.EmptyFieldListFilter),)
    list_select_related = ("message", "reporter")


@admin.register(PostReport)
class PostReportAdmin(ReadOnlyAdmin):
    list_display = ("post", "reporter", "created_at", "settled_at")
    list_filter = (("settled_at", admin.EmptyFieldListFilter),)
    list_select_related = ("post", "reporter")


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """What people were told, but for who wrote to whom alone."""

    list_display = ("user", "kind", "course", "created_at", "read_at")
    list_filter = ("kind",)
    list_select_related = ("user", "course")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notification]:
        """All kinds but one."""
        rows: QuerySet[Notification] = super().get_queryset(request)
        return rows.exclude(kind=NotificationKind.DIRECT)


@admin.register(NotificationPreference)
class NotificationPreferenceAdmin(ReadOnlyAdmin):
    list_display = ("user", "kind", "in_app", "mail", "push", "frequency")
    list_filter = ("kind", "frequency")
    list_select_related = ("user",)
    search_fields = ("user__email",)
