"""The form of a planned event."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.forms.course import LocalTime
from courses.models import Course
from interop.enums import MAX_PLACE, MAX_TEXT, MAX_TITLE, MAX_URL
from interop.models import CalendarEvent
from interop.services.event import EventFields


class Day(forms.DateInput):
    """A date field of the browser."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class EventForm(forms.Form):
    """What is planned; the service decides whether it will do."""

    title = forms.CharField(label=_("Title"), max_length=MAX_TITLE)
    starts_at = forms.DateTimeField(label=_("Starts"), widget=LocalTime())
    ends_at = forms.DateTimeField(label=_("Ends"), required=False, widget=LocalTime())
    all_day = forms.BooleanField(label=_("All day"), required=False)
    repeat_until = forms.DateField(
        label=_("Every week until"),
        required=False,
        widget=Day(),
        help_text=_("Leave it empty for something that happens once."),
    )
    place = forms.CharField(label=_("Place"), max_length=MAX_PLACE, required=False)
    url = forms.CharField(
        label=_("Web address"),
        max_length=MAX_URL,
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    text = forms.CharField(
        label=_("Details"),
        max_length=MAX_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    group = forms.ChoiceField(label=_("For"), required=False)

    def __init__(self, *args: Any, groups: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not groups:
            del self.fields["group"]
            return
        field = self.fields["group"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
        field.choices = [("", _("Everybody in the course")), *groups]

    def wish(self, known: CalendarEvent | None = None) -> EventFields:
        """What was filled in, as the service takes it.

        A `known` event that begins when it did keeps its zone, whoever corrects its words.
        """
        given = dict(self.cleaned_data)
        given.setdefault("group", "")
        zone = timezone.get_current_timezone_name()
        if known is not None and not (known.all_day or given["all_day"]):
            begins = known.starts_at.replace(second=0, microsecond=0)
            zone = known.time_zone if given["starts_at"] == begins else zone
        return EventFields(**given, time_zone=zone)


def initial_of(event: CalendarEvent) -> dict[str, Any]:
    """An event as its form shows it: of whole days, the first and the last one."""
    names = ("title", "all_day", "repeat_until", "place", "url", "text")
    found = {name: getattr(event, name) for name in names}
    starts, ends = event.starts_at, event.ends_at
    if event.all_day:
        starts, ends = _here(starts), _here(event.last_moment)
    group = event.group.public_id if event.group else ""
    return found | {"starts_at": starts, "ends_at": ends, "group": group}


def initial_on(course: Course | None, day: datetime) -> dict[str, Any]:
    """A new event of an hour."""
    return {"starts_at": day, "ends_at": day + timedelta(hours=1)}


def _here(midnight: datetime) -> datetime:
    """The same day and hour on the clock of whoever looks."""
    return timezone.make_aware(midnight.replace(tzinfo=None))
