"""AI in the admin: the ledger to look at; connections, prices and budgets kept through services."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldBooleanSwitchWidget

from ai.forms.connection import AddressForm, BudgetForm, PriceForm, ProfileForm, ProviderForm
from ai.models import (
    AiCall,
    AiCourse,
    AiSite,
    AllowedAddress,
    AnswerDraft,
    Budget,
    CachedAnswer,
    CallText,
    Chunk,
    ChunkVector,
    Conversation,
    Dependence,
    Draft,
    Exchange,
    MarkDraft,
    Price,
    Profile,
    Provider,
    Reservation,
    SourceDocument,
    TutorSetting,
    Window,
)
from ai.services.connection import (
    allow_address,
    delete_provider,
    forget_address,
    probe_provider,
    save_provider,
)
from ai.services.settings import delete_setting, save_setting
from lms.kernel.errors import KernelError
from lms.kernel.web.admin import ReadOnlyAdmin
from lms.kernel.web.middleware import actor_of


class UnlistedAdmin(ReadOnlyAdmin):
    """Tables that nobody looks for: they have an address, and are not in the admin's list."""

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        return {}


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
    list_filter = ("provider", "outcome", "purpose", "role")
    list_select_related = ("person", "course")
    date_hierarchy = "created_at"


@admin.register(CallText)
class CallTextAdmin(UnlistedAdmin):
    """That a text is kept, not the text: it is its person's to read."""

    list_display = ("created_at", "person", "call", "hidden")
    list_select_related = ("person", "call")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["created_at", "person", "call", "hidden"]


@admin.register(Draft)
class DraftAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "kind", "course", "provider", "state", "created_at")
    list_filter = ("state", "kind", "provider")
    list_select_related = ("course",)


class PrivateAdmin(UnlistedAdmin):
    """That rows are there and how they stand, never what people wrote: no row can be opened."""

    list_display_links = None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and bool(super().has_view_permission(request))


@admin.register(Conversation)
class ConversationAdmin(PrivateAdmin):
    list_display = ("public_id", "course", "created_at", "updated_at")
    list_select_related = ("course",)


@admin.register(Exchange)
class ExchangeAdmin(PrivateAdmin):
    list_display = ("public_id", "course", "answerable", "mode", "provider", "rating", "created_at")
    list_select_related = ("course",)


@admin.register(CachedAnswer)
class CachedAnswerAdmin(PrivateAdmin):
    list_display = ("course", "tokens_in", "tokens_out", "created_at")
    list_select_related = ("course",)


for _model in (
    AiCourse,
    AnswerDraft,
    Chunk,
    ChunkVector,
    Dependence,
    MarkDraft,
    Reservation,
    SourceDocument,
    TutorSetting,
    Window,
):
    admin.site.register(_model, UnlistedAdmin)


class SettingAdmin(ModelAdmin):  # type: ignore[misc]
    """Rows that admins keep; written by a service, its refusals shown as messages."""

    list_per_page = 50
    compressed_fields = True

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: Any) -> None:
        save_setting(actor=actor_of(request), row=obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        delete_setting(actor=actor_of(request), row=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for row in queryset:
            self.delete_model(request, row)


@admin.register(Profile)
class ProfileAdmin(SettingAdmin):
    form = ProfileForm
    list_display = ("purpose", "course", "role", "ordinal", "provider", "model", "active")
    list_select_related = ("course", "provider")
    list_filter = ("purpose", "role", "active")
    raw_id_fields = ("course",)


@admin.register(Price)
class PriceAdmin(SettingAdmin):
    form = PriceForm
    list_display = ("model", "provider", "valid_from", "per_million_in", "per_million_out")
    list_select_related = ("provider",)


@admin.register(Budget)
class BudgetAdmin(SettingAdmin):
    form = BudgetForm
    list_display = ("scope", "period", "role", "course", "person", "tokens", "money")
    list_select_related = ("course", "person")
    list_filter = ("scope", "period")
    raw_id_fields = ("course", "person")


@admin.register(AiSite)
class AiSiteAdmin(SettingAdmin):
    list_display = ("currency", "ask_consent", "text_days", "cache_hours")
    exclude = ("off_purposes",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not AiSite.objects.exists()


@admin.register(AllowedAddress)
class AllowedAddressAdmin(SettingAdmin):
    """Where providers may be; an address is added and deleted, never changed."""

    form = AddressForm
    list_display = ("url", "created_at")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm[Any], change: Any) -> None:
        obj.pk = allow_address(actor=actor_of(request), url=obj.url).pk

    def delete_model(self, request: HttpRequest, obj: AllowedAddress) -> None:
        forget_address(actor=actor_of(request), address=obj)


@admin.register(Provider)
class ProviderAdmin(SettingAdmin):
    """Connected models. The key is write-only."""

    form = ProviderForm
    list_display = ("name", "kind", "base_url", "key_stored", "active", "probed_at")
    readonly_fields = ("key_stored", "found", "probed_at")
    actions = ("check_connection",)

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """The form's own fields in the admin's look; without it the key has no visible box."""
        form = super().get_form(request, obj, **kwargs)
        asked = {"autocomplete": "off"}
        form.base_fields["key"].widget = UnfoldAdminPasswordWidget(asked, render_value=False)
        form.base_fields["forget_key"].widget = UnfoldBooleanSwitchWidget()
        return form

    @admin.display(description=gettext_lazy("key stored"), boolean=True)
    def key_stored(self, provider: Provider) -> bool:
        return provider.has_key

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        stored = Provider.objects.filter(pk=obj.pk).first() if change else None
        saved = save_provider(
            actor=actor_of(request), fields=form.provider_fields(), provider=stored
        )
        obj.pk = saved.pk

    def delete_model(self, request: HttpRequest, obj: Provider) -> None:
        delete_provider(actor=actor_of(request), provider=obj)

    @admin.action(description=gettext_lazy("Check the connection of each profile's model"))
    def check_connection(self, request: HttpRequest, rows: QuerySet[Provider]) -> None:
        """Ask each model that a profile names; it costs a few dozen tokens."""
        for row in rows:
            models = list(row.profiles.values_list("model", flat=True).distinct()[:5])
            if not models:
                messages.warning(request, _("%(name)s: no profile names a model.") % {"name": row})
            for model in models:
                self._check(request, row, model)

    def _check(self, request: HttpRequest, row: Provider, model: str) -> None:
        names = {"name": row, "model": model}
        try:
            found = probe_provider(actor=actor_of(request), provider=row, model=model)
        except KernelError as problem:
            messages.error(request, f"{row}: {problem.detail}")
            return
        if found.able.get("schema") is None:
            words = _("%(name)s, %(model)s: %(problem)s")
            messages.error(request, words % {**names, "problem": found.problem})
            return
        able = ", ".join(name for name, there in found.able.items() if there) or "-"
        messages.success(
            request, _("%(name)s, %(model)s answers. It has: %(able)s") % {**names, "able": able}
        )
