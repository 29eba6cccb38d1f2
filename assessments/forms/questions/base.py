"""What the form of every question type has."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import Difficulty, QuestionKind
from assessments.forms.questions.rows import Row, RowSet, is_arranging
from assessments.scoring.content import MAX_HINTS, MAX_POINTS, MAX_STEM, QuestionContent

if TYPE_CHECKING:
    from django.http import QueryDict

    from assessments.queries.attempt import QuestionSheet


HINTS = RowSet("hint", ("text",), most=MAX_HINTS, start=1, more=1, errors="hints", shared=True)


class QuestionForm(forms.Form):
    """A question of one type; `version` guards against a lost edit.

    A type names its own fields in `own`, its rows in `row_sets`, and the template that shows the
    rows in `editor`, which stands behind the fields with `editor_last`. Fields named `together`
    stand side by side.
    """

    stem = forms.CharField(
        label=_("Question"),
        max_length=MAX_STEM,
        strip=False,
        help_text=_("Markdown, with $math$."),
        widget=forms.Textarea(attrs={"rows": 4, "class": "code"}),
    )
    explanation = forms.CharField(
        label=_("Why the answer is right"),
        max_length=MAX_STEM,
        required=False,
        strip=False,
        help_text=_("Markdown. Learners read it in the review."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "code"}),
    )
    points = forms.DecimalField(
        label=_("Points"), min_value=0, max_value=MAX_POINTS, decimal_places=4, initial=Decimal(1)
    )
    difficulty = forms.ChoiceField(
        label=_("Difficulty"), required=False, choices=[("", _("Not said")), *Difficulty.choices]
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    kind: ClassVar[QuestionKind]
    own: ClassVar[tuple[str, ...]] = ()
    row_sets: ClassVar[tuple[RowSet, ...]] = ()
    editor: ClassVar[str] = ""
    editor_last: ClassVar[bool] = False
    together: ClassVar[tuple[tuple[str, ...], ...]] = ()
    takes_picture: ClassVar[bool] = False
    runs_code: ClassVar[bool] = False

    def __init__(
        self, data: QueryDict | None = None, *, rows: dict[str, list[Row]] | None = None, **kw: Any
    ) -> None:
        super().__init__(data, **kw)
        self.rows = rows or {}
        for one in (*self.row_sets, HINTS):
            self.rows[one.name] = self.rows.get(one.name) or one.fresh()
            if one.errors:
                self.fields[one.errors] = forms.Field(required=False, widget=forms.HiddenInput)

    @classmethod
    def opened(cls, content: QuestionContent | None = None, version: int | None = None) -> Self:
        """The form before anything was typed."""
        if content is None:
            return cls()
        return cls(
            initial={**cls._shared_initial(content), "version": version, **cls.initial_of(content)},
            rows={**cls.rows_of(content), HINTS.name: [{"text": one} for one in content.hints]},
        )

    @classmethod
    def posted(cls, data: QueryDict) -> Self:
        """The form of a post; not bound when the post only changes which rows there are."""
        sets = (*cls.row_sets, HINTS)
        rows = {one.name: one.posted(data) for one in sets}
        act = data.get("act", "")
        if not is_arranging(act):
            return cls(data, rows=rows)
        typed = {
            name: field.widget.value_from_datadict(data, {}, name)
            for name, field in cls.base_fields.items()
        }
        arranged = {one.name: one.arranged(rows[one.name], act) for one in sets}
        return cls(initial=typed, rows=arranged)

    def offer_pictures(self, pictures: list[tuple[str, str]]) -> None:
        """The pictures to choose from: public id and name."""

    @property
    def own_fields(self) -> list[list[forms.BoundField]]:
        """The fields of this type alone, those that belong together side by side."""
        firsts = {group[0]: group for group in self.together}
        inner = {name for group in self.together for name in group[1:]}
        groups = (firsts.get(name, (name,)) for name in self.own if name not in inner)
        return [[self[name] for name in group] for group in groups]

    def content(self) -> QuestionContent:
        """What the service writes."""
        data = self.cleaned_data
        difficulty = Difficulty(data["difficulty"]) if data["difficulty"] else None
        return QuestionContent(
            kind=self.kind,
            stem=data["stem"],
            explanation=data["explanation"],
            points=data["points"],
            difficulty=difficulty,
            hints=tuple(str(row["text"]).strip() for row in HINTS.filled(self.rows[HINTS.name])),
            **self.own_content(data),
        )

    def filled(self, name: str) -> list[Row]:
        """The rows of a set that say something."""
        one = next(one for one in self.row_sets if one.name == name)
        return one.filled(self.rows[name])

    def own_content(self, data: dict[str, Any]) -> dict[str, Any]:
        """The fields of the content that this type alone uses."""
        return {name: data[name] for name in self.own}

    @classmethod
    def initial_of(cls, content: QuestionContent) -> dict[str, Any]:
        """What the fields of this type show of a stored question."""
        return {name: getattr(content, name) for name in cls.own}

    @classmethod
    def rows_of(cls, content: QuestionContent) -> dict[str, list[Row]]:
        """The rows of a stored question by the name of their set."""
        return {}

    @classmethod
    def answer(cls, data: QueryDict, name: str, shown: QuestionSheet) -> Any:
        """The answer of a plain form post in its stored form, as far as a form can know it."""
        return str(data.get(name, "")).strip() or None

    @classmethod
    def _shared_initial(cls, content: QuestionContent) -> dict[str, Any]:
        return {
            "stem": content.stem,
            "explanation": content.explanation,
            "points": f"{content.points.normalize():f}",
            "difficulty": content.difficulty or "",
        }
