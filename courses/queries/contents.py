"""The contents of a course as one person sees them: parts, items, marks and neighbours."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from courses.enums import EnrolmentState, ProgressState
from courses.models import Course, Enrolment, Lesson, LessonProgress, Section
from courses.rules import may_open_course, may_staff_course
from lms.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Item:
    """A lesson in the outline. `mark` is "", "started" or "completed"; `is_open` may be read."""

    id: str
    title: str
    kind: str
    minutes: int
    free_preview: bool
    published: bool
    mark: str
    is_open: bool

    @property
    def done(self) -> bool:
        """Whether the person has completed it."""
        return self.mark == ProgressState.COMPLETED


@dataclass(frozen=True, slots=True)
class Part:
    """A section with its items."""

    id: str
    title: str
    items: tuple[Item, ...]

    @property
    def done(self) -> int:
        """How many of its items are completed."""
        return sum(item.done for item in self.items)

    @property
    def minutes(self) -> int:
        """Planned minutes of its items."""
        return sum(item.minutes for item in self.items)


@dataclass(frozen=True, slots=True)
class Contents:
    """All parts of a course, for one person."""

    parts: tuple[Part, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """Every item in reading order."""
        return tuple(item for part in self.parts for item in part.items)

    @property
    def done(self) -> int:
        """How many items are completed."""
        return sum(part.done for part in self.parts)

    @property
    def minutes(self) -> int:
        """Planned minutes of the whole course."""
        return sum(part.minutes for part in self.parts)

    @property
    def share(self) -> float:
        """Completed share of the published items, 0 to 1."""
        counted = [item for item in self.items if item.published]
        return sum(item.done for item in counted) / len(counted) if counted else 0.0

    def part_of(self, lesson_id: str) -> Part | None:
        """The part that holds an item."""
        return next((p for p in self.parts if any(i.id == lesson_id for i in p.items)), None)

    def around(self, lesson_id: str) -> tuple[Item | None, Item | None]:
        """The readable items before and after one."""
        items = [item for item in self.items if item.is_open]
        at = next((n for n, item in enumerate(items) if item.id == lesson_id), None)
        if at is None:
            return None, None
        before = items[at - 1] if at else None
        return before, items[at + 1] if at + 1 < len(items) else None

    def first_open(self) -> Item | None:
        """Where to begin: the first readable item that is not done, else the first readable."""
        readable = [item for item in self.items if item.is_open]
        return next((item for item in readable if not item.done), readable[0] if readable else None)


def contents_of(actor: Actor, course: Course) -> Contents:
    """The outline for a person who may see the course: staff get drafts, others what is published.

    Three queries besides the role's, whatever the size. Titles of closed lessons are shown, their
    content is not: `is_open` says which may be read.
    """
    staff, member = may_staff_course(actor, course), may_open_course(actor, course)
    marks = _marks(actor, course) if member else {}
    rows: dict[int, list[Item]] = {}
    for lesson in _lessons(course, staff=staff):
        free = lesson.free_preview and course.is_live
        rows.setdefault(lesson.section_id, []).append(
            Item(
                id=lesson.public_id,
                title=lesson.title,
                kind=lesson.kind,
                minutes=lesson.minutes,
                free_preview=lesson.free_preview,
                published=lesson.published,
                mark=marks.get(lesson.pk, ""),
                is_open=member or free,
            )
        )
    sections = Section.objects.filter(course=course, deleted_at=None)
    return Contents(
        tuple(
            Part(section.public_id, section.title, tuple(rows[section.pk]))
            for section in sections
            if section.pk in rows
        )
    )


def _lessons(course: Course, *, staff: bool) -> QuerySet[Lesson]:
    shown = Q() if staff else Q(published=True)
    return Lesson.objects.filter(shown, course=course, deleted_at=None).order_by("ordinal", "pk")


def _marks(actor: Actor, course: Course) -> dict[int, str]:
    rows = LessonProgress.objects.filter(enrolment__user_id=actor.user_id, enrolment__course=course)
    return dict(rows.values_list("lesson_id", "state"))


def own_enrolment(actor: Actor, course: Course) -> Enrolment | None:
    """The actor's active enrolment in a course, in whatever role."""
    if not actor.signed_in:
        return None
    rows = Enrolment.objects.filter(
        course=course, user_id=actor.user_id, state=EnrolmentState.ACTIVE
    )
    return rows.select_related("resume_lesson").first()
