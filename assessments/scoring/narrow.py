"""What the questions of a draw have in common: a filter as one value, and as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.enums import Difficulty, QuestionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrow:
    """A question fits when it fits every field; an empty field fits every question.

    It fits a field that has one of the values it names; without `banks` it is of the course's own.
    Banks, categories (with all inside them), tags and outcomes are named by their public ids: one
    that is gone, or lent no longer, fits nothing from then on, rather than everything.
    """

    banks: tuple[str, ...] = ()
    kinds: tuple[QuestionKind, ...] = ()
    difficulties: tuple[Difficulty, ...] = ()
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()


def narrow_json(narrow: Narrow) -> dict[str, list[str]]:
    """The filter as it is stored, without its empty fields."""
    said = {
        "banks": list(narrow.banks),
        "kinds": [str(kind) for kind in narrow.kinds],
        "difficulties": [str(one) for one in narrow.difficulties],
        "categories": list(narrow.categories),
        "tags": list(narrow.tags),
        "outcomes": list(narrow.outcomes),
    }
    return {name: values for name, values in said.items() if values}


def narrow_of(stored: Mapping[str, Any]) -> Narrow:
    """The filter that `narrow_json` wrote."""
    return Narrow(
        banks=tuple(stored.get("banks", ())),
        kinds=tuple(QuestionKind(one) for one in stored.get("kinds", ())),
        difficulties=tuple(Difficulty(one) for one in stored.get("difficulties", ())),
        categories=tuple(stored.get("categories", ())),
        tags=tuple(stored.get("tags", ())),
        outcomes=tuple(stored.get("outcomes", ())),
    )
