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
from lms.kernel.db.worded import Worded, padded
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
    features = {one[:2]: one[2:] for one in sums}
    found: dict[int, list[LearnerFigures]] = {course_id: [] for course_id in wanted}
    for row in rows:
        one = _figures(features.get(row[:2], _NOTHING), *row)
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


_SUMS = (
    "last_seen",
    "score_sum",
    "scored",
    "attempts_started",
    "attempts_submitted",
    "active_days",
    "messages",
)
_NOTHING = (None, Decimal(0), 0, 0, 0, 0, 0)
_COLUMNS = ("course_id", "user_id", "created_at", "completion", "seconds", "last_active_at")
_NAMES = ("user__public_id", "user__name", "user__email")


def _figures(
    sums: tuple[Any, ...],
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
    seen, points, scored, started, submitted, days, messages = sums
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
        _mean(points, scored),
        scored,
        started - submitted if started > submitted else 0,
        days,
        messages,
    )


def names_of(user_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """The public id and the name of a few people by key; the caller has checked its rule."""
    keys = padded(user_ids)
    return {
        pk: (public_id, name or email.partition("@")[0])
        for pk, public_id, name, email in (_NAMES_OF.rows(*keys) if keys else ())
    }


_NAMES_OF = Worded(
    lambda *people: (
        User.objects.filter(pk__in=people)
        .order_by()
        .values_list("pk", "public_id", "name", "email")
    )
)


def mean_score(feature: LearnerFeature) -> float | None:
    """The mean share of full marks over the scored attempts, None without any."""
    return _mean(feature.score_sum, feature.scored)


def _mean(points: Decimal, scored: int) -> float | None:
    return float(points / scored) if scored else None


def last_contacts(course_ids: Iterable[int]) -> dict[tuple[int, int], Contact]:
    """The last contact of each (course, learner); the caller has checked its rule."""
    return {(row[0], row[1]): _contact(*row[2:]) for row in _contacts(set(course_ids))}


def contacts_of(course_id: int, learner_ids: Iterable[int]) -> dict[int, Contact]:
    """The last contact of a few learners of a course by key; the caller has checked its rule."""
    keys = padded(learner_ids)
    rows = _CONTACTS_OF.rows(course_id, *keys) if keys else ()
    return {row[1]: _contact(*row[2:]) for row in rows}


def _contacts(course_ids: Iterable[int]) -> QuerySet[HelpContact, tuple[Any, ...]]:
    noted = HelpContact.objects.filter(course__in=course_ids).order_by("created_at")
    by = ("contacted_by__name", "contacted_by__email")
    return noted.values_list("course_id", "learner_id", "created_at", *by)


_CONTACTS_OF = Worded(lambda course, *learners: _contacts([course]).filter(learner__in=learners))


def _contact(at: datetime, name: str | None, email: str | None) -> Contact:
    return Contact(at, name or (email or "").partition("@")[0])
