"""The mastery map: of oneself, of a class, and the answers behind each of its figures.

A learner's own map counts only answers of which they may know whether they are right, so that no
figure tells an unreleased result; it is counted when they look. Staff see the stored estimates,
which count every scored answer.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from analytics.models import CourseMastery, SkillMastery
from analytics.queries.asked import asked_outcomes
from analytics.queries.mastery_answers import Given, given_answers, skill_in, skills_of
from analytics.queries.mastery_seen import seen_attempts
from analytics.scoring.mastery.cells import (
    Level,
    Place,
    Trace,
    begin,
    level_of,
    traced_cell,
    words_of,
)
from analytics.scoring.mastery.tracing import Skill
from assessments.models import LearningOutcome
from assessments.queries.exam import exam_of
from assessments.queries.filing import builds_on
from assessments.rules import VIEW_QUIZ
from courses.models import Course
from courses.queries.group import learners_of
from courses.rules import OPEN_COURSE, STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound
from lms.kernel.rules import require


@dataclass(frozen=True, slots=True)
class MasteryCell:
    """An outcome of a learner. `mastery` (0..1) is None where too little is known.

    `builds_on` are its prerequisites of which the asker may know.
    """

    outcome: LearningOutcome
    mastery: float | None
    answers: int
    right: int
    level: Level
    last_at: datetime | None
    builds_on: tuple[LearningOutcome, ...] = ()

    @property
    def words(self) -> str:
        """From how many answers, or why nothing is said."""
        return words_of(self.answers, self.right)


@dataclass(frozen=True, slots=True)
class OwnMap:
    """A learner's own map; `closed` while an exam of theirs runs, and then without cells."""

    cells: list[MasteryCell]
    closed: bool = False

    @property
    def known(self) -> list[MasteryCell]:
        """The cells that say something."""
        return [cell for cell in self.cells if cell.mastery is not None]


@dataclass(frozen=True, slots=True)
class LearnerLine:
    """A learner with a cell for each outcome, in their order."""

    learner: User
    cells: list[MasteryCell]


def outcomes_of(course: Course) -> list[LearningOutcome]:
    """The outcomes of a course in their order; the caller has checked who asks."""
    return list(LearningOutcome.objects.filter(course=course).order_by("ordinal", "id"))


def has_outcomes(course: Course) -> bool:
    """Whether a course names outcomes at all."""
    return LearningOutcome.objects.filter(course=course).exists()


def outcomes_seen(actor: Actor, course: Course) -> list[LearningOutcome]:
    """The outcomes that the asker may know of: to staff all, to others what visible quizzes ask.

    What is still being prepared in the bank is nobody else's.
    """
    outcomes = outcomes_of(course)
    if not outcomes or STAFF_COURSE.may(actor, course):
        return outcomes
    visible = list(VIEW_QUIZ.rows(actor).filter(course=course).only("pk"))
    asked = set().union(*asked_outcomes(course, visible).values())
    return [one for one in outcomes if one.pk in asked]


def own_map(actor: Actor, course: Course) -> OwnMap:
    """The asker's own map, in the same queries however many answers. Raises what `require` raises.

    A member who does not learn here has an empty one, and so has who looks as a student.
    """
    require(actor, OPEN_COURSE, course)
    if exam_of(actor) is not None:
        return OwnMap([], closed=True)
    outcomes = outcomes_seen(actor, course)
    skills, answers = skills_of(course.pk), own_answers(actor, course)
    by_outcome: dict[int, list[tuple[Place, bool]]] = defaultdict(list)
    for one in answers:
        by_outcome[one.outcome].append((one.place, one.right))
    traces = {
        outcome: traced_cell(skill_in(skills, outcome), found)
        for outcome, found in by_outcome.items()
    }
    cells = [cell_of(outcome, traces.get(outcome.pk)) for outcome in outcomes]
    return OwnMap(with_prerequisites(course, cells))


def own_answers(actor: Actor, course: Course) -> list[Given]:
    """The asker's answers of which they may know whether they are right."""
    if actor.user_id is None or actor.preview_course_id == course.pk:
        return []
    found = given_answers(course.pk, learners=[actor.user_id])
    seen = seen_attempts(actor.user_id, {one.attempt for one in found})
    return [one for one in found if one.attempt in seen]


def with_prerequisites(course: Course, cells: Sequence[MasteryCell]) -> list[MasteryCell]:
    """The cells of a learner with what each builds on, as far as the others are among them."""
    there = {cell.outcome.pk: cell.outcome for cell in cells}
    edges = builds_on(course)
    return [
        replace(
            cell,
            builds_on=tuple(there[key] for key in edges.get(cell.outcome.pk, ()) if key in there),
        )
        for cell in cells
    ]


def class_rows(actor: Actor, course: Course) -> QuerySet[User]:
    """The active learners of a course by name. Raises what `require` raises."""
    require(actor, STAFF_COURSE, course)
    return learners_of(course.pk)


def class_lines(
    actor: Actor, course: Course, people: Sequence[User], outcomes: Sequence[LearningOutcome]
) -> list[LearnerLine]:
    """Some learners with their cells, one query for all. Raises what `require` raises."""
    require(actor, STAFF_COURSE, course)
    rows = SkillMastery.objects.filter(course=course, learner__in=people)
    traces = {(row.learner_id, row.outcome_id): stored_trace(row) for row in rows}
    return [
        LearnerLine(
            one, [cell_of(outcome, traces.get((one.pk, outcome.pk))) for outcome in outcomes]
        )
        for one in people
    ]


def learner_of(actor: Actor, course: Course, public_id: str) -> User:
    """An active learner of a course for its staff; raises NotFound, and what `require` raises."""
    found = class_rows(actor, course).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def outcome_of(actor: Actor, course: Course, public_id: str) -> LearningOutcome:
    """An outcome that the asker may know of inside its course (Z3); raises NotFound."""
    for one in outcomes_seen(actor, course):
        if one.public_id == public_id:
            return one
    raise NotFound


def fitted_at(course: Course) -> datetime | None:
    """When the parameters of a course were fitted last; the caller has checked who asks."""
    row = CourseMastery.objects.filter(course=course).first()
    return row.fitted_at if row else None


def skill_of(outcome: LearningOutcome) -> Skill:
    """The parameters of one outcome; the caller has checked who asks."""
    return skill_in(skills_of(outcome.course_id), outcome.pk)


def cell_of(outcome: LearningOutcome, trace: Trace | None) -> MasteryCell:
    """What may be said of an outcome after some answers."""
    found = trace or begin(Skill())
    level = level_of(found.mastery, found.answers)
    return MasteryCell(
        outcome=outcome,
        mastery=None if level == Level.UNKNOWN else found.mastery,
        answers=found.answers,
        right=found.right,
        level=level,
        last_at=found.last[0] if found.last else None,
    )


def stored_trace(row: SkillMastery) -> Trace:
    """A stored estimate."""
    return Trace(row.mastery, row.answers, row.right, (row.last_at, row.last_answer))


def counts(cells: Iterable[MasteryCell]) -> dict[Level, int]:
    """How many cells there are of each level."""
    found = dict.fromkeys(Level, 0)
    for cell in cells:
        found[cell.level] += 1
    return found
