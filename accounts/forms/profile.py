"""One's own settings."""

import zoneinfo
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.enums import Theme
from accounts.models import User
from accounts.services.people import MAX_NAME
from lms.kernel import clock

Choices = tuple[tuple[str, str], ...]


def time_zones() -> list[tuple[str, str] | tuple[str, Choices]]:
    """Every zone of the world below its continent, "Europe/Berlin" as "Berlin (GMT+1)"."""
    return [("UTC", "UTC"), *_continents(clock.now().date())]


@lru_cache(maxsize=1)
def _continents(_day: date) -> list[tuple[str, Choices]]:
    """Kept for a day: six hundred files are read for it, and clocks are changed at night."""
    names = sorted(zoneinfo.available_timezones())
    places = [name for name in names if "/" in name and not name.startswith(("Etc/", "SystemV/"))]
    return [
        (continent, tuple((name, clock.zone_words(name)) for name in found))
        for continent, found in groupby(places, key=lambda name: name.partition("/")[0])
    ]


class ProfileForm(forms.Form):
    """Name, time zone, language, theme."""

    name = forms.CharField(
        label=_("Name"),
        max_length=MAX_NAME,
        required=False,
        help_text=_("As your courses show it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=time_zones, help_text=_("Deadlines are shown in it.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(label=_("Theme"), choices=Theme.choices)

    @classmethod
    def of(cls, person: User) -> "ProfileForm":
        """The form with a person's present settings."""
        initial: dict[str, Any] = {
            name: getattr(person, name) for name in ("name", "time_zone", "language", "theme")
        }
        return cls(initial=initial)
