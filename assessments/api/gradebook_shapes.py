"""JSON of the gradebook: what goes in and what comes out."""

from decimal import Decimal
from typing import Any

import orjson
from rest_framework import serializers

from assessments.api.fields import score_field
from assessments.enums import (
    Aggregate,
    CurveKind,
    GradeItemKind,
    GradeStatus,
    StatusColour,
    StatusEffect,
    Ungraded,
)
from assessments.models import Grade, Gradebook, GradeCategory, GradeItem, TotalOverride
from assessments.queries.book import is_live, points_of
from assessments.queries.gradebook import Grid, TotalView
from assessments.scoring.gradebook_trace import figure_of, to_data


def percent_field(**kwargs: Any) -> serializers.DecimalField:
    """A percentage with four decimals, as text."""
    return serializers.DecimalField(max_digits=9, decimal_places=4, **kwargs)


def weight_field(**kwargs: Any) -> serializers.DecimalField:
    """A weight with two decimals, as text; the service checks its bounds."""
    return serializers.DecimalField(max_digits=7, decimal_places=2, **kwargs)


class LevelShape(serializers.Serializer[Any]):
    """A word for percentages from `least` up to the next level."""

    label = serializers.CharField(max_length=40)  # type: ignore[assignment]
    least = percent_field(min_value=Decimal(0), max_value=Decimal(1000))


class PeriodShape(serializers.Serializer[Any]):
    """A grading period; without `key` it is a new one."""

    key = serializers.CharField(max_length=22, required=False)
    name = serializers.CharField(max_length=100)
    starts = serializers.DateField()
    ends = serializers.DateField()
    closed = serializers.BooleanField(default=False)


class SettingsShape(serializers.Serializer[Any]):
    """How a course counts."""

    rule = serializers.ChoiceField(choices=Aggregate.choices)
    ungraded = serializers.ChoiceField(choices=Ungraded.choices)
    show_totals = serializers.BooleanField()
    levels = LevelShape(many=True)
    periods = PeriodShape(many=True)


class StatusIn(serializers.Serializer[Any]):
    """A status of the course's own; `sign` is what one types, one to four letters.

    `percent` (0 to 100, of the points) is for the effect `percent` alone.
    """

    name = serializers.CharField(max_length=40)
    sign = serializers.CharField(max_length=8)
    colour = serializers.ChoiceField(choices=StatusColour.choices, default=StatusColour.NEUTRAL)
    effect = serializers.ChoiceField(choices=StatusEffect.choices, default=StatusEffect.AS_GIVEN)
    percent = serializers.DecimalField(
        max_digits=5, decimal_places=2, allow_null=True, default=None
    )
    archived = serializers.BooleanField(default=False)


class StatusOut(StatusIn):
    """A status with its key, which is the `status` of the cells that bear it."""

    key = serializers.CharField()


class CategoryIn(serializers.Serializer[Any]):
    """A category; `parent` is the id of another, null for the course."""

    name = serializers.CharField(max_length=100)
    rule = serializers.ChoiceField(choices=Aggregate.choices, default=Aggregate.POINTS)
    weight = weight_field(default=Decimal(1))
    extra = serializers.BooleanField(default=False)
    drop_lowest = serializers.IntegerField(min_value=0, max_value=20, default=0)
    drop_highest = serializers.IntegerField(min_value=0, max_value=20, default=0)
    parent = serializers.CharField(  # type: ignore[assignment]
        max_length=22, allow_null=True, default=None
    )


class CategoryOut(CategoryIn):
    """A category with its id and version."""

    id = serializers.CharField()
    version = serializers.IntegerField()


class ColumnIn(serializers.Serializer[Any]):
    """A column; `title` and `max_score` are for those graded by hand."""

    title = serializers.CharField(max_length=200, allow_blank=True, default="")
    max_score = score_field(allow_null=True, default=None)
    category = serializers.CharField(max_length=22, allow_null=True, default=None)
    weight = weight_field(default=Decimal(1))
    extra = serializers.BooleanField(default=False)
    period = serializers.CharField(max_length=22, allow_blank=True, default="")


class ColumnOut(ColumnIn):
    """A column with its id; `live` when it counts, `lesson` when it belongs to one."""

    id = serializers.CharField()
    kind = serializers.ChoiceField(choices=GradeItemKind.choices)
    lesson = serializers.CharField(allow_null=True)
    live = serializers.BooleanField()
    version = serializers.IntegerField()


class GroupOut(serializers.Serializer[Any]):
    """A group of learners."""

    id = serializers.CharField()
    name = serializers.CharField()


class LearnerOut(serializers.Serializer[Any]):
    """A learner's row. `groups` are places in the list of groups.

    `parts` has the percentage in each category by its id. A cell is `[place of the column, score,
    place of the status, posted, version, set over its work]`, the last one 0 or 1 like `posted`.
    """

    id = serializers.CharField()
    name = serializers.CharField()
    groups = serializers.ListField(child=serializers.IntegerField())
    total = percent_field(allow_null=True)
    posted = percent_field(allow_null=True)
    override = percent_field(allow_null=True)
    parts = serializers.DictField(child=serializers.CharField())
    cells = serializers.ListField(child=serializers.ListField(child=serializers.JSONField()))


class GridOut(serializers.Serializer[Any]):
    """A whole gradebook; `statuses` are what cells point at, the course's own by their keys."""

    version = serializers.IntegerField()
    settings = SettingsShape()
    statuses = serializers.ListField(child=serializers.CharField())
    own_statuses = StatusOut(many=True)
    categories = CategoryOut(many=True)
    columns = ColumnOut(many=True)
    groups = GroupOut(many=True)
    learners = LearnerOut(many=True)


class CellIn(serializers.Serializer[Any]):
    """A grade by hand; without a score give a status that needs none.

    `status` is graded, in_progress, late, missing, excused, or the key of one of the course's own.
    """

    score = score_field(allow_null=True)
    status = serializers.CharField(max_length=20, default=GradeStatus.GRADED)
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class CellOut(serializers.Serializer[Any]):
    """A cell; an empty one has version 0 and no status. `total` and `posted` are percentages."""

    item = serializers.CharField()
    learner = serializers.CharField()
    score = score_field(allow_null=True)
    max_score = score_field()
    raw_score = score_field(allow_null=True)
    status = serializers.CharField(allow_blank=True)
    released = serializers.BooleanField()
    overridden = serializers.BooleanField()
    version = serializers.IntegerField()
    total = percent_field(allow_null=True)
    posted = percent_field(allow_null=True)
    override = percent_field(allow_null=True)
    parts = serializers.DictField(child=serializers.CharField())


class PostIn(serializers.Serializer[Any]):
    """Post, or hide with false; of one group when `group` names it."""

    released = serializers.BooleanField()
    group = serializers.CharField(max_length=22, allow_null=True, default=None)
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class GradeCountOut(serializers.Serializer[Any]):
    """How many grades changed."""

    count = serializers.IntegerField()


class CurveIn(serializers.Serializer[Any]):
    """A curve in points; with `preview` nothing is stored."""

    kind = serializers.ChoiceField(choices=CurveKind.choices)
    points = score_field(allow_null=True, default=None)
    mean = score_field(allow_null=True, default=None)
    highest = score_field(allow_null=True, default=None)
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")
    preview = serializers.BooleanField(default=False)


class CurvedOut(serializers.Serializer[Any]):
    """One score before and after a curve."""

    learner = serializers.CharField()
    before = score_field()
    after = score_field()


class TotalOverrideIn(serializers.Serializer[Any]):
    """A total by hand; null gives it back to the arithmetic."""

    total = percent_field(allow_null=True)
    reason = serializers.CharField(max_length=500)


class TotalOverrideOut(serializers.Serializer[Any]):
    """A total that was set by hand, or given back."""

    before = percent_field(allow_null=True)
    after = percent_field(allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    actor = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()


class TotalOut(serializers.Serializer[Any]):
    """A total with the steps that made it; `trace` gives `total` again by itself."""

    total = percent_field(allow_null=True)
    level = serializers.CharField(allow_blank=True)
    trace = serializers.JSONField()
    overrides = TotalOverrideOut(many=True)


class WhatIfIn(serializers.Serializer[Any]):
    """Scores by column id; null takes a column out."""

    scores = serializers.DictField(child=score_field(allow_null=True))


class OwnOut(serializers.Serializer[Any]):
    """Your own total of what is posted; null where the course shows none."""

    total = percent_field(allow_null=True)
    level = serializers.CharField(allow_blank=True)
    trace = serializers.JSONField(allow_null=True)


def settings_data(row: Gradebook) -> dict[str, Any]:
    """The JSON of a gradebook's settings."""
    return {
        "rule": row.rule,
        "ungraded": row.ungraded,
        "show_totals": row.show_totals,
        "levels": row.levels,
        "periods": row.periods,
    }


def category_data(row: GradeCategory, keys: dict[int, str]) -> dict[str, Any]:
    """The JSON of a category; `keys` has the public ids of categories."""
    return {
        "id": row.public_id,
        "name": row.name,
        "rule": row.rule,
        "weight": row.weight,
        "extra": row.extra,
        "drop_lowest": row.drop_lowest,
        "drop_highest": row.drop_highest,
        "parent": keys.get(row.parent_id or 0),
        "version": row.version,
    }


def item_data(row: GradeItem) -> dict[str, Any]:
    """The JSON of a column."""
    work = row.quiz or row.assignment
    return {
        "id": row.public_id,
        "kind": row.kind,
        "title": row.name,
        "max_score": points_of(row),
        "category": row.category.public_id if row.category else None,
        "weight": row.weight,
        "extra": row.extra,
        "period": row.period,
        "lesson": work.lesson.public_id if work else None,
        "live": is_live(row),
        "version": row.version,
    }


def grid_data(found: Grid) -> dict[str, Any]:
    """The JSON of a gradebook; cells pass through as the database wrote them."""
    keys = {row.pk: row.public_id for row in found.categories}
    return {
        "version": found.settings.version,
        "settings": settings_data(found.settings),
        "statuses": list(found.statuses),
        "own_statuses": found.settings.statuses,
        "categories": [category_data(row, keys) for row in found.categories],
        "columns": [item_data(row) for row in found.items],
        "groups": [{"id": key, "name": name} for key, name in found.groups],
        "learners": [
            {
                "id": row.public_id,
                "name": row.name,
                "groups": row.groups,
                "total": row.total,
                "posted": row.posted,
                "override": row.override,
                "parts": row.parts,
                "cells": orjson.Fragment(row.cells),
            }
            for row in found.rows
        ],
    }


def cell_data(
    item: GradeItem, learner: str, grade: Grade | None, view: TotalView | None = None
) -> dict[str, Any]:
    """The JSON of a cell with its learner's figures."""
    stored = view.stored if view else None
    return {
        "item": item.public_id,
        "learner": learner,
        "score": grade.score if grade else None,
        "max_score": grade.max_score if grade else points_of(item),
        "raw_score": grade.raw_score if grade else None,
        "status": grade.status if grade else "",
        "released": bool(grade and grade.released),
        "overridden": bool(grade and grade.overridden),
        "version": grade.version if grade else 0,
        "total": stored.total if stored else None,
        "posted": stored.posted if stored else None,
        "override": stored.override if stored else None,
        "parts": stored.parts if stored else {},
    }


def total_data(view: TotalView) -> dict[str, Any]:
    """The JSON of a total and its trace."""
    return {
        "total": figure_of(view.trace),
        "level": view.level,
        "trace": to_data(view.trace),
        "overrides": [_override_data(row) for row in view.overrides],
    }


def _override_data(row: TotalOverride) -> dict[str, Any]:
    return {
        "before": row.before,
        "after": row.after,
        "reason": row.reason,
        "actor": row.actor.public_id if row.actor else None,
        "at": row.at,
    }
