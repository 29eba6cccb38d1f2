"""The figures of a course's active learners, for its staff."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import QuerySet

from accounts.models import User
from analytics.models import HelpContact, LearnerFeature
from courses.enums import CourseRole, EnrolmentState
from courses.models import Course, Enrolment
from courses.rules import STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.db.worded import Worded
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


def figures_of(course_ids: Iterable[int], *, named: bool = True) -> dict[int, list[LearnerFigures]]:
    """The same for several courses in two queries; the caller has checked its rule.

    Unless `named`, ids and names stay empty until `names_of` tells those of a few: to join
    hundreds of people costs more than all else.
    """
    wanted = sorted(set(course_ids))
    rows: Iterable[tuple[Any, ...]]
    sums: Iterable[tuple[Any, ...]]
    if len(wanted) == 1:
        sums = _SUMS_OF_COURSE.rows(*wanted)
        rows = (_NAMED_OF_COURSE if named else _PLAIN_OF_COURSE).rows(*wanted)
    else:
        sums, rows = _sums_in(wanted), _learners_in(wanted, named=named)
    features = {(one[0], one[1]): _Sums(*one[2:]) for one in sums}
    found: dict[int, list[LearnerFigures]] = {course_id: [] for course_id in wanted}
    for row in rows:
        one = _figures(features.get((row[0], row[1]), _NOTHING), *row)
        found[one.course_id].append(one)
    return found


def _sums_in(course_ids: Sequence[int]) -> QuerySet[LearnerFeature, tuple[Any, ...]]:
    rows = LearnerFeature.objects.filter(course__in=course_ids)
    return rows.values_list("course_id", "user_id", *_SUMS)


def _learners_in(course_ids: Sequence[int], *, named: bool) -> QuerySet[Enrolment, tuple[Any, ...]]:
    rows = Enrolment.objects.filter(
        course__in=course_ids, state=EnrolmentState.ACTIVE, role=CourseRole.LEARNER
    )
    return rows.order_by("id").values_list(*_COLUMNS, *(_NAMES if named else ()))


_SUMS_OF_COURSE = Worded(lambda course: _sums_in([course]))
_NAMED_OF_COURSE = Worded(lambda course: _learners_in([course], named=True))
_PLAIN_OF_COURSE = Worded(lambda course: _learners_in([course], named=False))


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
_COLUMNS = ("course_id", "user_id", "created_at", "completion", "seconds", "last_active_at")
_NAMES = ("user__public_id", "user__name", "user__email")


def _figures(
    feature: _Sums,
    course_id: int,
    user_id: int,
    since: datetime,
    completion: float,
    seconds: int,
    active: datetime | None,
    public_id: str = "",
    name: str = "",
    email: str = "",
) -> LearnerFigures:
    seen = feature.last_seen
    if seen is None or (active is not None and active > seen):
        seen = active
    return LearnerFigures(
        course_id,
        user_id,
        public_id,
        name or email.partition("@")[0],
        since,
        completion,
        seconds,
        seen,
        mean_score(feature),
        feature.scored,
        max(0, feature.attempts_started - feature.attempts_submitted),
        feature.active_days,
        feature.messages,
    )


def names_of(user_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """The public id and the name of people by key; the caller has checked its rule."""
    rows = User.objects.filter(pk__in=set(user_ids))
    return {
        pk: (public_id, name or email.partition("@")[0])
        for pk, public_id, name, email in rows.values_list("pk", "public_id", "name", "email")
    }


def mean_score(feature: "LearnerFeature | _Sums") -> float | None:
    """The mean share of full marks over the scored attempts, None without any."""
    return float(feature.score_sum / feature.scored) if feature.scored else None


def last_contacts(
    course_ids: Iterable[int], learner_ids: Iterable[int] | None = None
) -> dict[tuple[int, int], Contact]:
    """The last contact of each (course, learner), or of some; the caller has checked its rule."""
    noted = HelpContact.objects.filter(course__in=set(course_ids))
    if learner_ids is not None:
        noted = noted.filter(learner__in=set(learner_ids))
    rows = noted.order_by("created_at").values_list(
        "course_id", "learner_id", "created_at", "contacted_by__name", "contacted_by__email"
    )
    found: dict[tuple[int, int], Contact] = {}
    for course_id, learner_id, at, name, email in rows:
        found[course_id, learner_id] = Contact(at, name or (email or "").partition("@")[0])
    return found
