"""How well mastery tells the next answer: fitted on some answers, told for others in order."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from analytics.scoring.mastery.answers import Answer, by_skill
from analytics.scoring.mastery.history import HistoryModel
from analytics.scoring.mastery.tracing import DEFAULT, expected, fit_skill, updated
from analytics.scoring.measures import measures
from lms.kernel.errors import Invalid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MODELS = ("bkt", "history")


def mastery_report(
    train: Sequence[Answer], test: Sequence[Answer], *, model: str, forgetting: bool = False
) -> dict[str, Any]:
    """AUC, Brier, ECE and seconds of `bkt` or `history`, fitted on `train`, told for `test`.

    Before each answer of `test` the model knows the learner's answers in `train` and the earlier
    ones in `test`, never the answer itself. Answers are in order. Raises Invalid without answers.
    """
    import numpy as np

    if not train or not test:
        raise Invalid(_("There are no answers to learn from or to tell."), field="answers")
    began = time.perf_counter()
    if model == "bkt":
        chance, extra = _traced(train, test, forgetting=forgetting)
    else:
        fitted = HistoryModel.fit(train)
        chance, extra = fitted.predict(test), {"kind": fitted.kind}
    seconds = time.perf_counter() - began
    right = np.array([one.correct for one in test], dtype=float)
    return {
        "model": model,
        "train": len(train),
        "learners": len({one.learner for one in (*train, *test)}),
        **measures(right, chance),
        "seconds": seconds,
        **extra,
    }


def _traced(
    train: Sequence[Answer], test: Sequence[Answer], *, forgetting: bool
) -> "tuple[Floats, dict[str, Any]]":
    import numpy as np

    fits = {
        skill: fit_skill(sequences, forgetting=forgetting)
        for skill, sequences in by_skill(train).items()
    }
    skills = {key: one.skill for key, one in fits.items()}
    state: dict[tuple[str, str], float] = {}
    for one in train:
        skill, key = skills[one.skill], (one.learner, one.skill)
        state[key] = updated(skill, state.get(key, skill.prior), correct=one.correct)
    chance = np.empty(len(test))
    for at, one in enumerate(test):
        skill, key = skills.get(one.skill, DEFAULT), (one.learner, one.skill)
        mastery = state.get(key, skill.prior)
        chance[at] = expected(skill, mastery)
        state[key] = updated(skill, mastery, correct=one.correct)
    return chance, {
        "skills": {
            key: {**one.skill.as_dict(), "answers": one.answers, "fitted": one.loglik is not None}
            for key, one in sorted(fits.items())
        }
    }
