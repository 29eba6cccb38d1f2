"""Scored when handed in: the last answer counts."""

from collections.abc import Sequence
from decimal import Decimal

from assessments.enums import Behaviour
from assessments.scoring.behaviour.tries import Outcome, QuestionBehaviour, Try, TryRules
from assessments.scoring.content import QuestionContent
from assessments.scoring.score import score_answer


class Deferred(QuestionBehaviour):
    name = Behaviour.DEFERRED

    def outcome(
        self,
        rules: TryRules,
        content: QuestionContent,
        tries: Sequence[Try],
        points: Decimal,
    ) -> Outcome:
        scored = score_answer(content, tries[-1].answer, points)
        return Outcome(
            score=scored.score,
            verdict=scored.verdict,
            last=scored.verdict,
            tries=len(tries),
            tries_left=None,
            feedback=scored.feedback,
        )
