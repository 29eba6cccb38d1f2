"""What a copy of one's own data keeps back, by the same policy as every other door (Z7)."""

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import QuerySet

from assessments.enums import ReviewItem
from assessments.models import Attempt
from assessments.models.attempt import SCORING
from assessments.queries.facts import facts_of_many
from assessments.scoring.review import Items, may_see, policy_from

RESULT: Final[Items] = frozenset({ReviewItem.CORRECTNESS, ReviewItem.SCORE, ReviewItem.COMMENT})


def questions(rows: QuerySet[Any]) -> set[int]:
    """Keys of drawn questions whose score, verdict and comment are not all shown."""
    return _kept_back(rows.values_list("pk", "attempt_id"))


def steps(rows: QuerySet[Any]) -> set[int]:
    """Keys of steps that say what an answer is worth, where that is not shown."""
    return _kept_back(rows.filter(kind__in=SCORING).values_list("pk", "attempt_id"))


def _kept_back(pairs: Iterable[tuple[int, int]]) -> set[int]:
    found = list(pairs)
    attempts = Attempt.objects.filter(pk__in={attempt for _pk, attempt in found})
    rows = list(attempts.select_related("quiz", "learner"))
    facts = facts_of_many(rows)
    open_to = {
        row.pk for row in rows if may_see(policy_from(row.quiz.review), facts[row.pk]) >= RESULT
    }
    return {pk for pk, attempt in found if attempt not in open_to}
