"""What one learner may see of many attempts, in the same few queries however many quizzes.

`queries.facts` tells it for one attempt, or for many of one quiz; a test holds the two equal.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from assessments.enums import AttemptState
from assessments.models import Accommodation, Attempt, DateOverride, Quiz
from assessments.queries.dates import change_of, dates_of, relief_of
from assessments.queries.facts import dated_facts, standing_facts
from assessments.scoring.dates import NO_RELIEF, Dates, Relief, effective_dates
from assessments.scoring.review import Facts, Items, may_see, policy_from
from courses.enums import EnrolmentState
from courses.models import Enrolment, LearnerGroupMember
from lms.kernel import clock


def shown_to_learner(learner_id: int, rows: Sequence[Attempt]) -> dict[int, Items]:
    """What a learner may see now of each of their attempts, by its key; `quiz` is loaded."""
    facts = facts_of_learner(learner_id, rows)
    return {row.pk: may_see(policy_from(row.quiz.review), facts[row.pk]) for row in rows}


def facts_of_learner(learner_id: int, rows: Sequence[Attempt]) -> dict[int, Facts]:
    """The facts of one learner's attempts at any quizzes, by key; at most six queries."""
    found = {row.pk: standing_facts(row) for row in rows}
    done = [row for row in rows if row.state != AttemptState.OPEN and row.submitted_at]
    if not done:
        return found
    quizzes = {row.quiz_id: row.quiz for row in done}
    plans = Plans.read(learner_id, quizzes.values())
    states: defaultdict[int, list[str]] = defaultdict(list)
    going: set[int] = set()
    seen = Attempt.objects.filter(quiz__in=quizzes).order_by()
    seen = seen.filter(Q(learner_id=learner_id) | Q(state=AttemptState.OPEN))
    for quiz_id, person, state in seen.values_list("quiz_id", "learner_id", "state"):
        if person == learner_id:
            states[quiz_id].append(state)
        if state == AttemptState.OPEN:
            going.add(quiz_id)
    dates = {key: plans.dates(quiz, learner_id) for key, quiz in quizzes.items()}
    over = {key: key not in going and plans.is_over_for_all(quiz) for key, quiz in quizzes.items()}
    for row in done:
        key = row.quiz_id
        mine = states[key]
        found[row.pk] = dated_facts(found[row.pk], row, dates[key], mine, closed_for_all=over[key])
    return found


@dataclass(frozen=True, slots=True)
class Plans:
    """What the dates of some quizzes hang on, for a learner and for everybody with other dates."""

    overrides: dict[int, list[DateOverride]]
    members: dict[int, set[int]]
    reliefs: dict[int, Relief]
    inside: set[tuple[int, int]]

    @classmethod
    def read(cls, learner_id: int, quizzes: Iterable[Quiz]) -> "Plans":
        """At most four queries; who else has other dates is read for quizzes that have closed."""
        wanted = list(quizzes)
        overrides: defaultdict[int, list[DateOverride]] = defaultdict(list)
        for row in DateOverride.objects.filter(quiz__in=wanted).order_by("pk"):
            overrides[row.quiz_id or 0].append(row)
        groups = {one.group_id for rows in overrides.values() for one in rows if one.group_id}
        members: defaultdict[int, set[int]] = defaultdict(set)
        if groups:
            inside = LearnerGroupMember.objects.filter(group__in=groups)
            for group, person in inside.values_list("group_id", "learner_id"):
                members[group].add(person)
        ended = {one.course_id for one in wanted if _has_closed(one)}
        people = Q(person=learner_id)
        if ended:
            active = Enrolment.objects.filter(course__in=ended, state=EnrolmentState.ACTIVE)
            people |= Q(person__in=active.values("user"))
        reliefs = {row.person_id: relief_of(row) for row in Accommodation.objects.filter(people)}
        return cls(overrides, members, reliefs, _inside(ended, overrides, members, reliefs))

    def dates(self, quiz: Quiz, person: int) -> Dates:
        """Somebody's own dates of a quiz."""
        rows = self.overrides.get(quiz.pk, [])
        return effective_dates(
            dates_of(quiz),
            groups=[
                change_of(row) for row in rows if person in self.members.get(row.group_id or 0, ())
            ],
            person=next((change_of(row) for row in rows if row.person_id == person), None),
            relief=self.reliefs.get(person, NO_RELIEF),
        )

    def is_over_for_all(self, quiz: Quiz) -> bool:
        """Whether everybody's dates of a quiz are over."""
        last = self._last_close(quiz)
        return last is not None and clock.now() >= last

    def _last_close(self, quiz: Quiz) -> datetime | None:
        if not _has_closed(quiz) or quiz.closes_at is None:
            return None
        people = {person for person, course in self.inside if course == quiz.course_id}
        closes = [self.dates(quiz, person).closes_at for person in people]
        return max([quiz.closes_at, *(at for at in closes if at is not None)])


def _has_closed(quiz: Quiz) -> bool:
    return quiz.closes_at is not None and quiz.closes_at <= clock.now()


def _inside(
    courses: set[int],
    overrides: dict[int, list[DateOverride]],
    members: dict[int, set[int]],
    reliefs: dict[int, Relief],
) -> set[tuple[int, int]]:
    """Who has dates of their own and is active in which of the courses."""
    if not courses:
        return set()
    special = set(reliefs) | {one for people in members.values() for one in people}
    special |= {row.person_id for rows in overrides.values() for row in rows if row.person_id}
    rows = Enrolment.objects.filter(
        course__in=courses, user__in=special, state=EnrolmentState.ACTIVE
    )
    return set(rows.values_list("user_id", "course_id"))
