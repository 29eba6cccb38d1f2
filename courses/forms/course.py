"""Creating a course and its settings."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from courses.enums import CourseLevel, EnrolmentPolicy
from courses.services.course import CourseContent, content_of
from lms.kernel.web.tags import MINOR_DIGITS

if TYPE_CHECKING:
    from courses.models import Course

LANGUAGES = (
    ("en", "English"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("es", "Español"),
    ("it", "Italiano"),
    ("pt", "Português"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("tr", "Türkçe"),
    ("ar", "العربية"),
    ("fa", "فارسی"),
    ("he", "עברית"),
    ("hi", "हिन्दी"),
    ("zh", "中文"),
    ("ja", "日本語"),
)


class LocalTime(forms.DateTimeInput):
    """A date and time field of the browser, in the person's own zone."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class NewCourseForm(forms.Form):
    """The little that a draft needs; everything else is in its settings."""

    title = forms.CharField(label=_("Title"), max_length=150)
    summary = forms.CharField(
        label=_("Summary"),
        max_length=300,
        required=False,
        help_text=_("One or two sentences for the catalogue. You can change everything later."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    level = forms.ChoiceField(label=_("Level"), choices=CourseLevel.choices)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, initial="en")

    def content(self) -> CourseContent:
        """What the service writes."""
        return CourseContent(**self.cleaned_data)


class CourseForm(NewCourseForm):
    """Everything an instructor says about a course."""

    description = forms.CharField(
        label=_("What you learn"),
        required=False,
        help_text=_("Markdown. Shown on the course page."),
        widget=forms.Textarea(attrs={"rows": 8, "class": "source"}),
    )
    tags = forms.CharField(
        label=_("Subjects"), required=False, help_text=_("Words, separated by commas.")
    )
    enrolment_policy = forms.ChoiceField(
        label=_("Who may enrol"), choices=EnrolmentPolicy.choices, widget=forms.RadioSelect
    )
    capacity = forms.IntegerField(
        label=_("Places"),
        required=False,
        min_value=1,
        help_text=_("Leave it empty for no limit."),
    )
    price = forms.DecimalField(
        label=_("Price"),
        required=False,
        min_value=0,
        decimal_places=3,
        help_text=_("0 or empty is free."),
    )
    currency = forms.CharField(label=_("Currency"), max_length=3, initial="EUR")
    starts_at = forms.DateTimeField(label=_("Starts"), required=False, widget=LocalTime())
    ends_at = forms.DateTimeField(label=_("Ends"), required=False, widget=LocalTime())
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = (
        "title",
        "summary",
        "description",
        "tags",
        "level",
        "language",
        "enrolment_policy",
        "capacity",
        "price",
        "currency",
        "starts_at",
        "ends_at",
        "version",
    )

    @staticmethod
    def initial_of(course: Course) -> dict[str, Any]:
        """What the form shows of a course before anything was typed."""
        content = content_of(course)
        names = (
            "title summary description level language enrolment_policy capacity currency"
            " starts_at ends_at"
        )
        return {
            **{name: getattr(content, name) for name in names.split()},
            "tags": ", ".join(content.tags),
            "price": Decimal(content.price_minor).scaleb(-_digits(content.currency)),
            "version": course.version,
        }

    def content(self) -> CourseContent:
        """What the service writes; the price in minor units."""
        data = dict(self.cleaned_data)
        data.pop("version")
        price = data.pop("price")
        tags = [word.strip() for word in data.pop("tags").split(",")]
        return CourseContent(**data, price_minor=int(price), tags=tuple(filter(None, tags)))

    def clean_currency(self) -> str:
        """The code in capitals."""
        code: str = self.cleaned_data["currency"]
        return code.upper()

    def clean(self) -> None:
        """Turn the price into minor units: cents of EUR, whole JPY, thousandths of KWD."""
        digits = _digits(self.cleaned_data.get("currency", ""))
        price = (self.cleaned_data.get("price") or Decimal(0)).scaleb(digits)
        if price != price.to_integral_value():
            words = ngettext(
                "A price in this currency has at most %(n)d decimal.",
                "A price in this currency has at most %(n)d decimals.",
                digits,
            )
            none = gettext("A price in this currency is a whole number.")
            self.add_error("price", words % {"n": digits} if digits else none)
        self.cleaned_data["price"] = price


def _digits(currency: str) -> int:
    """How many decimals an amount of this currency has."""
    return MINOR_DIGITS.get(currency, 2)


class CoverForm(forms.Form):
    """A picture for the course."""

    file = forms.FileField(
        label=_("Picture"),
        help_text=_("PNG, JPEG, GIF or WebP, at most 5 MB. Best is 1600 by 900."),
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )
