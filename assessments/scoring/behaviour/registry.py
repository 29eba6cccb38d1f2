"""Find a behaviour, and say what tries at a question come to."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from assessments.enums import Behaviour
from assessments.scoring.behaviour.adaptive import Adaptive
from assessments.scoring.behaviour.certainty import CertaintyBased
from assessments.scoring.behaviour.deferred import Deferred
from assessments.scoring.behaviour.immediate import Immediate
from assessments.scoring.behaviour.interactive import Interactive
from assessments.scoring.behaviour.tries import (
    Outcome,
    QuestionBehaviour,
    Try,
    TryRules,
    is_scored_later,
    told_apart,
    unanswered,
)
from assessments.scoring.content import QuestionContent

BEHAVIOURS: Final[tuple[QuestionBehaviour, ...]] = (
    Deferred(),
    Immediate(),
    Interactive(),
    Adaptive(),
    CertaintyBased(),
)
_BY_NAME: Final = {one.name: one for one in BEHAVIOURS}


def behaviour_of(name: Behaviour | str) -> QuestionBehaviour:
    """The behaviour's functions."""
    return _BY_NAME[Behaviour(name)]


def outcome(
    rules: TryRules, content: QuestionContent, tries: Sequence[Try], points: Decimal
) -> Outcome:
    """What tries at a question come to, the oldest first; what a person marks waits for them."""
    given = told_apart(tries)
    if not given:
        return unanswered()
    behaviour = Behaviour.DEFERRED if is_scored_later(content) else rules.behaviour
    return behaviour_of(behaviour).outcome(rules, content, given, points)
