"""Who may need help, and noting that somebody was in touch. Nothing here acts on a learner (I6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from analytics.models import HelpContact
from analytics.queries.learners import (
    Contact,
    LearnerFigures,
    figures_of,
    last_contacts,
)
from analytics.scoring.help import Assessment, HelpState, LearnerSignals, assess, median
from courses.enums import CourseRole, EnrolmentState
from courses.models import Course, Enrolment
from courses.rules import ASSIST_COURSE, STAFF_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound
from lms.kernel.rules import require


@dataclass(frozen=True, slots=True)
class LearnerHelp:
    """A learner with the rule's answer and the last contact."""

    learner: LearnerFigures
    assessment: Assessment
    contact: Contact | None


def needs_help(*, actor: Actor, course: Course) -> list[LearnerHelp]:
    """Every active learner of a course, those with the most points first, then by name.

    Raises what `require` raises. The list is shown to staff; no flag is stored.
    """
    require(actor, STAFF_COURSE, course)
    return _assessed([course])[course.pk]


def help_for(*, actor: Actor, course: Course, learner_id: str) -> LearnerHelp:
    """One active learner by public id. Raises what `require` raises, and NotFound."""
    for entry in needs_help(actor=actor, course=course):
        if entry.learner.public_id == learner_id:
            return entry
    raise NotFound(_("There is no such learner in this course."))


def flagged(*, actor: Actor, courses: Iterable[Course]) -> list[tuple[Course, LearnerHelp]]:
    """Those who need help over several courses in four queries, most points first.

    Raises what `require` raises for each course.
    """
    wanted = list(courses)
    own = STAFF_COURSE.rows(actor).filter(pk__in={course.pk for course in wanted})
    staffed = set(own.values_list("pk", flat=True))
    for course in wanted:
        if course.pk not in staffed:
            require(actor, STAFF_COURSE, course)
    found = _assessed(wanted)
    pairs = [
        (course, entry)
        for course in wanted
        for entry in found[course.pk]
        if entry.assessment.state is HelpState.NEEDS_HELP
    ]
    pairs.sort(key=lambda pair: -pair[1].assessment.points)
    return pairs


@transaction.atomic
def note_contact(*, actor: Actor, course: Course, learner_id: str) -> HelpContact:
    """Note that the actor got in touch with a learner, by public id.

    Raises what `require` raises, and NotFound for anybody who is no active learner here.
    """
    require(actor, ASSIST_COURSE, course)
    learner = User.objects.filter(
        public_id=learner_id,
        pk__in=Enrolment.objects.filter(
            course=course, state=EnrolmentState.ACTIVE, role=CourseRole.LEARNER
        ).values("user"),
    ).first()
    if learner is None:
        raise NotFound(_("There is no such learner in this course."))
    return HelpContact.objects.create(
        course=course, learner=learner, contacted_by_id=actor.user_id, created_at=clock.now()
    )


def signals_of(
    learner: LearnerFigures, course: Course, middle: float | None, size: int
) -> LearnerSignals:
    """The rule's input for one learner at this moment."""
    now = clock.now()
    begun = _begun(learner, course)
    seen = max(begun, learner.last_seen) if learner.last_seen else begun
    return LearnerSignals(
        days_enrolled=max(0, (now - begun).days),
        days_inactive=max(0, (now - seen).days),
        completion=learner.completion,
        class_median=middle,
        class_size=size,
        mean_score=learner.mean_score,
        graded_quizzes=learner.scored,
        open_attempts=learner.open_attempts,
    )


def _begun(learner: LearnerFigures, course: Course) -> datetime:
    """When the learner could begin: on joining, or when the course did."""
    return max(learner.enrolled_at, course.starts_at or learner.enrolled_at)


def _assessed(courses: list[Course]) -> dict[int, list[LearnerHelp]]:
    ids = {course.pk for course in courses}
    figures = figures_of(ids)
    contacts = last_contacts(ids)
    found: dict[int, list[LearnerHelp]] = {}
    for course in courses:
        learners = figures[course.pk]
        middle = median([learner.completion for learner in learners])
        entries = [
            LearnerHelp(
                learner,
                assess(signals_of(learner, course, middle, len(learners))),
                contacts.get((course.pk, learner.user_id)),
            )
            for learner in learners
        ]
        entries.sort(key=lambda entry: (-entry.assessment.points, entry.learner.name.casefold()))
        found[course.pk] = entries
    return found
