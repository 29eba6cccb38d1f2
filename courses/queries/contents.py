"""The contents of a course as one person sees them: parts, items, marks, and what one item says."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import User
from courses.enums import STAFF_ROLES, CourseRole, EnrolmentState, ProgressState, VersionState
from courses.models import (
    Attachment,
    Course,
    Enrolment,
    Lesson,
    LessonProgress,
    LessonVersion,
    Section,
)
from courses.queries.video import Embed, embed_of
from courses.rules import may_open_course, may_staff_course
from lms.kernel.actors import Actor
from lms.kernel.text import PIPELINE_VERSION, render_document


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


def where_to_go_on(actor: Actor, course: Course, enrolment: Enrolment | None) -> Item | None:
    """The item to go on with: the first not done from where they stopped, else the first of all."""
    contents = contents_of(actor, course)
    last = enrolment.resume_lesson.public_id if enrolment and enrolment.resume_lesson else ""
    readable = [item for item in contents.items if item.is_open]
    at = next((n for n, item in enumerate(readable) if item.id == last), len(readable))
    return next((item for item in readable[at:] if not item.done), contents.first_open())


def _lessons(course: Course, *, staff: bool) -> QuerySet[Lesson]:
    shown = Q() if staff else Q(published=True)
    return Lesson.objects.filter(shown, course=course, deleted_at=None).order_by("ordinal", "pk")


def _marks(actor: Actor, course: Course) -> dict[int, str]:
    if actor.user_id is None:
        return {}
    rows = LessonProgress.objects.filter(enrolment__user_id=actor.user_id, enrolment__course=course)
    return dict(rows.values_list("lesson_id", "state"))


def own_enrolment(actor: Actor, course: Course) -> Enrolment | None:
    """The actor's active enrolment in a course, in whatever role."""
    if actor.user_id is None:
        return None
    rows = Enrolment.objects.filter(
        course=course, user_id=actor.user_id, state=EnrolmentState.ACTIVE
    )
    return rows.select_related("resume_lesson").first()


@dataclass(frozen=True, slots=True)
class Reading:
    """What an item says: clean HTML, a video frame, files; `is_draft` when only staff see it."""

    html: str
    embed: Embed | None
    files: tuple[Attachment, ...]
    is_draft: bool


def reading_of(lesson: Lesson, *, draft: bool = False) -> Reading:
    """The published text of a lesson; with `draft`, for staff, the draft where there is none yet.

    HTML of an older pipeline is rendered again, so that a fixed hole is closed at once (C1).
    """
    wanted = [VersionState.PUBLISHED, *([VersionState.DRAFT] if draft else [])]
    versions = list(LessonVersion.objects.filter(lesson=lesson, state__in=wanted))
    versions.sort(key=lambda version: version.state != VersionState.PUBLISHED)
    version = versions[0] if versions else None
    files = tuple(Attachment.objects.filter(lesson=lesson).order_by("name", "pk"))
    if version is None:
        return Reading("", None, files, is_draft=not lesson.published)
    return Reading(
        html=html_of(version),
        embed=embed_of(version.video_url),
        files=files,
        is_draft=version.state == VersionState.DRAFT or not lesson.published,
    )


def html_of(version: LessonVersion) -> str:
    """The stored HTML of a version, or a new rendering when the pipeline has moved on."""
    if version.pipeline_version == PIPELINE_VERSION:
        return version.html
    return str(render_document(version.markdown).html)


def description_of(course: Course) -> str:
    """The course's description as HTML, rendered again when the pipeline has moved on."""
    if course.pipeline_version == PIPELINE_VERSION or not course.description:
        return course.description_html
    return str(render_document(course.description).html)


def instructors_of(course: Course) -> list[User]:
    """Who teaches the course, by name; what the course page shows to everybody."""
    rows = Enrolment.objects.filter(
        course=course, role=CourseRole.INSTRUCTOR, state=EnrolmentState.ACTIVE
    )
    return [row.user for row in rows.select_related("user").order_by("created_at", "pk")]


def staff_roles(course: Course) -> dict[str, str]:
    """Who teaches or assists in the course, by public id, with the role in words."""
    rows = Enrolment.objects.filter(
        course=course, role__in=STAFF_ROLES, state=EnrolmentState.ACTIVE
    )
    roles = dict(CourseRole.choices)
    return {
        public_id: str(roles[role])
        for public_id, role in rows.values_list("user__public_id", "role")
    }


def slug_of(course_id: int | None) -> str:
    """The address of a course by its number, for a person who came from it; "" when unknown."""
    rows = Course.objects.filter(pk=course_id or 0)
    return rows.values_list("slug", flat=True).first() or ""
