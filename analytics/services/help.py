"""Who may need help, and noting that somebody was in touch. Nothing here acts on a learner (I6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from analytics.enums import SupportKind
from analytics.models import HelpContact
from analytics.queries.learners import (
    Contact,
    LearnerFigures,
    figures_of,
    last_contacts,
)
from analytics.queries.risk import Warned, latest_risks
from analytics.scoring.help import Assessment, HelpState, LearnerSignals, assess, median
from courses.enums import CourseRole, EnrolmentState
from courses.models import Course, Enrolment
from courses.rules import ASSIST_COURSE, STAFF_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.rules import require

MAX_NOTE = 300


@dataclass(frozen=True, slots=True)
class LearnerHelp:
    """A learner with the rule's answer, the last contact, and what the early warning says."""

    learner: LearnerFigures
    assessment: Assessment
    contact: Contact | None
    warned: Warned | None = None


def needs_help(*, actor: Actor, course: Course) -> list[LearnerHelp]:
    """Every active learner of a course, those with the most points first, then by name.

    Raises what `require` raises. The list is shown to staff; the rule stores no flag.
    """
    require(actor, STAFF_COURSE, course)
    return _assessed([course], warned=latest_risks([course.pk]))[course.pk]


def help_for(*, actor: Actor, course: Course, learner_id: str) -> LearnerHelp:
    """One active learner by public id. Raises what `require` raises, and NotFound."""
    for entry in needs_help(actor=actor, course=course):
        if entry.learner.public_id == learner_id:
            return entry
    raise NotFound(_("There is no such learner in this course."))


def flagged(*, actor: Actor, courses: Iterable[Course]) -> list[tuple[Course, LearnerHelp]]:
    """Those who need help by the rule over several courses in four queries, most points first.

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
def note_contact(
    *,
    actor: Actor,
    course: Course,
    learner_id: str,
    kind: SupportKind = SupportKind.CONTACT,
    note: str = "",
) -> HelpContact:
    """Note what the actor did about a learner, by public id, and the risk as told then.

    Raises what `require` raises, NotFound for anybody who is no active learner here, and Invalid
    for a note of more than 300 characters.
    """
    require(actor, ASSIST_COURSE, course)
    if len(note) > MAX_NOTE:
        raise Invalid(_("At most %(count)d characters.") % {"count": MAX_NOTE}, field="note")
    learner = User.objects.filter(
        public_id=learner_id,
        pk__in=Enrolment.objects.filter(
            course=course, state=EnrolmentState.ACTIVE, role=CourseRole.LEARNER
        ).values("user"),
    ).first()
    if learner is None:
        raise NotFound(_("There is no such learner in this course."))
    warned = latest_risks([course.pk]).get((course.pk, learner.pk))
    return HelpContact.objects.create(
        course=course,
        learner=learner,
        contacted_by_id=actor.user_id,
        kind=kind,
        note=note.strip(),
        chance=warned.chance if warned else None,
        created_at=clock.now(),
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


def _assessed(
    courses: list[Course], *, warned: Mapping[tuple[int, int], Warned] = MappingProxyType({})
) -> dict[int, list[LearnerHelp]]:
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
                warned.get((course.pk, learner.user_id)),
            )
            for learner in learners
        ]
        entries.sort(key=lambda entry: (-entry.assessment.points, entry.learner.name.casefold()))
        found[course.pk] = entries
    return found
