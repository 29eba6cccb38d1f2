"""Several tries, a hint between them, and a penalty for each further one."""

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


class Interactive(QuestionBehaviour):
    name = Behaviour.INTERACTIVE
    checks = True
    tells = True

    def outcome(
        self,
        rules: TryRules,
        content: QuestionContent,
        tries: Sequence[Try],
        points: Decimal,
    ) -> Outcome:
        counted = tries[: rules.tries_allowed]
        found = best_of(rules, content, counted, points)
        left = 0 if found.final else rules.tries_allowed - len(counted)
        hint = len(counted) - 1 if left else None
        return replace(found, tries_left=left, final=not left, hint=hint)
