"""Checked as often as one likes: each try that is not right costs a penalty."""

from collections.abc import Sequence
from decimal import Decimal

from assessments.enums import Behaviour
from assessments.scoring.behaviour.tries import (
    Outcome,
    QuestionBehaviour,
    Try,
    TryRules,
    best_of,
)
from assessments.scoring.content import QuestionContent


class Adaptive(QuestionBehaviour):
    name = Behaviour.ADAPTIVE
    checks = True
    tells = True

    def outcome(
        self,
        rules: TryRules,
        content: QuestionContent,
        tries: Sequence[Try],
        points: Decimal,
    ) -> Outcome:
        return best_of(rules, content, tries, points)
