"""Each answer is checked once: the first try is final."""

from collections.abc import Sequence
from dataclasses import replace
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


class Immediate(QuestionBehaviour):
    name = Behaviour.IMMEDIATE
    checks = True

    def outcome(
        self,
        rules: TryRules,
        content: QuestionContent,
        tries: Sequence[Try],
        points: Decimal,
    ) -> Outcome:
        return replace(best_of(rules, content, tries[:1], points), tries_left=0, final=True)
