"""Sections and lessons in the outline editor."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.enums import LessonKind

SECTION, LESSON = "section:", "lesson:"


class SectionForm(forms.Form):
    """A section's title."""

    title = forms.CharField(label=_("Title of the section"), max_length=150)


class NewLessonForm(forms.Form):
    """A lesson at the end of a section."""

    title = forms.CharField(label=_("Title"), max_length=150)
    kind = forms.ChoiceField(label=_("Kind"), choices=LessonKind.choices)


class LessonForm(forms.Form):
    """What the outline says of a lesson."""

    title = forms.CharField(label=_("Title"), max_length=150)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=6000)
    free_preview = forms.BooleanField(
        label=_("Free preview"),
        required=False,
        help_text=_("Everybody may read it on the course page."),
    )


class OrderForm(forms.Form):
    """A whole outline in its new order, as `static/js/reorder.js` sends it.

    `order` repeats `section:<id>`, then `lesson:<id>` for each of its lessons.
    """

    def pairs(self) -> list[tuple[str, list[str]]]:
        """(section id, lesson ids) pairs; a lesson before any section is dropped."""
        found: list[tuple[str, list[str]]] = []
        given = self.data.getlist("order") if hasattr(self.data, "getlist") else []
        for word in given:
            if word.startswith(SECTION):
                found.append((word.removeprefix(SECTION), []))
            elif word.startswith(LESSON) and found:
                found[-1][1].append(word.removeprefix(LESSON))
        return found
