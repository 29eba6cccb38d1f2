"""Of which attempts a learner knows now whether their answers are right."""

from collections.abc import Iterable

from assessments.enums import ReviewItem
from assessments.models import Attempt
from assessments.queries.shown import shown_to_learner

TOLD = frozenset({ReviewItem.ATTEMPT, ReviewItem.CORRECTNESS})


def seen_attempts(learner_id: int, keys: Iterable[int]) -> set[int]:
    """The keys of those attempts; the same few queries however many there are."""
    rows = Attempt.objects.filter(pk__in=set(keys), learner=learner_id).select_related("quiz")
    found = list(rows)
    shown = shown_to_learner(learner_id, found)
    return {row.pk for row in found if shown[row.pk] >= TOLD}
