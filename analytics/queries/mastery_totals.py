"""How a class masters the outcomes of a course, for its staff and its observers (V6)."""

from dataclasses import dataclass

from django.db.models import Q

from analytics.models import SkillMastery
from analytics.queries.mastery import outcomes_seen
from analytics.queries.overview import LEAST
from analytics.scoring.mastery.cells import LEAST_SHOWN, Level, level_of
from assessments.models import LearningOutcome
from courses.models import Course
from courses.queries.group import learners_of
from courses.rules import STAFF_COURSE, TOTALS_COURSE
from lms.kernel.actors import Actor
from lms.kernel.rules import allows, require


@dataclass(frozen=True, slots=True)
class OutcomeTotals:
    """An outcome over a class: of how many learners something is known, and the mean of these.

    None is withheld: it would tell an observer of fewer than five people.
    """

    outcome: LearningOutcome
    learners: int | None
    mean: float | None
    levels: dict[Level, int] | None


def mastery_totals(actor: Actor, course: Course) -> list[OutcomeTotals]:
    """The totals of every outcome in a handful of queries. Raises what `require` raises."""
    blind = not allows(actor, STAFF_COURSE, course)
    if blind:
        require(actor, TOTALS_COURSE, course)
    people = learners_of(course.pk)
    size = people.order_by().values("pk").distinct().count()
    rows = SkillMastery.objects.filter(
        Q(answers__gte=LEAST_SHOWN), course=course, learner__in=people.order_by().values("pk")
    )
    known: dict[int, list[float]] = {}
    for outcome, mastery in rows.values_list("outcome_id", "mastery"):
        known.setdefault(outcome, []).append(mastery)
    seen = outcomes_seen(actor, course)
    return [_totals(one, known.get(one.pk, []), size, blind=blind) for one in seen]


def _totals(
    outcome: LearningOutcome, found: list[float], size: int, *, blind: bool
) -> OutcomeTotals:
    """All or nothing of an outcome: what is left out must not follow from the rest."""
    levels = dict.fromkeys((Level.SECURE, Level.GROWING, Level.SHAKY), 0)
    for mastery in found:
        levels[level_of(mastery, LEAST_SHOWN)] += 1
    levels[Level.UNKNOWN] = size - len(found)
    small = any(0 < count < LEAST for count in (*levels.values(), len(found)))
    mean = sum(found) / len(found) if found else None
    if not blind or not small:
        return OutcomeTotals(outcome, len(found), mean, levels)
    telling = len(found) >= LEAST and not 0 < size - len(found) < LEAST
    return OutcomeTotals(outcome, len(found) if telling else None, mean if telling else None, None)
