"""The outline of a course: sections and lessons added, renamed, moved, deleted, restored.

Titles and order are live; deleting is soft, so that it can be undone.
"""

from collections.abc import Sequence
from typing import Final, Literal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from courses.enums import LessonKind
from courses.events import LessonHidden, OutlineChanged
from courses.models import Course, Lesson, Section
from courses.rules import EDIT_LESSON, EDIT_SECTION, MANAGE_COURSE
from courses.services.editing import locked, save_changes
from courses.services.indexing import forget_lessons, index_lesson
from courses.services.progress import recount_course
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.events import publish
from lms.kernel.rules import require
from lms.kernel.text import require_line, require_text

MAX_TITLE: Final = 150
MAX_MINUTES: Final = 6_000
MAX_SECTIONS: Final = 200
MAX_LESSONS: Final = 1_000

Direction = Literal["up", "down"]
Order = Sequence[tuple[str, Sequence[str]]]


@transaction.atomic
def add_section(*, actor: Actor, course: Course, title: str) -> Section:
    """Add a section at the end. Raises Invalid for `title`."""
    require(actor, MANAGE_COURSE, course)
    course = locked(course)
    if Section.objects.filter(course=course, deleted_at=None).count() >= MAX_SECTIONS:
        raise Conflict(_("This course has as many sections as it can."), code="too_many")
    last = Section.objects.filter(course=course).aggregate(last=Max("ordinal"))["last"]
    section = Section.objects.create(
        course=course, title=_title(title), ordinal=0 if last is None else last + 1
    )
    _tell(actor, course.pk, "section_added", section.pk)
    return section


@transaction.atomic
def rename_section(
    *, actor: Actor, section: Section, title: str, expected: int | None = None
) -> Section:
    """Give a section another title. Raises Invalid for `title`, Stale."""
    require(actor, EDIT_SECTION, section)
    section = locked(section, expected=expected)
    save_changes(section, title=_title(title))
    _tell(actor, section.course_id, "section_renamed", section.pk)
    return section


@transaction.atomic
def move_section(*, actor: Actor, section: Section, direction: Direction) -> Section:
    """Swap a section with its neighbour; nothing happens at the edge."""
    require(actor, EDIT_SECTION, section)
    locked(section.course)
    rows = list(Section.objects.filter(course_id=section.course_id, deleted_at=None))
    _swap(rows, section.pk, direction)
    _tell(actor, section.course_id, "section_moved", section.pk)
    section.refresh_from_db()
    return section


@transaction.atomic
def delete_section(*, actor: Actor, section: Section) -> Section:
    """Delete a section with its lessons, until restored. Idempotent."""
    require(actor, EDIT_SECTION, section)
    course = locked(section.course)
    section = locked(section)
    if section.deleted_at is None:
        save_changes(section, deleted_at=clock.now())
        forget_lessons(Lesson.objects.filter(section=section))
        recount_course(actor=actor, course=course)
        _tell(actor, course.pk, "section_deleted", section.pk)
    return section


@transaction.atomic
def restore_section(*, actor: Actor, section: Section) -> Section:
    """Take the deletion of a section back. Idempotent."""
    require(actor, EDIT_SECTION, section)
    course = locked(section.course)
    section = locked(section)
    if section.deleted_at is not None:
        save_changes(section, deleted_at=None)
        for lesson in Lesson.objects.filter(section=section).select_related("course", "section"):
            index_lesson(lesson)
        recount_course(actor=actor, course=course)
        _tell(actor, course.pk, "section_restored", section.pk)
    return section


@transaction.atomic
def add_lesson(
    *,
    actor: Actor,
    section: Section,
    title: str,
    kind: str = LessonKind.TEXT,
    minutes: int = 5,
    free_preview: bool = False,
) -> Lesson:
    """Add an unpublished lesson at the end of a section.

    Raises Invalid naming `title`, `kind` or `minutes`, Conflict `section_deleted`.
    """
    require(actor, EDIT_SECTION, section)
    course = locked(section.course)
    section = locked(section)
    if section.deleted_at is not None:
        raise Conflict(_("This section was deleted."), code="section_deleted")
    if Lesson.objects.filter(course=course, deleted_at=None).count() >= MAX_LESSONS:
        raise Conflict(_("This course has as many lessons as it can."), code="too_many")
    if kind not in LessonKind.values:
        raise Invalid(_("There is no such kind of lesson."), field="kind")
    lesson = Lesson.objects.create(
        course=course,
        section=section,
        title=_title(title),
        kind=kind,
        minutes=_minutes(minutes),
        free_preview=free_preview,
        ordinal=_next_ordinal(section),
    )
    _tell(actor, course.pk, "lesson_added", lesson.pk)
    return lesson


@transaction.atomic
def update_lesson(
    *,
    actor: Actor,
    lesson: Lesson,
    title: str | None = None,
    minutes: int | None = None,
    free_preview: bool | None = None,
    expected: int | None = None,
) -> Lesson:
    """Change what the outline says of a lesson; None leaves a value as it is.

    Raises Invalid naming the field, Stale.
    """
    require(actor, EDIT_LESSON, lesson)
    course = locked(lesson.course)
    lesson = locked(lesson, expected=expected)
    save_changes(
        lesson,
        title=lesson.title if title is None else _title(title),
        minutes=lesson.minutes if minutes is None else _minutes(minutes),
        free_preview=lesson.free_preview if free_preview is None else free_preview,
    )
    index_lesson(lesson)
    recount_course(actor=actor, course=course)
    _tell(actor, lesson.course_id, "lesson_changed", lesson.pk)
    return lesson


@transaction.atomic
def move_lesson(
    *,
    actor: Actor,
    lesson: Lesson,
    direction: Direction | None = None,
    section: Section | None = None,
    position: int | None = None,
) -> Lesson:
    """Move a lesson one place up or down, or to a place of a section (from 0; None is the end).

    Up from the first place of a section leads to the end of the one before, down to the start of
    the next. Raises Invalid for a section of another course.
    """
    require(actor, EDIT_LESSON, lesson)
    locked(lesson.course)
    lesson = locked(lesson)
    if section is not None and section.course_id != lesson.course_id:
        raise Invalid(_("This section belongs to another course."), field="section")
    if section is None and direction is not None:
        section, position = _neighbour(lesson, direction)
    _place(lesson, section or lesson.section, position)
    _tell(actor, lesson.course_id, "lesson_moved", lesson.pk)
    return lesson


@transaction.atomic
def delete_lesson(*, actor: Actor, lesson: Lesson) -> Lesson:
    """Delete a lesson until restored; what learners did in it is kept. Idempotent."""
    require(actor, EDIT_LESSON, lesson)
    course = locked(lesson.course)
    lesson = locked(lesson)
    if lesson.deleted_at is None:
        save_changes(lesson, deleted_at=clock.now())
        forget_lessons(Lesson.objects.filter(pk=lesson.pk))
        recount_course(actor=actor, course=course)
        publish(LessonHidden(course_id=course.pk, lesson_id=lesson.pk), actor=actor)
        _tell(actor, course.pk, "lesson_deleted", lesson.pk)
    return lesson


@transaction.atomic
def restore_lesson(*, actor: Actor, lesson: Lesson) -> Lesson:
    """Take the deletion of a lesson back. Idempotent."""
    require(actor, EDIT_LESSON, lesson)
    course = locked(lesson.course)
    lesson = locked(lesson)
    if lesson.deleted_at is not None:
        save_changes(lesson, deleted_at=None)
        index_lesson(lesson)
        recount_course(actor=actor, course=course)
        _tell(actor, course.pk, "lesson_restored", lesson.pk)
    return lesson


@transaction.atomic
def reorder(*, actor: Actor, course: Course, order: Order) -> None:
    """Put the whole outline in an order: (section id, lesson ids) pairs of public ids.

    Every section and lesson that is not deleted has to be named exactly once, so that two people
    dragging at the same time cannot lose one. Raises Conflict `outline_changed` otherwise.
    """
    require(actor, MANAGE_COURSE, course)
    course = locked(course)
    sections = {
        row.public_id: row for row in Section.objects.filter(course=course, deleted_at=None)
    }
    lessons = {
        row.public_id: row
        for row in Lesson.objects.filter(
            course=course, deleted_at=None, section__deleted_at=None
        ).select_related(None)
    }
    named = [section for section, _ids in order]
    named_lessons = [lesson for _section, ids in order for lesson in ids]
    if sorted(named) != sorted(sections) or sorted(named_lessons) != sorted(lessons):
        raise Conflict(
            _("The outline changed meanwhile. Reload it and try again."), code="outline_changed"
        )
    for place, (section_id, lesson_ids) in enumerate(order):
        sections[section_id].ordinal = place
        for inner, lesson_id in enumerate(lesson_ids):
            lessons[lesson_id].section = sections[section_id]
            lessons[lesson_id].ordinal = inner
    Section.objects.bulk_update(sections.values(), ["ordinal"])
    Lesson.objects.bulk_update(lessons.values(), ["section", "ordinal"])
    _tell(actor, course.pk, "reordered", 0)


def _title(title: str) -> str:
    words = require_text(title, field="title").strip()
    if not words:
        raise Invalid(_("Write a title."), field="title")
    return require_line(words, field="title", max_length=MAX_TITLE)


def _minutes(minutes: int) -> int:
    if not 0 <= minutes <= MAX_MINUTES:
        raise Invalid(_("This number is out of range."), field="minutes")
    return minutes


def _next_ordinal(section: Section) -> int:
    last = Lesson.objects.filter(section=section).aggregate(last=Max("ordinal"))["last"]
    return 0 if last is None else int(last) + 1


def _swap(rows: list[Section], pk: int, direction: Direction) -> None:
    """Move one row of a list by one place and number all of them."""
    index = next((place for place, row in enumerate(rows) if row.pk == pk), None)
    if index is None:
        return
    other = index + (-1 if direction == "up" else 1)
    if 0 <= other < len(rows):
        rows[index], rows[other] = rows[other], rows[index]
    for place, row in enumerate(rows):
        row.ordinal = place
    Section.objects.bulk_update(rows, ["ordinal"])


def _neighbour(lesson: Lesson, direction: Direction) -> tuple[Section, int | None]:
    """Where one step leads: a section and a place in it (None is its end)."""
    inside = list(
        Lesson.objects.filter(section_id=lesson.section_id, deleted_at=None)
        .order_by("ordinal", "pk")
        .values_list("pk", flat=True)
    )
    index = inside.index(lesson.pk) if lesson.pk in inside else 0
    step = index + (-1 if direction == "up" else 1)
    if 0 <= step < len(inside):
        return lesson.section, step
    sections = list(Section.objects.filter(course_id=lesson.course_id, deleted_at=None))
    here = next((n for n, row in enumerate(sections) if row.pk == lesson.section_id), 0)
    there = here + (-1 if direction == "up" else 1)
    if not 0 <= there < len(sections):
        return lesson.section, index
    return sections[there], None if direction == "up" else 0


def _place(lesson: Lesson, section: Section, position: int | None) -> None:
    rows = list(
        Lesson.objects.filter(section=section, deleted_at=None)
        .exclude(pk=lesson.pk)
        .order_by("ordinal", "pk")
    )
    at = len(rows) if position is None else max(0, min(position, len(rows)))
    rows.insert(at, lesson)
    lesson.section = section
    for place, row in enumerate(rows):
        row.ordinal = place
    Lesson.objects.bulk_update(rows, ["section", "ordinal"])


def _tell(actor: Actor, course_id: int, action: str, subject_id: int) -> None:
    told = OutlineChanged(course_id=course_id, action=action, subject_id=subject_id)
    publish(told, actor=actor)
