"""A course's life: created, described, published, archived, deleted and taken back."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from courses.enums import (
    CourseLevel,
    CourseRole,
    CourseState,
    EnrolmentPolicy,
    EnrolmentSource,
)
from courses.events import (
    CourseArchived,
    CourseChanged,
    CourseCreated,
    CourseDeleted,
    CoursePublished,
    CourseRestored,
)
from courses.models import Course, Tag
from courses.rules import MANAGE_COURSE
from courses.services.editing import locked, save_changes
from courses.services.enrolment import admit
from courses.services.indexing import index_course
from courses.services.moments import odd_moment
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied, Invalid
from lms.kernel.events import publish
from lms.kernel.rules import require, require_write
from lms.kernel.text import (
    MAX_SOURCE,
    PIPELINE_VERSION,
    render_markdown,
    require_line,
    require_text,
)

MAX_TITLE: Final = 150
MAX_SUMMARY: Final = 300
MAX_TAGS: Final = 12
MAX_TAG: Final = 50
MAX_PRICE: Final = 100_000_000  # minor units
MAX_CAPACITY: Final = 1_000_000
# Words that /teach/<word>/ uses for itself.
RESERVED_SLUGS: Final = frozenset({"new", "preview"})
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseContent:
    """Everything of a course that its instructors write.

    `price_minor` is in minor units of `currency` (cents of EUR), 0 is free; `capacity` counts
    learners, None has no limit; `tags` are subject words, made when they are new.
    """

    title: str
    summary: str = ""
    description: str = ""
    language: str = "en"
    level: str = CourseLevel.BEGINNER
    tags: Sequence[str] = ()
    price_minor: int = 0
    currency: str = "EUR"
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    capacity: int | None = None
    enrolment_policy: str = EnrolmentPolicy.OPEN


def content_of(course: Course) -> CourseContent:
    """What a course says now, to be changed with `dataclasses.replace`."""
    return CourseContent(
        title=course.title,
        summary=course.summary,
        description=course.description,
        language=course.language,
        level=course.level,
        tags=tuple(tag.name for tag in course.tags.all()),
        price_minor=course.price_minor,
        currency=course.currency,
        starts_at=course.starts_at,
        ends_at=course.ends_at,
        capacity=course.capacity,
        enrolment_policy=course.enrolment_policy,
    )


@transaction.atomic
def create_course(*, actor: Actor, content: CourseContent) -> Course:
    """Create a draft with the actor as its instructor.

    Raises Denied for somebody who does not teach, Invalid naming the fields.
    """
    require_write(actor)
    if actor.user_id is None or not (actor.is_instructor or actor.is_admin):
        raise Denied(_("Only instructors create courses."))
    fields = _checked(content)
    course = Course(slug=_free_slug(content.title), created_by_id=actor.user_id, **fields)
    course.save()
    course.tags.set(_tags(content.tags))
    admit(
        actor=actor,
        course=course,
        user_id=actor.user_id,
        source=EnrolmentSource.CREATOR,
        role=CourseRole.INSTRUCTOR,
    )
    publish(CourseCreated(course_id=course.pk), actor=actor)
    return course


@transaction.atomic
def update_course(
    *, actor: Actor, course: Course, content: CourseContent, expected: int | None = None
) -> Course:
    """Write new content. Raises Invalid naming the fields, Stale."""
    require(actor, MANAGE_COURSE, course)
    course = locked(course, expected=expected)
    fields = _checked(content)
    if content.capacity is not None and content.capacity < course.learner_count:
        message = _("There are already %(count)d learners.") % {"count": course.learner_count}
        raise Invalid(message, field="capacity")
    save_changes(course, **fields)
    course.tags.set(_tags(content.tags))
    index_course(course)
    publish(CourseChanged(course_id=course.pk), actor=actor)
    return course


@transaction.atomic
def publish_course(*, actor: Actor, course: Course, expected: int | None = None) -> Course:
    """Put a course into the catalogue; also brings an archived one back. Idempotent."""
    require(actor, MANAGE_COURSE, course)
    course = locked(course, expected=expected)
    if course.state == CourseState.PUBLISHED:
        return course
    first = course.published_at or clock.now()
    save_changes(course, state=CourseState.PUBLISHED, published_at=first)
    index_course(course)
    publish(CoursePublished(course_id=course.pk), actor=actor)
    return course


@transaction.atomic
def archive_course(*, actor: Actor, course: Course, expected: int | None = None) -> Course:
    """Take a course from the catalogue; its members still read it. Idempotent."""
    require(actor, MANAGE_COURSE, course)
    course = locked(course, expected=expected)
    if course.state == CourseState.ARCHIVED:
        return course
    save_changes(course, state=CourseState.ARCHIVED)
    index_course(course)
    publish(CourseArchived(course_id=course.pk), actor=actor)
    return course


@transaction.atomic
def delete_course(*, actor: Actor, course: Course, expected: int | None = None) -> Course:
    """Hide a course from everybody but its instructors, who can take it back. Idempotent."""
    require(actor, MANAGE_COURSE, course)
    course = locked(course, expected=expected)
    if course.deleted_at is None:
        save_changes(course, deleted_at=clock.now())
        index_course(course)
        publish(CourseDeleted(course_id=course.pk), actor=actor)
    return course


@transaction.atomic
def restore_course(*, actor: Actor, course: Course) -> Course:
    """Take a deletion back. Idempotent."""
    require(actor, MANAGE_COURSE, course)
    course = locked(course)
    if course.deleted_at is not None:
        save_changes(course, deleted_at=None)
        index_course(course)
        publish(CourseRestored(course_id=course.pk), actor=actor)
    return course


def _checked(content: CourseContent) -> dict[str, Any]:
    """The fields to write; raises Invalid with every problem at once."""
    errors: dict[str, list[str]] = {}
    for name, check in _CHECKS.items():
        message = check(content)
        if message:
            errors.setdefault(name, []).append(message)
    if errors:
        raise Invalid(next(iter(errors.values()))[0], errors=errors)
    require_line(content.title.strip(), field="title", max_length=MAX_TITLE)
    for name, most in (("summary", MAX_SUMMARY), ("description", MAX_SOURCE)):
        require_text(getattr(content, name), field=name, max_length=most)
    names = (
        "summary description language level price_minor currency starts_at ends_at capacity"
        " enrolment_policy"
    )
    return {
        "title": content.title.strip(),
        **{name: getattr(content, name) for name in names.split()},
        "description_html": str(render_markdown(content.description)),
        "pipeline_version": PIPELINE_VERSION,
    }


def _check_title(content: CourseContent) -> str:
    return "" if content.title.strip() else _("Write a title.")


def _check_dates(content: CourseContent) -> str:
    if content.starts_at and content.ends_at and content.ends_at <= content.starts_at:
        return _("The course has to end after it starts.")
    return odd_moment(content.ends_at)


def _check_capacity(content: CourseContent) -> str:
    if content.capacity is None or 1 <= content.capacity <= MAX_CAPACITY:
        return ""
    return _("This number is out of range.")


def _check_tags(content: CourseContent) -> str:
    if len(content.tags) > MAX_TAGS:
        return _("At most %(limit)d subjects.") % {"limit": MAX_TAGS}
    for tag in content.tags:
        require_line(tag.strip(), field="tags", max_length=MAX_TAG)
        if not slugify(tag, allow_unicode=True):
            return _("A subject needs letters.")
    return ""


_CHECKS: Final[dict[str, Callable[[CourseContent], str]]] = {
    "title": _check_title,
    "starts_at": lambda c: odd_moment(c.starts_at),
    "ends_at": _check_dates,
    "capacity": _check_capacity,
    "tags": _check_tags,
    "level": lambda c: "" if c.level in CourseLevel.values else _("There is no such level."),
    "enrolment_policy": lambda c: (
        "" if c.enrolment_policy in EnrolmentPolicy.values else _("There is no such choice.")
    ),
    "language": lambda c: "" if _LANGUAGE.fullmatch(c.language) else _("Use a code such as en."),
    "currency": lambda c: "" if _CURRENCY.fullmatch(c.currency) else _("Use a code such as EUR."),
    "price_minor": lambda c: (
        "" if 0 <= c.price_minor <= MAX_PRICE else _("This number is out of range.")
    ),
}


def _free_slug(title: str) -> str:
    """An address from the title that no course has; numbered when it is taken."""
    stem = slugify(title)[:70].strip("-") or "course"
    known = Course.objects.filter(slug__startswith=stem).values_list("slug", flat=True)
    taken = {*known, *RESERVED_SLUGS}
    if stem not in taken:
        return stem
    number = 2
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


def _tags(names: Sequence[str]) -> list[Tag]:
    """The tags of these words, new ones created; words of the same slug are one."""
    wanted = {slugify(name, allow_unicode=True)[:60]: name.strip() for name in names}
    known = {tag.slug: tag for tag in Tag.objects.filter(slug__in=wanted)}
    named = set(Tag.objects.filter(name__in=wanted.values()).values_list("name", flat=True))
    fresh = [
        Tag(slug=slug, name=name)
        for slug, name in wanted.items()
        if slug not in known and name not in named
    ]
    Tag.objects.bulk_create(fresh, ignore_conflicts=True)
    return list(Tag.objects.filter(slug__in=wanted))
