"""The tries of an attempt's questions, as its log has them."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from assessments.enums import Behaviour, StepKind
from assessments.models import Attempt, AttemptQuestion, AttemptStep
from assessments.scoring.behaviour.tries import Try, TryRules


def rules_of(row: Attempt) -> TryRules:
    """What holds for the tries of an attempt."""
    return TryRules(Behaviour(row.behaviour), row.tries_allowed, Decimal(row.try_penalty))


def tries_of(row: Attempt, parts: Sequence[AttemptQuestion]) -> dict[int, list[Try]]:
    """What was checked and then the answer that stands, by question; at most one query."""
    found = checked_of(row, parts)
    for part in parts:
        found[part.pk].append(Try(part.answer, part.certainty))
    return found


def checked_of(row: Attempt, parts: Sequence[AttemptQuestion]) -> defaultdict[int, list[Try]]:
    """What was checked so far, by question; at most one query."""
    found: defaultdict[int, list[Try]] = defaultdict(list)
    tried = [part.pk for part in parts if part.tries]
    if tried:
        steps = AttemptStep.objects.filter(
            attempt=row, question_id__in=tried, kind=StepKind.CHECKED
        )
        rows = steps.order_by("question_id", "seq").values_list("question_id", "data")
        for question_id, data in rows:
            if question_id is not None:
                found[question_id].append(try_from(data))
    return found


def checked_tries(part: AttemptQuestion) -> list[Try]:
    """What was checked of one question so far; no query before the first check."""
    if not part.tries:
        return []
    steps = part.steps.filter(kind=StepKind.CHECKED).order_by("seq")
    return [try_from(data) for data in steps.values_list("data", flat=True)]


def try_from(data: dict[str, object]) -> Try:
    """The try that a step holds; nothing is left of one that was erased."""
    answer, certainty = data.get("answer"), data.get("certainty")
    return Try(answer, certainty if isinstance(certainty, int) else None)  # type: ignore[arg-type]
