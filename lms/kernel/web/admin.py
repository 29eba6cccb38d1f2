"""The admin: everything can be looked at, and is changed through services alone.

Apps register what has actions; whatever is left is shown read-only. What the data map hides
(hashes, keys) is shown nowhere.
"""

from typing import Any
from urllib.parse import urlencode

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.core.exceptions import PermissionDenied
from django.db.models import Field, JSONField, Model, TextField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite

from lms.kernel.privacy import data_map, entry_of

MOST_COLUMNS = 7
# What Unfold's own scripts and styles need, for /admin/ alone.
POLICY = {"script-src": [UNSAFE_EVAL], "style-src": [UNSAFE_INLINE], "img-src": ["data:"]}


class Site(UnfoldAdminSite):  # type: ignore[misc]
    """Signs in by the site's own page, under the site's own limits (A5)."""

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's words
        """A view of the admin with the policy that Unfold needs."""
        return csp_update(POLICY)(super().admin_view(view, cacheable))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """To the sign-in page, or to where one wanted to go; 403 for those who may not."""
        onward = request.GET.get("next") or reverse("admin:index")
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        if request.user.is_authenticated:
            raise PermissionDenied
        return HttpResponseRedirect(f"{resolve_url('account_login')}?{urlencode({'next': onward})}")


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]
    """Looking without touching; actions of subclasses call services."""

    show_full_result_count = False
    list_per_page = 50
    compressed_fields = True

    def has_add_permission(self, *_args: Any) -> bool:
        return False

    def has_change_permission(self, *_args: Any) -> bool:
        return False

    def has_delete_permission(self, *_args: Any) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Every column that the data map does not hide."""
        return [field.name for field in shown_fields(self.model)]

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """The columns a class names, else the first few that are short."""
        if self.list_display != ModelAdmin.list_display:
            return list(self.list_display)
        short = [f.name for f in shown_fields(self.model) if not isinstance(f, LONG_FIELDS)]
        return short[:MOST_COLUMNS]

    def get_ordering(self, request: HttpRequest) -> list[str]:
        return list(self.ordering or ["-pk"])


LONG_FIELDS = (TextField, JSONField)


def shown_fields(model: type[Model]) -> list[Field[Any, Any]]:
    """A model's columns without those that its entry in the data map hides."""
    entry = entry_of(model)
    hidden = set(entry.hidden) if entry else set()
    return [f for f in model._meta.concrete_fields if not hidden & {f.name, f.attname}]


def show_the_rest(site: UnfoldAdminSite) -> None:
    """Take out what other projects registered for editing and show every other table read-only.

    A table whose key is a secret is not shown at all: the key stands in every address.
    """
    for model, registered in list(site._registry.items()):  # noqa: SLF001 - there is no other way
        if not isinstance(registered, ModelAdmin):
            site.unregister(model)
    for model in data_map():
        if not site.is_registered(model) and model._meta.pk in shown_fields(model):
            site.register(model, ReadOnlyAdmin)
