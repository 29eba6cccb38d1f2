"""Planned events in the admin: looked at, not changed."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from interop.models import CalendarEvent
from lms.kernel.web.admin import ReadOnlyAdmin


@admin.register(CalendarEvent)
class CalendarEventAdmin(ReadOnlyAdmin):
    """What courses plan; what people plan for themselves is theirs alone."""

    list_display = ("public_id", "course", "title", "starts_at", "all_day")
    list_filter = ("all_day",)
    search_fields = ("public_id", "title")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CalendarEvent]:
        """Those of courses."""
        rows: QuerySet[CalendarEvent] = super().get_queryset(request)
        return rows.filter(owner=None).select_related("course")
