"""What people who teach see: their courses, and the outline as the editor shows it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from courses.enums import STAFF_ROLES, EnrolmentState, InvitationState, VersionState
from courses.models import (
    Attachment,
    Course,
    Enrolment,
    Invitation,
    Lesson,
    LessonVersion,
    Section,
)
from courses.rules import course_ids, staff_course_rows
from lms.kernel import clock
from lms.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class BuilderSection:
    """A section in the editor with its lessons, drafts included."""

    section: Section
    lessons: tuple[Lesson, ...]


def taught_courses(actor: Actor, *, everybody: bool = False) -> QuerySet[Course]:
    """Courses the actor assists or instructs, newest work first.

    `everybody` adds, for admins, those of others. Each row has `draft_count`, its lessons that
    learners do not see.
    """
    rows = staff_course_rows(actor) if everybody else _own(actor)
    drafts = (
        Lesson.objects.filter(course=OuterRef("pk"), deleted_at=None, published=False)
        .order_by()
        .values("course")
        .annotate(many=Count("pk"))
        .values("many")
    )
    counted = Coalesce(Subquery(drafts, output_field=IntegerField()), 0)
    return rows.filter(deleted_at=None).annotate(draft_count=counted).order_by("-updated_at")


def _own(actor: Actor) -> QuerySet[Course]:
    return Course.objects.filter(pk__in=course_ids(actor, STAFF_ROLES))


def builder_outline(course: Course) -> list[BuilderSection]:
    """Sections and lessons that are not deleted, each lesson with `has_draft`; two queries.

    The caller has checked that the actor staffs the course.
    """
    drafts = LessonVersion.objects.filter(lesson=OuterRef("pk"), state=VersionState.DRAFT)
    lessons: dict[int, list[Lesson]] = {}
    rows = Lesson.objects.filter(course=course, deleted_at=None).annotate(has_draft=Exists(drafts))
    for lesson in rows.order_by("ordinal", "pk"):
        lessons.setdefault(lesson.section_id, []).append(lesson)
    return [
        BuilderSection(section, tuple(lessons.get(section.pk, ())))
        for section in Section.objects.filter(course=course, deleted_at=None)
    ]


def members_of(course: Course, *, search: str = "", role: str = "") -> QuerySet[Enrolment]:
    """Active members with their person, staff first, narrowed by words in name or e-mail."""
    rows = Enrolment.objects.filter(course=course, state=EnrolmentState.ACTIVE)
    if role:
        rows = rows.filter(role=role)
    for word in search.split()[:5]:
        rows = rows.filter(Q(user__name__icontains=word) | Q(user__email__icontains=word))
    return rows.select_related("user").order_by("role", "user__name", "pk")


@dataclass(frozen=True, slots=True)
class EditorState:
    """What the lesson editor opens with: the draft, or the published version to start from."""

    markdown: str
    video_url: str
    has_draft: bool
    published_at: datetime | None
    provenance: dict[str, Any]
    files: tuple[Attachment, ...]


def editor_state(lesson: Lesson) -> EditorState:
    """Draft, published version and files of a lesson; the caller has checked that staff ask."""
    versions = {
        version.state: version
        for version in LessonVersion.objects.filter(
            lesson=lesson, state__in=[VersionState.DRAFT, VersionState.PUBLISHED]
        )
    }
    draft, shown = versions.get(VersionState.DRAFT), versions.get(VersionState.PUBLISHED)
    source = draft or shown
    return EditorState(
        markdown=source.markdown if source else "",
        video_url=source.video_url if source else "",
        has_draft=draft is not None,
        published_at=shown.published_at if shown else None,
        provenance=source.provenance if source else {},
        files=tuple(Attachment.objects.filter(lesson=lesson).order_by("name", "pk")),
    )


def open_invitations(course: Course) -> QuerySet[Invitation]:
    """Invitations that still wait for an answer, newest first."""
    rows = Invitation.objects.filter(course=course, state=InvitationState.SENT)
    return rows.filter(expires_at__gt=clock.now()).order_by("-created_at")
