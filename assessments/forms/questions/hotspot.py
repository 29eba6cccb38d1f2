"""A place on an image: the picture, what is on it, and regions in rows."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import QuestionKind, RegionShape
from assessments.forms.questions.base import QuestionForm
from assessments.forms.questions.rows import Row, RowSet
from assessments.scoring.content import QuestionContent, detail_of
from assessments.scoring.geometry import Region
from assessments.scoring.hotspot import MAX_ALT, MAX_REGIONS, Spots
from assessments.scoring.numbers import read_number
from lms.kernel.errors import Invalid

if TYPE_CHECKING:
    from django.http import QueryDict

    from assessments.queries.attempt import QuestionSheet


THOUSANDTHS = 10  # in a per cent


class HotspotForm(QuestionForm):
    """A picture of the course and the regions that are right."""

    kind = QuestionKind.HOTSPOT
    row_sets = (
        RowSet(
            "region",
            columns=("shape", "numbers"),
            most=MAX_REGIONS,
            start=1,
            more=1,
            errors="regions",
        ),
    )
    editor = "assessments/bank/types/hotspot.html"
    takes_picture = True
    attachment = forms.CharField(
        label=_("Picture"),
        widget=forms.Select,
        error_messages={"required": _("Choose an image.")},
    )
    alt = forms.CharField(
        label=_("What is on the picture"),
        max_length=MAX_ALT,
        help_text=_("For those who cannot see it. Do not give the answer away."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    image = forms.Field(required=False, widget=forms.HiddenInput)
    shapes = RegionShape.choices
    offered: set[str] = set()

    def offer_pictures(self, pictures: list[tuple[str, str]]) -> None:
        """The pictures of the course, newest first."""
        self.offered = {public_id for public_id, _name in pictures}
        widget = self.fields["attachment"].widget
        if isinstance(widget, forms.Select):
            widget.choices = [("", _("Choose a picture")), *pictures]

    @property
    def picture(self) -> str:
        """The public id of the chosen picture, empty before one of the offered is chosen."""
        chosen = str(self["attachment"].value() or "")
        return chosen if chosen in self.offered else ""

    def own_content(self, data: dict[str, Any]) -> dict[str, Any]:
        """The rows with numbers become regions."""
        regions = tuple(
            Region(RegionShape(row["shape"]), " ".join(row["numbers"].split()))
            for row in self.rows["region"]
            if row["numbers"].strip() and row["shape"] in RegionShape.values
        )
        return {"detail": Spots(data["attachment"], data["alt"].strip(), 0, 0, regions)}

    @classmethod
    def initial_of(cls, content: QuestionContent) -> dict[str, Any]:
        """The picture and its words."""
        detail = detail_of(content, Spots)
        return {"attachment": detail.attachment, "alt": detail.alt}

    @classmethod
    def rows_of(cls, content: QuestionContent) -> dict[str, list[Row]]:
        """A row per region."""
        regions = detail_of(content, Spots).regions
        return {"region": [{"shape": str(r.shape), "numbers": r.numbers} for r in regions]}

    @classmethod
    def answer(cls, data: QueryDict, name: str, shown: QuestionSheet) -> Any:
        """The place out of two fields in per cent; what is no number is refused later."""
        typed = {axis: str(data.get(f"{name}-{axis}", "")).strip() for axis in "xy"}
        if not any(typed.values()):
            return None
        place: dict[str, Any] = dict(typed)
        with suppress(Invalid):
            for axis, text in typed.items():
                place[axis] = int((read_number(text) * THOUSANDTHS).to_integral_value())
        return place
