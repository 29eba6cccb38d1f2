"""From when, until when and how long a person may take a quiz: the same answer for every door."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import User
from assessments.models import Accommodation, DateOverride, Quiz
from assessments.rules import SEE_RESULTS
from assessments.scoring.dates import (
    NO_RELIEF,
    Change,
    Dates,
    Relief,
    effective_dates,
)
from courses.enums import EnrolmentState
from courses.models import LearnerGroupMember
from courses.queries.group import learners_of
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound
from lms.kernel.rules import require


@dataclass(frozen=True, slots=True)
class LearnerDates:
    """A learner's own dates at a quiz, and where they come from."""

    learner: User
    dates: Dates
    groups: list[str] = field(default_factory=list)
    own: bool = False
    relief: Relief = NO_RELIEF

    @property
    def differs(self) -> bool:
        """Whether something other than the dates for everybody holds."""
        return self.own or bool(self.groups) or self.relief != NO_RELIEF


def dates_of(quiz: Quiz) -> Dates:
    """The dates for everybody."""
    return Dates(
        opens_at=quiz.opens_at,
        due_at=quiz.due_at,
        closes_at=quiz.closes_at,
        limit_seconds=quiz.time_limit_seconds,
        attempts_allowed=quiz.attempts_allowed,
    )


def dates_for(quiz: Quiz, learner_id: int | None) -> Dates:
    """The dates for one person, with their overrides and what they get everywhere."""
    return dates_of(quiz) if learner_id is None else terms_for(quiz, learner_id)[0]


def terms_for(quiz: Quiz, learner_id: int) -> tuple[Dates, Relief]:
    """The dates for one person, and what they get everywhere; two queries."""
    mine = Q(person_id=learner_id) | Q(group__memberships__learner_id=learner_id)
    rows = list(DateOverride.objects.filter(mine, quiz=quiz).distinct())
    relief = relief_of(Accommodation.objects.filter(person_id=learner_id).first())
    dates = effective_dates(
        dates_of(quiz),
        groups=[change_of(row) for row in rows if row.person_id is None],
        person=next((change_of(row) for row in rows if row.person_id is not None), None),
        relief=relief,
    )
    return dates, relief


def relief_of(row: Accommodation | None) -> Relief:
    """An accommodation as the arithmetic takes it; none is no relief."""
    if row is None:
        return NO_RELIEF
    return Relief(
        time_factor=row.time_factor,
        extra_days=row.extra_days,
        early_minutes=row.early_minutes,
        break_minutes=row.break_minutes,
    )


def change_of(row: DateOverride) -> Change:
    """An override as the arithmetic takes it."""
    return Change(
        opens_at=row.opens_at,
        due_at=row.due_at,
        closes_at=row.closes_at,
        limit_seconds=row.time_limit_seconds,
        attempts_allowed=row.attempts_allowed,
    )


def learner_rows(actor: Actor, quiz: Quiz, *, search: str = "") -> QuerySet[User]:
    """The active learners of a quiz's course by name, for its staff."""
    require(actor, SEE_RESULTS, quiz)
    rows = learners_of(quiz.course_id)
    return rows.filter(Q(name__icontains=search) | Q(email__icontains=search)) if search else rows


def dates_of_learners(quiz: Quiz, people: Collection[User]) -> list[LearnerDates]:
    """The dates of several learners, in their order; three queries however many they are."""
    reliefs = {
        row.person_id: relief_of(row) for row in Accommodation.objects.filter(person__in=people)
    }
    overrides = list(DateOverride.objects.filter(quiz=quiz).select_related("group"))
    own = {row.person_id: row for row in overrides if row.person_id is not None}
    by_group = {row.group_id: row for row in overrides if row.group_id is not None}
    in_groups = _memberships(by_group, people)
    everybody = dates_of(quiz)
    return [
        LearnerDates(
            learner=person,
            dates=effective_dates(
                everybody,
                groups=[change_of(row) for row in in_groups[person.pk]],
                person=change_of(own[person.pk]) if person.pk in own else None,
                relief=reliefs.get(person.pk, NO_RELIEF),
            ),
            groups=[row.group.name for row in in_groups[person.pk] if row.group],
            own=person.pk in own,
            relief=reliefs.get(person.pk, NO_RELIEF),
        )
        for person in people
    ]


def _memberships(
    by_group: Mapping[int, DateOverride], people: Collection[User]
) -> defaultdict[int, list[DateOverride]]:
    found: defaultdict[int, list[DateOverride]] = defaultdict(list)
    rows = LearnerGroupMember.objects.filter(group_id__in=by_group, learner__in=people)
    for learner_id, group_id in rows.order_by("pk").values_list("learner_id", "group_id"):
        found[learner_id].append(by_group[group_id])
    return found


def last_close(quiz: Quiz) -> datetime | None:
    """When the quiz has closed for everybody in the course; None when it never does."""
    if quiz.closes_at is None:
        return None
    special = (
        Q(accommodation__isnull=False)
        | Q(date_overrides__quiz=quiz)
        | Q(group_memberships__group__date_overrides__quiz=quiz)
    )
    members = User.objects.filter(
        enrolments__course_id=quiz.course_id, enrolments__state=EnrolmentState.ACTIVE
    )
    people = list(members.filter(special).distinct())
    closes = [one.dates.closes_at for one in dates_of_learners(quiz, people)]
    return max([quiz.closes_at, *(at for at in closes if at is not None)])


def overrides(actor: Actor, quiz: Quiz) -> QuerySet[DateOverride]:
    """The overrides of a quiz for its staff, groups first; raises what `require` raises."""
    require(actor, SEE_RESULTS, quiz)
    rows = DateOverride.objects.filter(quiz=quiz).select_related("group", "person", "set_by")
    return rows.order_by("person_id", "group__name", "person__name", "pk")


def override(actor: Actor, quiz: Quiz, public_id: str) -> DateOverride:
    """One override inside its quiz (Z3); raises NotFound."""
    found = overrides(actor, quiz).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found
