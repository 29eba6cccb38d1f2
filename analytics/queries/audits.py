"""What audits of the early warning found, and what they are counted from."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from analytics.models import AuditTable, AuditValue, FairnessReport, LearnerRisk
from analytics.queries.institution import require_institution
from analytics.queries.outcomes import outcomes_of
from courses.models import Course
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.models import UNFINISHED_STATES, Job

KIND = "analytics.audit_fairness"
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Foretold:
    """The first chance that a model told of a learner in an ended course, and how it ended."""

    course: int
    learner: int
    chance: float
    failed: bool


def fairness_reports(actor: Actor) -> list[FairnessReport]:
    """The newest report of each model. Raises what `require_institution` raises."""
    require_institution(actor)
    found: dict[int | None, FairnessReport] = {}
    for row in FairnessReport.objects.select_related("model").order_by("-created_at", "-pk")[:50]:
        found.setdefault(row.model_id, row)
    return list(found.values())[:SHOWN]


def waiting_table(actor: Actor) -> AuditTable | None:
    """Attributes that are not deleted yet. Raises what `require_institution` raises."""
    require_institution(actor)
    return AuditTable.objects.order_by("-pk").first()


def running_audit(actor: Actor) -> Job | None:
    """The asker's audit that is not finished. Raises what `require_institution` raises."""
    require_institution(actor)
    rows = Job.objects.filter(kind=KIND, created_by_id=actor.user_id, state__in=UNFINISHED_STATES)
    return rows.order_by("-pk").first()


def foretold() -> Iterator[tuple[int | None, Foretold]]:
    """By model, what was told in ended courses whose outcome is known; the caller has checked."""
    ended = Course.objects.filter(ends_at__lte=clock.now(), deleted_at=None)
    told = LearnerRisk.objects.filter(course__in=ended.values("pk")).exclude(chance=None)
    courses = Course.objects.filter(pk__in=told.order_by().values("course"))
    for course in courses:
        outcomes = outcomes_of(course)
        seen: set[tuple[int | None, int]] = set()
        rows = told.filter(course=course).order_by("week", "pk")
        for model, learner, chance in rows.values_list("model_id", "learner_id", "chance"):
            outcome = outcomes.get(learner)
            if outcome is None or (model, learner) in seen:
                continue
            seen.add((model, learner))
            yield model, Foretold(course.pk, learner, chance or 0.0, outcome)


def values_of(table: AuditTable) -> dict[str, dict[int, str]]:
    """By attribute, the value of each person; the caller has checked."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    rows = AuditValue.objects.filter(table=table)
    for attribute, user, value in rows.values_list("attribute", "user_id", "value"):
        found[attribute][user] = value
    return dict(sorted(found.items()))
