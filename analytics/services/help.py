"""Who may need help, and noting that somebody was in touch. Nothing here acts on a learner (I6)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from analytics.enums import SupportKind
from analytics.models import HelpContact
from analytics.queries.learners import (
    Contact,
    LearnerFigures,
    contacts_of,
    figures_of,
    last_contacts,
    names_of,
)
from analytics.queries.risk import Warned, latest_chances, level_of, risks_of
from analytics.scoring.help import Assessment, HelpState, LearnerSignals, assess, median
from courses.enums import CourseRole, EnrolmentState
from courses.models import Course, Enrolment
from courses.rules import ASSIST_COURSE, STAFF_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.rules import require

MAX_NOTE = 300
# What the early warning says of somebody of whom staff should hear.
WARNING = frozenset({"high", "raised"})


class LearnerHelp(NamedTuple):
    """A learner with the rule's answer, the last contact, and what the early warning says.

    `told` says whether the early warning spoke of them; `warned` has its words once `in_words`
    fetched them.
    """

    learner: LearnerFigures
    assessment: Assessment
    contact: Contact | None
    told: bool = False
    chance: float | None = None
    warned: Warned | None = None

    @property
    def at_risk(self) -> bool:
        """Whether the early warning told a raised chance or a high one."""
        return level_of(self.chance) in WARNING


def needs_help(*, actor: Actor, course: Course) -> list[LearnerHelp]:
    """Every active learner of a course, those with the most points first, then who is away longest.

    Raises what `require` raises. The list is shown to staff; the rule stores no flag. Of the early
    warning it has the chances; `in_words` adds the reasons of those who are shown.
    """
    require(actor, STAFF_COURSE, course)
    return _assessed([course], chances=latest_chances(course.pk))[course.pk]


def standing(*, actor: Actor, course: Course) -> list[LearnerHelp]:
    """The same without names and contacts, which `completed` adds to the few who are shown."""
    require(actor, STAFF_COURSE, course)
    return _assessed([course], chances=latest_chances(course.pk), named=False)[course.pk]


def completed(course: Course, entries: Sequence[LearnerHelp]) -> list[LearnerHelp]:
    """Entries of `standing` with names, contacts and words, in three queries for all of them."""
    if not entries:
        return []
    ids = [entry.learner.user_id for entry in entries]
    names, contacts = names_of(ids), contacts_of(course.pk, ids)
    found = []
    for entry in in_words(course, entries):
        learner = entry.learner
        public_id, name = names.get(learner.user_id, ("", ""))
        found.append(
            entry._replace(  # noqa: SLF001 - underscored so as to clash with no field
                learner=learner._replace(public_id=public_id, name=name),  # noqa: SLF001
                contact=contacts.get(learner.user_id),
            )
        )
    return found


def in_words(course: Course, entries: Sequence[LearnerHelp]) -> list[LearnerHelp]:
    """The same entries with what the early warning said of each, in one query."""
    found = risks_of(course, [entry.learner.user_id for entry in entries if entry.told])
    return [LearnerHelp(*entry[:-1], warned=found.get(entry.learner.user_id)) for entry in entries]


def help_for(*, actor: Actor, course: Course, learner_id: str) -> LearnerHelp:
    """One active learner by public id. Raises what `require` raises, and NotFound."""
    require(actor, STAFF_COURSE, course)
    person = User.objects.filter(public_id=learner_id[:40]).values_list("pk", flat=True).first()
    for entry in standing(actor=actor, course=course):
        if entry.learner.user_id == person:
            return completed(course, [entry])[0]
    raise NotFound(_("There is no such learner in this course."))


def flagged(*, actor: Actor, courses: Iterable[Course]) -> list[tuple[Course, LearnerHelp]]:
    """Those who need help by the rule over several courses, in four queries.

    Most points come first, then who is away longest. Raises what `require` raises for each course.
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
    pairs.sort(key=lambda pair: _order(pair[1]))
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
    chance = latest_chances(course.pk).get(learner.pk)
    return HelpContact.objects.create(
        course=course,
        learner=learner,
        contacted_by_id=actor.user_id,
        kind=kind,
        note=note.strip(),
        chance=chance,
        created_at=clock.now(),
    )


def signals_of(
    learner: LearnerFigures, course: Course, middle: float | None, size: int, now: datetime
) -> LearnerSignals:
    """The rule's input for one learner at a moment."""
    begun = learner.enrolled_at
    if course.starts_at and course.starts_at > begun:
        begun = course.starts_at
    seen = learner.last_seen
    if seen is None or seen < begun:
        seen = begun
    return LearnerSignals(
        max(0, (now - begun).days),
        max(0, (now - seen).days),
        learner.completion,
        middle,
        size,
        learner.mean_score,
        learner.scored,
        learner.open_attempts,
    )


def _assessed(
    courses: list[Course],
    *,
    chances: Mapping[int, float | None] = MappingProxyType({}),
    named: bool = True,
) -> dict[int, list[LearnerHelp]]:
    ids = {course.pk for course in courses}
    figures, now = figures_of(ids, named=named), clock.now()
    contacts = last_contacts(ids) if named else {}
    found: dict[int, list[LearnerHelp]] = {}
    for course in courses:
        learners, size = figures[course.pk], len(figures[course.pk])
        middle = median([learner.completion for learner in learners])
        entries = []
        for learner in learners:
            who = learner.user_id
            answer = assess(signals_of(learner, course, middle, size, now))
            contact = contacts.get((course.pk, who)) if contacts else None
            entries.append(LearnerHelp(learner, answer, contact, who in chances, chances.get(who)))
        entries.sort(key=_order)
        found[course.pk] = entries
    return found


def _order(entry: LearnerHelp) -> tuple[int, datetime]:
    learner = entry.learner
    return -entry.assessment.points, learner.last_seen or learner.enrolled_at
