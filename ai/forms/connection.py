"""Admin forms of providers, allowed addresses and budgets; the services decide."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from ai.enums import ProviderKind
from ai.gateway.addresses import plain_url
from ai.models import AllowedAddress, Budget, Price, Profile, Provider
from ai.services.connection import ProviderFields, check_url
from ai.services.settings import check_budget
from lms.kernel.errors import Invalid


class AddressForm(forms.ModelForm[AllowedAddress]):
    """One allowed address."""

    class Meta:
        model = AllowedAddress
        fields = ("url",)

    def clean_url(self) -> str:
        """The plain form of it."""
        try:
            return plain_url(self.cleaned_data["url"])
        except ValueError as problem:
            raise forms.ValidationError(str(problem)) from None


class ProviderForm(forms.ModelForm[Provider]):
    """A provider; its key goes in and never comes out."""

    key = forms.CharField(
        label=_("Key"),
        required=False,
        strip=True,
        max_length=500,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"}),
        help_text=_("Write it to set or replace it; left empty, the stored one stays."),
    )
    forget_key = forms.BooleanField(label=_("Forget the stored key"), required=False)

    class Meta:
        model = Provider
        fields = ("name", "kind", "base_url", "timeout", "active")

    def clean(self) -> dict[str, Any]:
        """The address must be allowed."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                check_url(self.provider_fields())
            except Invalid as problem:
                self.add_error("base_url", problem.detail)
        return data

    def provider_fields(self) -> ProviderFields:
        """What the service wants."""
        data = self.cleaned_data
        key = "" if data.get("forget_key") else data.get("key") or None
        return ProviderFields(
            name=data["name"],
            kind=ProviderKind(data["kind"]),
            base_url=data["base_url"],
            key=key,
            timeout=data["timeout"],
            active=data["active"],
        )


class BudgetForm(forms.ModelForm[Budget]):
    """A cap; whom it names must fit what it is for."""

    class Meta:
        model = Budget
        fields = ("scope", "period", "role", "course", "person", "tokens", "money")
        help_texts: ClassVar = {
            "period": _("Days and months begin at midnight UTC."),
            "role": _("Of a role: whose. Of one person: for each of that role."),
            "course": _("Of one course: which. Empty: each course."),
            "person": _("Of one person: who. Empty: each person."),
            "tokens": _("In and out together. Empty: no cap in tokens."),
            "money": _("Such as cents, by the prices that are entered. Empty: no cap in money."),
        }

    def clean(self) -> dict[str, Any]:
        """The service's own check, so that its words stand beside the field."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                check_budget(Budget(**data))
            except Invalid as problem:
                self.add_error(next(iter(problem.errors)), problem.detail)
        return data


class ProfileForm(forms.ModelForm[Profile]):
    """One step of an order of models, with what empty fields mean."""

    class Meta:
        model = Profile
        fields = (
            "purpose",
            "course",
            "role",
            "ordinal",
            "provider",
            "model",
            "temperature",
            "max_tokens",
            "active",
        )
        help_texts: ClassVar = {
            "purpose": _("Empty: every purpose that has no profile of its own."),
            "course": _("Empty: the whole site. A course's profiles come before the site's."),
            "role": _("Of whoever asks. Empty: everybody."),
            "ordinal": _("Lower goes first; the next is asked when one fails."),
            "model": _("Its name at the provider; of a model on this machine anything."),
            "max_tokens": _("Empty: what the purpose allows."),
        }


class PriceForm(forms.ModelForm[Price]):
    """A price with its unit."""

    class Meta:
        model = Price
        fields = ("provider", "model", "valid_from", "per_million_in", "per_million_out")
        help_texts: ClassVar = {
            "provider": _("Empty: this model at every provider."),
            "per_million_in": _("In minor units of the site's currency, such as cents."),
            "per_million_out": _("In minor units of the site's currency, such as cents."),
        }
