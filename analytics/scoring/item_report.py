"""A whole test from a table of 0/1 answers: classical figures and both latent models."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from analytics.scoring.item_analysis import ItemScore, analyse
from analytics.scoring.latent.report import latent_report
from lms.kernel.errors import Invalid

FIGURES = {
    "facility": "p",
    "item_total": "item_total",
    "corrected": "corrected_item_total",
    "alpha_if_deleted": "alpha_without",
    "discrimination": "upper_lower",
}


def item_report(names: Sequence[str], rows: Sequence[Sequence[float | None]]) -> dict[str, Any]:
    """What is known of a test: `classical`, `one_parameter`, `two_parameter`, `reversed_keys`.

    `rows` are learners, in the order of `names` of the questions; 1 right, 0 wrong, None not asked.
    A classical figure that is not defined is None and `reasons` of the question says why. Raises
    Invalid for any other answer.
    """
    _checked(names, rows)
    quiz = analyse(_sheets(rows), range(len(names)), {})
    one, two = (latent_report(names, rows, common=common) for common in (True, False))
    items = [
        {
            "item": names[figures.item],
            "n": figures.n,
            **{word: figures.figures[key] for key, word in FIGURES.items()},
            "reasons": figures.reasons,
            "flags": [str(flag) for flag in figures.flags],
        }
        for figures in quiz.items
    ]
    return {
        "n": quiz.n,
        "items": len(names),
        "alpha": quiz.figures["alpha"],
        "kr20": quiz.figures["kr20"],
        "mean": quiz.figures["mean"],
        "reasons": quiz.reasons,
        "classical": items,
        "one_parameter": one,
        "two_parameter": two,
        "better_by_bic": better_by_bic(one, two),
        "reversed_keys": _reversed(items, two),
    }


def _sheets(rows: Sequence[Sequence[float | None]]) -> list[list[ItemScore]]:
    """The answers as item analysis reads them, each question worth a point."""
    return [
        [
            ItemScore(item=one, score=Decimal(int(value)), points=Decimal(1))
            for one, value in enumerate(row)
            if value is not None
        ]
        for row in rows
    ]


def _checked(names: Sequence[str], rows: Sequence[Sequence[float | None]]) -> None:
    if not names or not rows:
        raise Invalid(_("There are no answers."), field="answers")
    for number, row in enumerate(rows, 1):
        for name, value in zip(names, row, strict=True):
            if value not in {0, 1, None}:
                text = _("Row %(row)d, %(item)s: an answer is 0 or 1, not %(value)s.")
                words = text % {"row": number, "item": name, "value": value}
                raise Invalid(words, field=f"rows[{number}].{name}")


def better_by_bic(one: dict[str, Any], two: dict[str, Any]) -> str | None:
    """The model with the lower BIC; None where either is missing."""
    if one["reason"] or two["reason"]:
        return None
    return "1pl" if one["bic"] <= two["bic"] else "2pl"


def _reversed(items: Sequence[dict[str, Any]], two: dict[str, Any]) -> list[str]:
    """Questions that better learners get wrong, by both the classical and the latent figure."""
    slopes = {item["item"]: item["discrimination"] for item in two["items"]}
    return [
        item["item"]
        for item in items
        if (item["corrected_item_total"] or 0) < 0 and slopes.get(item["item"], -1) < 0
    ]
