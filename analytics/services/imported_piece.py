"""Writing one piece of an import: courses, people, events and grades as they were then."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.services.pseudonyms import make_pseudonyms
from analytics.models import ImportedCourse, LearningImport
from analytics.queries.events import transaction_id
from analytics.scoring.acts import Act, Refused, Verb
from analytics.scoring.invented import NOWHERE
from assessments.enums import GradeItemKind, GradeSource
from assessments.models import GradeItem
from assessments.services.cells import set_cell
from assessments.services.gradebook import ItemFields, create_manual_item
from assessments.services.totals import recount_learners
from courses.enums import CourseRole, EnrolmentPolicy, EnrolmentSource, EnrolmentState
from courses.models import Course, Enrolment
from courses.services.course import CourseContent, archive_course, create_course, publish_course
from courses.services.enrolment import admit, leave_course
from lms.kernel import actors, clock
from lms.kernel.actors import Actor, ActorKind
from lms.kernel.db.locks import lock
from lms.kernel.errors import Invalid
from lms.kernel.models import EventRecord

KINDS = {
    Verb.VIEWED: "courses.lesson_viewed",
    Verb.COMPLETED: "courses.lesson_completed",
    Verb.STARTED: "assessments.attempt_started",
    Verb.SUBMITTED: "assessments.attempt_submitted",
    Verb.WROTE: "realtime.message_sent",
}

# When the courses of a source began and ended, where that is known.
Dates = Mapping[str, tuple[datetime, datetime]]


class Piece:
    """The lines of one transaction; counts what it wrote."""

    def __init__(self, actor: Actor, row: LearningImport, teacher: User, dates: Dates) -> None:
        self.actor, self.row, self.dates = actor, row, dates
        self.teaching = actors.for_user(teacher)
        self.events = self.grades = 0
        self.items: dict[tuple[int, str], GradeItem] = {}

    def write(self, acts: Sequence[Act]) -> list[Refused]:
        """Write these acts; gives back those that the gradebook refuses."""
        courses = {key: self._course(key) for key in dict.fromkeys(act.course for act in acts)}
        people = self._people(acts)
        self._enrol(acts, courses, people)
        here = transaction_id()
        records = [
            found
            for act in acts
            if (found := self._record(act, courses[act.course].pk, people[act.learner].pk, here))
        ]
        EventRecord.objects.bulk_create(records, batch_size=500)
        self.events += len(records)
        return self._grade(acts, courses, people)

    def _course(self, key: str) -> Course:
        known = ImportedCourse.objects.filter(learning_import=self.row, key=key)
        found = known.select_related("course").first()
        if found is not None:
            return found.course
        starts, ends = self.dates.get(key, (None, None))
        content = CourseContent(
            title=key,
            summary=f"Imported from {self.row.source}",
            enrolment_policy=EnrolmentPolicy.INVITATION,
            starts_at=starts,
            ends_at=ends,
        )
        course = create_course(actor=self.teaching, content=content)
        # Out of the catalogue, and open to its people.
        publish_course(actor=self.teaching, course=course)
        course = archive_course(actor=self.teaching, course=course)
        ImportedCourse.objects.create(learning_import=self.row, course=course, key=key)
        return course

    def _people(self, acts: Sequence[Act]) -> dict[str, User]:
        """By the learner's key in the source, of which only a hash is kept."""
        local = {act.learner: self._local(act.learner) for act in acts}
        names = {one: f"Learner {one[-8:]}" for one in local.values()}
        keys = make_pseudonyms(actor=self.actor, names=names)
        people = User.objects.in_bulk(keys.values())
        return {learner: people[keys[one]] for learner, one in local.items()}

    def _local(self, learner: str) -> str:
        digest = hashlib.sha256(f"{self.row.public_id}/{learner}".encode()).hexdigest()
        return f"{self.row.public_id.lower()}-{digest[:24]}"

    def _enrol(
        self, acts: Sequence[Act], courses: dict[str, Course], people: dict[str, User]
    ) -> None:
        """Whoever did something is in the course, from their first act to when they left."""
        first: dict[tuple[str, str], Act] = {}
        for act in acts:
            pair = act.course, act.learner
            if pair not in first or act.at < first[pair].at:
                first[pair] = act
        known: defaultdict[int, set[int]] = defaultdict(set)
        ids = [course.pk for course in courses.values()]
        rows = Enrolment.objects.filter(course__in=ids, user__in=list(people.values()))
        for course_id, person_id in rows.values_list("course_id", "user_id"):
            known[course_id].add(person_id)
        for (key, learner), act in first.items():
            course, person = courses[key], people[learner]
            if person.pk in known[course.pk]:
                continue
            locked = lock(Course.objects.filter(pk=course.pk)).get()
            with clock.travel(act.at):
                admit(
                    actor=self.actor,
                    course=locked,
                    user_id=person.pk,
                    source=EnrolmentSource.STAFF,
                )
        for act in acts:
            if act.verb == Verb.LEFT:
                self._leave(act, courses[act.course], people[act.learner])

    def _leave(self, act: Act, course: Course, person: User) -> None:
        mine = Enrolment.objects.filter(
            course=course, user=person, state=EnrolmentState.ACTIVE, role=CourseRole.LEARNER
        )
        if mine.exists():
            leaver = Actor(kind=ActorKind.USER, user_id=person.pk)
            with clock.travel(act.at):
                leave_course(actor=leaver, course=course)

    def _record(self, act: Act, course: int, person: int, here: int) -> EventRecord | None:
        kind = KINDS.get(act.verb)
        if kind is None:
            return None
        return EventRecord(
            kind=kind,
            occurred_at=act.at,
            transaction_id=here,
            actor_kind=ActorKind.USER,
            actor_id=person,
            course_id=course,
            data=_data(act, course, person),
        )

    def _grade(
        self, acts: Sequence[Act], courses: dict[str, Course], people: dict[str, User]
    ) -> list[Refused]:
        refused: list[Refused] = []
        graded: defaultdict[int, set[int]] = defaultdict(set)
        for act in acts:
            if act.score is None:
                continue
            course, person = courses[act.course], people[act.learner]
            try:
                with clock.travel(act.at):
                    set_cell(
                        actor=self.teaching,
                        item=self._item(course, act),
                        learner=person,
                        score=act.score,
                        source=GradeSource.IMPORT,
                        recount=False,
                    )
            except Invalid as problem:
                refused.append(Refused(act.line, problem.detail))
                continue
            self.grades += 1
            graded[course.pk].add(person.pk)
        for course_id, learners in graded.items():
            recount_learners(course_id, learners)
        return refused

    def _item(self, course: Course, act: Act) -> GradeItem:
        place = course.pk, act.object
        if place not in self.items:
            rows = GradeItem.objects.filter(
                course=course, kind=GradeItemKind.MANUAL, title=act.object
            )
            fields = ItemFields(title=act.object, max_score=act.max_score)
            found = rows.select_related("course").first()
            self.items[place] = found or create_manual_item(
                actor=self.teaching, course=course, fields=fields
            )
        return self.items[place]


def _data(act: Act, course: int, person: int) -> dict[str, Any]:
    """As the event of this kind says it; lessons and attempts that it names do not exist here."""
    thing = NOWHERE + int(hashlib.sha256(act.object.encode()).hexdigest()[:7], 16)
    found: dict[str, Any] = {"course_id": course}
    if act.verb in {Verb.VIEWED, Verb.COMPLETED}:
        found |= {"lesson_id": thing, "learner_id": person}
    elif act.verb == Verb.WROTE:
        found |= {"message_id": NOWHERE + act.line, "sender_id": person}
    else:
        found |= {"attempt_id": NOWHERE + act.line, "quiz_id": thing, "learner_id": person}
    if act.verb == Verb.VIEWED:
        found["seconds"] = act.seconds
    if act.verb == Verb.SUBMITTED:
        score = "" if act.score is None else str(act.score)
        found |= {"score": score, "max_score": str(act.max_score), "by_clock": False}
    return found
