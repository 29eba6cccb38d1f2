"""The figures of a course's active learners, for its staff."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from analytics.models import HelpContact, LearnerFeature
from courses.enums import CourseRole, EnrolmentState
from courses.models import Course, Enrolment
from courses.rules import STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.rules import require


class LearnerFigures(NamedTuple):
    """One active learner: `seconds` spent, `completion` 0..1, `mean_score` 0..1 or None."""

    course_id: int
    user_id: int
    public_id: str
    name: str
    enrolled_at: datetime
    completion: float
    seconds: int
    last_seen: datetime | None
    mean_score: float | None
    scored: int
    open_attempts: int
    active_days: int
    messages: int


@dataclass(frozen=True, slots=True)
class Contact:
    """The last time staff got in touch with a learner; `by` is empty where that person is gone."""

    at: datetime
    by: str


def learner_figures(actor: Actor, course: Course) -> list[LearnerFigures]:
    """Every active learner of a course, by enrolment. Raises what `require` raises."""
    require(actor, STAFF_COURSE, course)
    return figures_of({course.pk})[course.pk]


def figures_of(course_ids: Iterable[int]) -> dict[int, list[LearnerFigures]]:
    """The same for several courses in two queries; the caller has checked its rule."""
    wanted = set(course_ids)
    sums = LearnerFeature.objects.filter(course__in=wanted)
    features = {
        (course_id, user_id): _Sums(*values)
        for course_id, user_id, *values in sums.values_list("course_id", "user_id", *_SUMS)
    }
    found: dict[int, list[LearnerFigures]] = {course_id: [] for course_id in wanted}
    rows = Enrolment.objects.filter(
        course__in=wanted, state=EnrolmentState.ACTIVE, role=CourseRole.LEARNER
    )
    for row in rows.order_by("id").values_list(*_COLUMNS):
        one = _figures(row, features.get((row[0], row[1]), _NOTHING))
        found[one.course_id].append(one)
    return found


class _Sums(NamedTuple):
    """What is read of a learner's roll-up: a model's own objects cost three times as much."""

    last_seen: datetime | None = None
    score_sum: Decimal = Decimal(0)
    scored: int = 0
    attempts_started: int = 0
    attempts_submitted: int = 0
    active_days: int = 0
    messages: int = 0


_SUMS = _Sums._fields  # noqa: SLF001 - underscored so as to clash with no field
_NOTHING = _Sums()
_COLUMNS = (
    "course_id",
    "user_id",
    "user__public_id",
    "user__name",
    "user__email",
    "created_at",
    "completion",
    "seconds",
    "last_active_at",
)


def _figures(row: tuple[Any, ...], feature: _Sums) -> LearnerFigures:
    course_id, user_id, public_id, name, email, since, completion, seconds, active = row
    times = [moment for moment in (feature.last_seen, active) if moment is not None]
    return LearnerFigures(
        course_id=course_id,
        user_id=user_id,
        public_id=public_id,
        name=name or email.partition("@")[0],
        enrolled_at=since,
        completion=completion,
        seconds=seconds,
        last_seen=max(times, default=None),
        mean_score=mean_score(feature),
        scored=feature.scored,
        open_attempts=max(0, feature.attempts_started - feature.attempts_submitted),
        active_days=feature.active_days,
        messages=feature.messages,
    )


def mean_score(feature: "LearnerFeature | _Sums") -> float | None:
    """The mean share of full marks over the scored attempts, None without any."""
    return float(feature.score_sum / feature.scored) if feature.scored else None


def last_contacts(course_ids: Iterable[int]) -> dict[tuple[int, int], Contact]:
    """The last contact of each (course, learner); the caller has checked its rule."""
    rows = (
        HelpContact.objects.filter(course__in=set(course_ids))
        .order_by("created_at")
        .values_list(
            "course_id", "learner_id", "created_at", "contacted_by__name", "contacted_by__email"
        )
    )
    found: dict[tuple[int, int], Contact] = {}
    for course_id, learner_id, at, name, email in rows:
        found[course_id, learner_id] = Contact(at, name or (email or "").partition("@")[0])
    return found
