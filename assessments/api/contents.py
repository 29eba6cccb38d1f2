"""What a question is told as: the input of questions, and the content made of it."""

from collections.abc import Callable
from typing import Any

from rest_framework import serializers

from assessments.api.details import DetailField, detail_from
from assessments.api.fields import percent_field, points_field
from assessments.enums import (
    Difficulty,
    DigitsRule,
    QuestionKind,
    ToleranceKind,
    UnitRule,
)
from assessments.scoring.content import (
    MAX_ACCEPTED,
    MAX_ACCEPTED_LENGTH,
    MAX_HINTS,
    MAX_OPTIONS,
    MAX_STEM,
    MAX_TEXT,
    Accepted,
    Option,
    QuestionContent,
)
from assessments.scoring.judging import MAX_DIGITS
from assessments.scoring.multiple_choice import MOST_PENALTY
from assessments.scoring.numbers import MAX_TYPED
from assessments.scoring.numeric import HUNDRED, MAX_UNIT, MAX_UNITS
from assessments.scoring.units import Unit

ABOUT = frozenset({"course", "kind", "draft"})  # of the question, not its words


class OptionIn(serializers.Serializer[Any]):
    """A choice; the `id` of a known option keeps answers comparable across versions."""

    id = serializers.CharField(max_length=22, required=False, allow_blank=True)
    text = serializers.CharField(max_length=MAX_TEXT)
    correct = serializers.BooleanField(default=False)
    feedback = serializers.CharField(max_length=MAX_TEXT, required=False, allow_blank=True)


class AcceptedIn(serializers.Serializer[Any]):
    """A short answer that earns `share` per cent of the points."""

    text = serializers.CharField(max_length=MAX_ACCEPTED_LENGTH)
    share = percent_field(default=HUNDRED)
    feedback = serializers.CharField(max_length=MAX_TEXT, default="", allow_blank=True)


class UnitField(serializers.Serializer[Any]):
    """A further unit; a number in it times `factor` is the number in the question's unit."""

    name = serializers.CharField(max_length=MAX_UNIT)
    factor = serializers.CharField(max_length=MAX_TYPED)


class ContentIn(serializers.Serializer[Any]):
    """What a question says; each type uses its own fields."""

    stem = serializers.CharField(max_length=MAX_STEM)
    options = serializers.ListField(child=OptionIn(), required=False, max_length=MAX_OPTIONS)
    partial_credit = serializers.BooleanField(required=False)
    truth = serializers.BooleanField(required=False, allow_null=True)
    accepted = serializers.ListField(
        child=serializers.CharField(max_length=MAX_ACCEPTED_LENGTH),
        required=False,
        max_length=MAX_ACCEPTED,
    )
    answers = serializers.ListField(child=AcceptedIn(), required=False, max_length=MAX_ACCEPTED)
    match_case = serializers.BooleanField(required=False)
    match_accents = serializers.BooleanField(required=False)
    wildcards = serializers.BooleanField(required=False)
    spelling = serializers.BooleanField(required=False)
    value = serializers.CharField(max_length=MAX_TYPED, required=False, allow_blank=True)
    tolerance = serializers.CharField(max_length=MAX_TYPED, required=False)
    tolerance_kind = serializers.ChoiceField(choices=ToleranceKind.choices, required=False)
    unit = serializers.CharField(max_length=MAX_UNIT, required=False, allow_blank=True)
    units = serializers.ListField(child=UnitField(), required=False, max_length=MAX_UNITS)
    unit_rule = serializers.ChoiceField(choices=UnitRule.choices, required=False)
    unit_cost = percent_field(required=False)
    digits_rule = serializers.ChoiceField(choices=DigitsRule.choices, required=False)
    digits = serializers.IntegerField(min_value=0, max_value=MAX_DIGITS, required=False)
    digits_cost = percent_field(required=False)
    penalty = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, max_value=MOST_PENALTY, required=False
    )
    detail = DetailField(required=False)
    explanation = serializers.CharField(max_length=MAX_STEM, required=False, allow_blank=True)
    hints = serializers.ListField(
        child=serializers.CharField(max_length=MAX_TEXT), required=False, max_length=MAX_HINTS
    )
    points = points_field(required=False)
    difficulty = serializers.ChoiceField(
        choices=Difficulty.choices, required=False, allow_blank=True
    )


class QuestionIn(ContentIn):
    """A new question of a course; a draft need not be complete."""

    course = serializers.CharField(max_length=22)
    kind = serializers.ChoiceField(choices=QuestionKind.choices)
    draft = serializers.BooleanField(default=False)


_SHAPES: dict[str, Callable[[Any], Any]] = {
    "accepted": tuple,
    "hints": tuple,
    "answers": lambda rows: tuple(Accepted(**row) for row in rows),
    "tolerance_kind": ToleranceKind,
    "units": lambda rows: tuple(Unit(**row) for row in rows),
    "unit_rule": UnitRule,
    "digits_rule": DigitsRule,
}


def content_from(kind: QuestionKind, fields: dict[str, Any]) -> QuestionContent:
    """Content of validated fields of `ContentIn`."""
    given = {
        name: value for name, value in fields.items() if name not in {"course", "kind", "draft"}
    }
    if "options" in given:
        given["options"] = tuple(Option(**option) for option in given["options"])
    for name, shape in _SHAPES.items():
        if name in given:
            given[name] = shape(given[name])
    if "difficulty" in given:
        given["difficulty"] = Difficulty(given["difficulty"]) if given["difficulty"] else None
    if "detail" in given:
        given["detail"] = detail_from(kind, given["detail"])
    return QuestionContent(kind=kind, **given)
