"""Certainty-based marking: how sure one is decides what right and wrong are worth.

The marks are those of A. R. Gardner-Medwin (London Agreed Protocol for Teaching): 1, 2, 3 for a
right answer at certainty 1, 2, 3, and 0, -2, -6 for a wrong one. Being honest pays best: 1 below
67 per cent sure, 2 from there, 3 from 80 on. A question is worth mark / 3 of its points, so that
three right and sure make full marks; a partly right answer earns its share of the mark for a right
one. Wrong and sure is below 0; the whole attempt is never.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from assessments.enums import Behaviour, Certainty
from assessments.scoring.behaviour.tries import (
    Outcome,
    QuestionBehaviour,
    Try,
    TryRules,
    feedback_of,
    fraction_of,
)
from assessments.scoring.content import QuestionContent
from assessments.scoring.kinds import NOTHING
from assessments.scoring.numbers import rounded
from assessments.scoring.score import verdict_of

MOST: Final = 3
RIGHT: Final = {Certainty.LOW: 1, Certainty.MIDDLE: 2, Certainty.HIGH: MOST}
WRONG: Final = {Certainty.LOW: 0, Certainty.MIDDLE: -2, Certainty.HIGH: -6}


# Wrong and sure, as a share of the points.
LEAST_SHARE: Final = Decimal(WRONG[Certainty.HIGH]) / MOST


def known(score: Decimal, certainty: int | None) -> Decimal:
    """What the answer alone was worth, without how sure it was given: a right one all points.

    For figures about a question: being wrong and sure says something of the learner.
    """
    sure = Certainty(certainty or Certainty.LOW)
    return max(score, Decimal(0)) * MOST / RIGHT[sure]


def mark_of(fraction: Decimal, certainty: int | None) -> Decimal:
    """The mark, -6..3; who says nothing of certainty is not sure."""
    sure = Certainty(certainty or Certainty.LOW)
    return fraction * RIGHT[sure] if fraction > NOTHING else Decimal(WRONG[sure])


class CertaintyBased(QuestionBehaviour):
    name = Behaviour.CERTAINTY
    asks_certainty = True

    def outcome(
        self,
        rules: TryRules,
        content: QuestionContent,
        tries: Sequence[Try],
        points: Decimal,
    ) -> Outcome:
        last = tries[-1]
        fraction = fraction_of(content, last.answer)
        verdict = verdict_of(fraction)
        return Outcome(
            score=rounded(mark_of(fraction, last.certainty) * points / MOST),
            verdict=verdict,
            last=verdict,
            tries=len(tries),
            tries_left=None,
            feedback=feedback_of(content, last.answer),
        )
