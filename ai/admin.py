"""Read-only views of the ledger and of drafts; people decide in the review queue."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from ai.models import AiCall, Draft


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]
    """Shows rows and changes none."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AiCall)
class AiCallAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at",
        "person",
        "course",
        "purpose",
        "provider",
        "model",
        "tokens_in",
        "tokens_out",
        "milliseconds",
        "outcome",
    )
    list_filter = ("provider", "outcome", "purpose")
    list_select_related = ("person", "course")
    date_hierarchy = "created_at"


@admin.register(Draft)
class DraftAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "kind", "course", "provider", "state", "created_at")
    list_filter = ("state", "kind", "provider")
    list_select_related = ("course",)
