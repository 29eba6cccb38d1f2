"""From when and until when a person may take a quiz or hand in: the same answer at every door."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import User
from assessments.models import Accommodation, Assignment, DateOverride, PeerReview, Quiz
from assessments.rules import SEE_RESULTS, SEE_SUBMISSIONS
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

Work = Quiz | Assignment


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDates:
    """Somebody's own dates, and where they come from: groups by name, an own one, relief."""

    dates: Dates
    groups: list[str] = field(default_factory=list)
    own: bool = False
    relief: Relief = NO_RELIEF

    @property
    def differs(self) -> bool:
        """Whether something other than the dates for everybody holds."""
        return self.own or bool(self.groups) or self.relief != NO_RELIEF


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerDates(FoundDates):
    """A learner's own dates at a quiz or an assignment."""

    learner: User


def dates_of(work: Work) -> Dates:
    """The dates for everybody."""
    if isinstance(work, Assignment):
        return Dates(opens_at=work.opens_at, due_at=work.due_at, closes_at=work.cutoff_at)
    return Dates(
        opens_at=work.opens_at,
        due_at=work.due_at,
        closes_at=work.closes_at,
        limit_seconds=work.time_limit_seconds,
        attempts_allowed=work.attempts_allowed,
    )


def overrides_of(work: Work) -> QuerySet[DateOverride]:
    """What was set for groups and people in a piece of work; the caller has checked who asks."""
    if isinstance(work, Assignment):
        return DateOverride.objects.filter(assignment=work)
    return DateOverride.objects.filter(quiz=work)


def dates_for(work: Work, learner_id: int | None) -> Dates:
    """The dates for one person, with their overrides and what they get everywhere."""
    return dates_of(work) if learner_id is None else terms_for(work, learner_id)[0]


def terms_for(work: Work, learner_id: int) -> tuple[Dates, Relief]:
    """The dates for one person, and what they get everywhere; two queries."""
    return _resolved(dates_of(work), overrides_of(work), learner_id, change_of)


def review_dates_of(review: PeerReview) -> Dates:
    """The dates of a peer review for everybody: reviews due, and until when one may object."""
    return Dates(due_at=review.due_at, closes_at=review.appeal_until)


def review_dates_for(review: PeerReview, learner_id: int | None) -> Dates:
    """The dates of a peer review for one person, by the same rules as those of the work."""
    if learner_id is None:
        return review_dates_of(review)
    rows = DateOverride.objects.filter(assignment=review.assignment_id)
    return _resolved(review_dates_of(review), rows, learner_id, review_change_of)[0]


def _resolved(
    everybody: Dates,
    overrides: QuerySet[DateOverride],
    learner_id: int,
    change: Callable[[DateOverride], Change],
) -> tuple[Dates, Relief]:
    mine = Q(person_id=learner_id) | Q(group__memberships__learner_id=learner_id)
    rows = list(overrides.filter(mine).distinct())
    relief = relief_of(Accommodation.objects.filter(person_id=learner_id).first())
    dates = effective_dates(
        everybody,
        groups=[change(row) for row in rows if row.person_id is None],
        person=next((change(row) for row in rows if row.person_id is not None), None),
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


def review_change_of(row: DateOverride) -> Change:
    """What an override says of a peer review's dates."""
    return Change(due_at=row.reviews_due_at, closes_at=row.appeal_until)


def learner_rows(actor: Actor, work: Work, *, search: str = "") -> QuerySet[User]:
    """The active learners of a course by name, for the staff who see a work's dates."""
    _require_staff(actor, work)
    rows = learners_of(work.course_id)
    return rows.filter(Q(name__icontains=search) | Q(email__icontains=search)) if search else rows


def dates_of_learners(work: Work, people: Collection[User]) -> list[LearnerDates]:
    """The dates of several learners, in their order; three queries however many they are."""
    found = found_dates(work, [person.pk for person in people])
    return [
        LearnerDates(
            learner=person,
            dates=found[person.pk].dates,
            groups=found[person.pk].groups,
            own=found[person.pk].own,
            relief=found[person.pk].relief,
        )
        for person in people
    ]


def found_dates(work: Work, learner_ids: Collection[int]) -> dict[int, FoundDates]:
    """The dates of several learners by their keys; three queries however many they are."""
    accommodations = Accommodation.objects.filter(person__in=learner_ids)
    reliefs = {row.person_id: relief_of(row) for row in accommodations}
    overrides = list(overrides_of(work).select_related("group"))
    own = {row.person_id: row for row in overrides if row.person_id is not None}
    by_group = {row.group_id: row for row in overrides if row.group_id is not None}
    in_groups = _memberships(by_group, learner_ids)
    everybody = dates_of(work)
    return {
        key: FoundDates(
            dates=effective_dates(
                everybody,
                groups=[change_of(row) for row in in_groups[key]],
                person=change_of(own[key]) if key in own else None,
                relief=reliefs.get(key, NO_RELIEF),
            ),
            groups=[row.group.name for row in in_groups[key] if row.group],
            own=key in own,
            relief=reliefs.get(key, NO_RELIEF),
        )
        for key in learner_ids
    }


def _memberships(
    by_group: Mapping[int, DateOverride], learner_ids: Collection[int]
) -> defaultdict[int, list[DateOverride]]:
    found: defaultdict[int, list[DateOverride]] = defaultdict(list)
    if not by_group:
        return found
    rows = LearnerGroupMember.objects.filter(group_id__in=by_group, learner_id__in=learner_ids)
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


def overrides(actor: Actor, work: Work) -> QuerySet[DateOverride]:
    """The overrides of a work for its staff, groups first; raises what `require` raises."""
    _require_staff(actor, work)
    rows = overrides_of(work).select_related("group", "person", "set_by")
    return rows.order_by("person_id", "group__name", "person__name", "pk")


def override(actor: Actor, work: Work, public_id: str) -> DateOverride:
    """One override inside its work (Z3); raises NotFound."""
    found = overrides(actor, work).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def _require_staff(actor: Actor, work: Work) -> None:
    if isinstance(work, Assignment):
        require(actor, SEE_SUBMISSIONS, work)
    else:
        require(actor, SEE_RESULTS, work)
