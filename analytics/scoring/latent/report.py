"""The latent models of a test in plain figures, with warnings in words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from analytics.scoring.latent.marginal import Answers, Fit, compress, fit
from analytics.scoring.latent.precision import information_curves, item_fit, standard_errors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Below this many learners nothing is fitted; below the second number a warning is given
# (de Ayala 2009, ch. 5, on samples for the 2PL).
LEAST_LEARNERS, FEW_LEARNERS = 30, 250
LEAST_QUESTIONS = 3
FLAT, EXTREME, WIDE, MISFIT = 0.35, 4.0, 1.0, 0.01
# One-sided 5 % of the normal distribution.
SURE = 1.645
ABILITIES = tuple(step / 2 for step in range(-8, 9))


def latent_report(
    names: Sequence[str], rows: Sequence[Sequence[float | None]], *, common: bool
) -> dict[str, Any]:
    """The 1PL (`common`) or 2PL of 0/1 answers, None where a question was not asked.

    Gives `items` with discrimination and difficulty (in standard deviations of ability), their
    standard errors, item fit, warnings in words; `loglik`, `aic`, `bic`. Where no model can be
    fitted `items` is empty and `reason` says why. Questions that everybody answered alike are left
    out and named in `left_out`.
    """
    import numpy as np

    # None becomes NaN.
    matrix = np.array(rows, dtype=float).reshape(len(rows), len(names))
    kept = [one for one in range(len(names)) if len(set(matrix[:, one]) & {0.0, 1.0}) == 2]
    empty: dict[str, Any] = {
        "model": "1pl" if common else "2pl",
        "n": len(rows),
        "items": [],
        "left_out": [name for one, name in enumerate(names) if one not in kept],
        "questions": len(kept),
    }
    reason = why_not(len(rows), len(kept))
    if reason:
        return {**empty, "reason": reason}
    answers = compress(matrix[:, kept])
    fitted = fit(answers, common=common)
    items = _items([names[one] for one in kept], answers, fitted)
    return {
        **empty,
        "items": items,
        "reason": None,
        "loglik": fitted.loglik,
        "aic": (aic := 2 * fitted.parameters - 2 * fitted.loglik),
        "bic": aic + fitted.parameters * (float(np.log(answers.learners)) - 2),
        "steps": fitted.steps,
        "converged": fitted.converged,
        "warnings": model_words(answers.learners, converged=fitted.converged),
        "abilities": list(ABILITIES),
    }


def why_not(learners: int, questions: int) -> str | None:
    """Why no model is fitted to so many, None where one is."""
    if learners < LEAST_LEARNERS:
        text = _("A latent model needs at least %(least)d learners; there are %(n)d.")
        return text % {"least": LEAST_LEARNERS, "n": learners}
    if questions < LEAST_QUESTIONS:
        text = _(
            "A latent model needs at least %(least)d questions that not everybody answered alike;"
            " there are %(n)d."
        )
        return text % {"least": LEAST_QUESTIONS, "n": questions}
    return None


def _items(names: Sequence[str], answers: Answers, fitted: Fit) -> list[dict[str, Any]]:
    import numpy as np

    errors = standard_errors(answers, fitted)
    fits = item_fit(answers, fitted)
    curves = information_curves(fitted, np.asarray(ABILITIES))
    items = []
    for one, name in enumerate(names):
        slope, chi = float(fitted.slopes[one]), fits[one]
        item: dict[str, Any] = {
            "item": name,
            "discrimination": slope,
            # A slope of exactly zero tells nothing apart, so that no difficulty is defined.
            "difficulty": float(-fitted.intercepts[one] / slope) if slope else None,
            "discrimination_se": float(errors[0][one]) if errors else None,
            "difficulty_se": float(errors[1][one]) if errors else None,
            "fit": None if chi is None else dict(zip(("s_x2", "df", "p"), chi, strict=True)),
            "information": _plain(curves[one]),
        }
        items.append({**item, "warnings": item_words(item)})
    return items


def item_words(item: dict[str, Any]) -> list[str]:
    """What to know of an item's figures, in the reader's language."""
    slope, error = item["discrimination"], item["discrimination_se"]
    difficulty, fitted = item["difficulty"], item["fit"]
    wide = item["difficulty_se"] is not None and item["difficulty_se"] > WIDE
    found = [
        (slope < 0, reversed_words(slope, error)),
        (0 <= slope < FLAT, _("It hardly tells learners apart.")),
        (
            difficulty is not None and abs(difficulty) > EXTREME,
            _("Its difficulty lies outside the abilities of these learners."),
        ),
        (wide, _("Its difficulty is known only roughly: the standard error is above 1.")),
        (
            fitted is not None and fitted["p"] < MISFIT,
            _("The answers do not follow the curve of the model (S-X2, p below .01)."),
        ),
    ]
    return [words for raised, words in found if raised]


def reversed_words(slope: float, error: float | None) -> str:
    """What a negative discrimination means, given its standard error."""
    if error is not None and slope + SURE * error < 0:
        return _("Better learners get it wrong: the key is probably reversed.")
    return _("Better learners seem to get it wrong, but it may be chance: check the key.")


def model_words(learners: float, *, converged: bool) -> list[str]:
    """What to know of a model, in the reader's language."""
    words = []
    if learners < FEW_LEARNERS:
        text = _("Only %(n)d learners: below %(few)d the figures are rough.")
        words.append(text % {"n": int(learners), "few": FEW_LEARNERS})
    if not converged:
        words.append(_("The fit did not settle; read the figures with care."))
    return words


def _plain(values: "NDArray[np.float64]") -> list[float]:
    return [round(float(value), 6) for value in values]
