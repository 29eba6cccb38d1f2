"""What a copy of one's own data keeps back of mastery: what unreleased results would tell (Z7)."""

from collections import defaultdict
from typing import Any

from django.db.models import QuerySet

from analytics.models import SkillAnswer
from analytics.queries.mastery_seen import seen_attempts


def answers(rows: QuerySet[Any]) -> set[int]:
    """Keys of counted answers of which their learner may not know yet whether they are right."""
    return {pk for pk, _cell in _kept_back(rows)}


def cells(rows: QuerySet[Any]) -> set[int]:
    """Keys of estimates into which such an answer goes."""
    pairs = {(row.learner_id, row.outcome_id): row.pk for row in rows}
    counted = SkillAnswer.objects.filter(learner__in={learner for learner, _outcome in pairs})
    return {pairs[cell] for _pk, cell in _kept_back(counted) if cell in pairs}


def _kept_back(rows: QuerySet[Any]) -> list[tuple[int, tuple[int, int]]]:
    found = list(rows.values_list("pk", "learner_id", "outcome_id", "answer__attempt_id"))
    attempts: dict[int, set[int]] = defaultdict(set)
    for _pk, learner, _outcome, attempt in found:
        attempts[learner].add(attempt)
    open_to: set[int] = set()
    for learner, keys in attempts.items():
        open_to |= seen_attempts(learner, keys)
    return [
        (pk, (learner, outcome))
        for pk, learner, outcome, attempt in found
        if attempt not in open_to
    ]
