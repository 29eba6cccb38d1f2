"""How questions are filed: categories, tags, outcomes, shares, and many questions at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import BulkVerb, Difficulty, QuestionState, ShareLevel
from assessments.models.filing import MAX_CODE, MAX_NAME, MAX_OUTCOME_TITLE, MAX_TAG
from assessments.scoring.content import MAX_POINTS
from assessments.scoring.folding import fold
from assessments.services.filing import Filing
from assessments.services.learning_outcome import MAX_DESCRIPTION, OutcomeFields
from assessments.services.question_bulk import BulkChange

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assessments.models import LearningOutcome, Question, QuestionBank
    from assessments.queries.filing import CategoryNode

INDENT: Final = "\u2003"
MAX_TAGS_TYPED: Final = 1200
STATES: Final = [
    (QuestionState.READY.value, _("Ready: quizzes may ask it")),
    (QuestionState.DRAFT.value, _("Draft: never asked, may be incomplete")),
]


def category_choices(tree: Sequence[CategoryNode], empty: Any) -> list[tuple[str, Any]]:
    """The categories as options of a select, each indented by its depth."""
    rows = [(n.row.public_id, INDENT * (n.depth - 1) + n.row.name) for n in tree]
    return [("", empty), *rows]


def typed_tags(text: str) -> list[str]:
    """Tags as they were typed, with commas between."""
    return [one.strip() for one in text.split(",") if one.strip()]


def _category_field(tree: Sequence[CategoryNode], label: Any, empty: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=category_choices(tree, empty))


def _tags_field(**more: Any) -> forms.CharField:
    attrs = {"list": "bank-tags", "autocomplete": "off", "data-module": "tags"}
    return forms.CharField(
        label=_("Tags"),
        max_length=MAX_TAGS_TYPED,
        help_text=_("Separate them with commas."),
        widget=forms.TextInput(attrs=attrs),
        **more,
    )


def _outcomes_field(outcomes: Sequence[LearningOutcome], **more: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Learning outcomes"),
        choices=[(one.public_id, f"{one.code} · {one.title}") for one in outcomes],
        widget=forms.CheckboxSelectMultiple,
        **more,
    )


class FilingForm(forms.Form):
    """Where a question is filed, and whether it is a draft."""

    def __init__(
        self,
        data: Any = None,
        *,
        tree: Sequence[CategoryNode],
        outcomes: Sequence[LearningOutcome],
        **kw: Any,
    ) -> None:
        super().__init__(data, prefix="filing", **kw)
        self.nodes = {node.row.public_id: node.row for node in tree}
        self.served = {one.public_id: one for one in outcomes}
        self.fields["category"] = _category_field(tree, _("Category"), _("None"))
        self.fields["tags"] = _tags_field(required=False)
        if outcomes:
            self.fields["outcomes"] = _outcomes_field(outcomes, required=False)
        self.fields["state"] = forms.ChoiceField(
            label=_("State"), required=False, choices=[("", _("As it is")), *STATES]
        )

    def filing(self, row: Question | None = None) -> Filing:
        """What the service writes; `row` keeps the outcomes that were not on offer here."""
        data = self.cleaned_data
        there = row.outcomes.all() if row else ()
        kept = [one for one in there if one.public_id not in self.served]
        return Filing(
            category=self.nodes.get(data.get("category", "")),
            tags=typed_tags(data.get("tags", "")),
            outcomes=[*kept, *(self.served[one] for one in data.get("outcomes", ()))],
        )


class BulkForm(forms.Form):
    """The one field that a change of many questions asks for."""

    def __init__(
        self,
        data: Any = None,
        *,
        verb: BulkVerb,
        tree: Sequence[CategoryNode],
        outcomes: Sequence[LearningOutcome],
        banks: Sequence[tuple[QuestionBank, str]],
    ) -> None:
        super().__init__(data)
        self.verb = verb
        self.nodes = {node.row.public_id: node.row for node in tree}
        self.served = {one.public_id: one for one in outcomes}
        self.banks = {bank.public_id: bank for bank, _words in banks}
        self.fields.update(self._field(tree, outcomes, banks))

    def _field(
        self,
        tree: Sequence[CategoryNode],
        outcomes: Sequence[LearningOutcome],
        banks: Sequence[tuple[QuestionBank, str]],
    ) -> dict[str, forms.Field]:
        levels = [("", _("Not said")), *Difficulty.choices]
        named = [(bank.public_id, words) for bank, words in banks]
        fields: dict[str, tuple[str, forms.Field]] = {
            BulkVerb.MOVE: (
                "category",
                _category_field(tree, _("Category"), _("No category")),
            ),
            BulkVerb.TAG: ("tags", _tags_field()),
            BulkVerb.SERVE: ("outcomes", _outcomes_field(outcomes)),
            BulkVerb.STATE: (
                "state",
                forms.ChoiceField(label=_("State"), choices=QuestionState.choices),
            ),
            BulkVerb.DIFFICULTY: (
                "difficulty",
                forms.ChoiceField(label=_("Difficulty"), required=False, choices=levels),
            ),
            BulkVerb.POINTS: (
                "points",
                forms.DecimalField(label=_("Points"), max_value=MAX_POINTS),
            ),
            BulkVerb.COPY: ("bank_to", forms.ChoiceField(label=_("Copy to"), choices=named)),
        }
        fields[BulkVerb.UNTAG] = fields[BulkVerb.TAG]
        fields[BulkVerb.UNSERVE] = fields[BulkVerb.SERVE]
        name, field = fields[self.verb]
        return {name: field}

    def change(self) -> BulkChange:
        """What the service does."""
        data = self.cleaned_data
        return BulkChange(
            verb=self.verb,
            category=self.nodes.get(data.get("category", "")),
            tags=typed_tags(data.get("tags", "")),
            outcomes=[self.served[one] for one in data.get("outcomes", ())],
            state=data.get("state", ""),
            difficulty=data.get("difficulty", ""),
            points=data.get("points"),
            bank=self.banks.get(data.get("bank_to", "")),
        )


class CategoryForm(forms.Form):
    """A category: its name, and what it is in."""

    name = forms.CharField(label=_("Name"), max_length=MAX_NAME)

    def __init__(self, data: Any = None, *, tree: Sequence[CategoryNode], **kw: Any) -> None:
        super().__init__(data, **kw)
        self.nodes = {node.row.public_id: node.row for node in tree}
        self.fields["parent"] = _category_field(tree, _("Inside"), _("At the top"))


class TagForm(forms.Form):
    """The name of a tag."""

    name = forms.CharField(label=_("Name"), max_length=MAX_TAG)


class OutcomeForm(forms.Form):
    """A learning outcome."""

    code = forms.CharField(label=_("Code"), max_length=MAX_CODE)
    title = forms.CharField(
        label=_("What learners can do"),
        max_length=MAX_OUTCOME_TITLE,
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=MAX_DESCRIPTION,
        help_text=_("Markdown."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    prerequisites = forms.CharField(
        label=_("Builds on"),
        required=False,
        max_length=MAX_TAGS_TYPED,
        help_text=_("Codes of outcomes that come before it, with commas between."),
    )

    def __init__(
        self, data: Any = None, *, there: Iterable[LearningOutcome] = (), **kw: Any
    ) -> None:
        super().__init__(data, **kw)
        self.there = {one.folded: one for one in there}

    def clean_prerequisites(self) -> list[LearningOutcome]:
        """The outcomes that were named; a code may have a comma itself."""
        parts = self.cleaned_data["prerequisites"].split(",")
        found: list[LearningOutcome] = []
        while parts:
            # The longest that is known is meant; none has more commas than characters.
            most = min(len(parts), MAX_CODE)
            named = [fold(",".join(parts[: n + 1]).strip()) for n in range(most)]
            known = [n for n, code in enumerate(named) if code in self.there]
            if known:
                found.append(self.there[named[known[-1]]])
            elif named[0]:
                said = _("There is no outcome of the code “%(code)s” here.")
                raise forms.ValidationError(said % {"code": parts[0].strip()})
            parts = parts[known[-1] + 1 if known else 1 :]
        return found

    def values(self) -> OutcomeFields:
        """What the service writes."""
        data = self.cleaned_data
        return OutcomeFields(
            code=data["code"],
            title=data["title"],
            description=data["description"],
            prerequisites=data["prerequisites"],
        )


class ShareForm(forms.Form):
    """Whom a bank is lent to: a course, or a colleague by address."""

    course = forms.ChoiceField(label=_("A course"), required=False)
    email = forms.EmailField(label=_("Or a colleague's email address"), required=False)
    level = forms.ChoiceField(label=_("They may"), choices=ShareLevel.choices)

    def __init__(self, data: Any = None, *, courses: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["course"] = forms.ChoiceField(
            label=_("A course"), required=False, choices=[("", _("Choose a course")), *courses]
        )

    def clean(self) -> dict[str, Any]:
        """Somebody has to be named."""
        data = super().clean() or self.cleaned_data
        if not (self.errors or data.get("course") or data.get("email")):
            self.add_error("course", _("Choose a course, or name a colleague."))
        return data
