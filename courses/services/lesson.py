"""What a lesson says: drafts, publishing, video."""

from collections.abc import Iterable
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from courses.enums import HANDED_IN, VersionState
from courses.events import LessonDraftSaved, LessonHidden, LessonPublished
from courses.models import Attachment, Block, Lesson, LessonVersion
from courses.queries.video import embed_of
from courses.rules import EDIT_LESSON
from courses.services.editing import locked, save_changes
from courses.services.indexing import forget_lessons, index_lesson
from courses.services.progress import recount_course
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.events import publish
from lms.kernel.rules import require
from lms.kernel.text import (
    MAX_SOURCE,
    PIPELINE_VERSION,
    BlockDraft,
    Document,
    KnownBlock,
    render_document,
    require_clean,
    require_text,
)

MAX_URL: Final = 200


def save_draft(
    *,
    actor: Actor,
    lesson: Lesson,
    markdown: str,
    video_url: str | None = None,
    provenance: dict[str, Any] | None = None,
    expected: int | None = None,
) -> LessonVersion:
    """Write the lesson's draft: the source as typed, its HTML, its blocks with lasting keys.

    `video_url` None keeps the address there is. `provenance` tells where generated or imported
    text comes from; None keeps what is told, also of the published version. Raises Invalid naming
    `markdown` or `video_url`, Stale.
    """
    require(actor, EDIT_LESSON, lesson)
    require_text(markdown, field="markdown", max_length=MAX_SOURCE)
    require_clean(provenance or {}, field="provenance")
    video_url = None if video_url is None else require_video(video_url)
    # A long text takes a second: rendered before the lock, so that nobody waits for it.
    known = _known_blocks(lesson)
    document = render_document(markdown, previous=known)
    with transaction.atomic():
        lesson = locked(lesson, expected=expected)
        if _known_blocks(lesson) != known:
            document = render_document(markdown, previous=_known_blocks(lesson))
        return _write_draft(actor, lesson, markdown, document, video_url, provenance)


def _write_draft(
    actor: Actor,
    lesson: Lesson,
    markdown: str,
    document: Document,
    video_url: str | None,
    provenance: dict[str, Any] | None,
) -> LessonVersion:
    draft = _open_draft(actor, lesson)
    draft.markdown, draft.html = markdown, str(document.html)
    draft.pipeline_version = PIPELINE_VERSION
    if video_url is not None:
        draft.video_url = video_url
    if provenance is not None:
        draft.provenance = provenance
    draft.created_by_id = actor.user_id
    draft.save()
    _write_blocks(draft, document.blocks)
    save_changes(lesson)
    _tell_saved(actor, lesson, draft)
    return draft


@transaction.atomic
def set_video(
    *, actor: Actor, lesson: Lesson, url: str, expected: int | None = None
) -> LessonVersion:
    """Set the address of the draft's video; empty takes it away.

    Raises Invalid for `video_url` when it is no address of a provider the player knows, Stale.
    """
    require(actor, EDIT_LESSON, lesson)
    url = require_video(url)
    lesson = locked(lesson, expected=expected)
    draft = _open_draft(actor, lesson)
    draft.video_url = url
    draft.save(update_fields=["video_url"])
    save_changes(lesson)
    _tell_saved(actor, lesson, draft)
    return draft


@transaction.atomic
def publish_lesson(*, actor: Actor, lesson: Lesson, expected: int | None = None) -> Lesson:
    """Show the draft, or the hidden published version, to learners; idempotent.

    Raises Conflict `empty_lesson` when there is nothing to show, Stale.
    """
    require(actor, EDIT_LESSON, lesson)
    course = locked(lesson.course)
    lesson = locked(lesson, expected=expected)
    versions = LessonVersion.objects.filter(lesson=lesson)
    draft = versions.filter(state=VersionState.DRAFT).first()
    current = versions.filter(state=VersionState.PUBLISHED).first()
    _require_content(lesson, draft or current)
    if draft is not None:
        versions.filter(state=VersionState.PUBLISHED).update(state=VersionState.SUPERSEDED)
        draft.state, draft.published_at = VersionState.PUBLISHED, clock.now()
        draft.save(update_fields=["state", "published_at"])
    if draft is None and lesson.published:
        return lesson
    save_changes(lesson, published=True)
    index_lesson(lesson)
    recount_course(actor=actor, course=course)
    shown = draft or current
    told = LessonPublished(
        course_id=course.pk, lesson_id=lesson.pk, version_id=shown.pk if shown else 0
    )
    publish(told, actor=actor)
    return lesson


@transaction.atomic
def hide_lesson(*, actor: Actor, lesson: Lesson, expected: int | None = None) -> Lesson:
    """Take a lesson from learners' eyes; its text and their progress stay. Idempotent."""
    require(actor, EDIT_LESSON, lesson)
    course = locked(lesson.course)
    lesson = locked(lesson, expected=expected)
    if lesson.published:
        save_changes(lesson, published=False)
        forget_lessons(Lesson.objects.filter(pk=lesson.pk))
        recount_course(actor=actor, course=course)
        publish(LessonHidden(course_id=course.pk, lesson_id=lesson.pk), actor=actor)
    return lesson


@transaction.atomic
def discard_draft(*, actor: Actor, lesson: Lesson, expected: int | None = None) -> Lesson:
    """Throw the draft away; the published version stays. Raises NotFound without a draft."""
    require(actor, EDIT_LESSON, lesson)
    lesson = locked(lesson, expected=expected)
    removed, _counts = LessonVersion.objects.filter(
        lesson=lesson, state=VersionState.DRAFT
    ).delete()
    if not removed:
        raise NotFound(_("This lesson has no draft."))
    save_changes(lesson)
    return lesson


def require_video(url: str) -> str:
    """Return a video address the player knows, or "" ; raises Invalid for `video_url`."""
    url = require_text(url, field="video_url", max_length=MAX_URL).strip()
    if url and embed_of(url) is None:
        raise Invalid(_("Give the https address of a YouTube or Vimeo video."), field="video_url")
    return url


def _open_draft(actor: Actor, lesson: Lesson) -> LessonVersion:
    """The lesson's draft, made from the published version when there is none."""
    versions = LessonVersion.objects.filter(lesson=lesson)
    draft = versions.filter(state=VersionState.DRAFT).first()
    if draft is not None:
        return draft
    current = versions.filter(state=VersionState.PUBLISHED).first()
    last = versions.aggregate(last=Max("number"))["last"] or 0
    draft = LessonVersion(
        lesson=lesson,
        number=last + 1,
        markdown=current.markdown if current else "",
        html=current.html if current else "",
        pipeline_version=current.pipeline_version if current else PIPELINE_VERSION,
        video_url=current.video_url if current else "",
        provenance=current.provenance if current else {},
        created_by_id=actor.user_id,
    )
    draft.save()
    if current is not None:
        _write_blocks(draft, current.blocks.all())
    return draft


def _write_blocks(version: LessonVersion, blocks: Iterable[BlockDraft | Block]) -> None:
    """Replace the blocks of a version."""
    rows = [
        Block(
            version=version,
            key=block.key,
            ordinal=block.ordinal,
            heading_path=list(block.heading_path),
            text=block.text,
            sha256=block.sha256,
        )
        for block in blocks
    ]
    version.blocks.all().delete()
    Block.objects.bulk_create(rows)


def _known_blocks(lesson: Lesson) -> list[KnownBlock]:
    """Blocks whose keys may live on: the draft's, then published ones that the draft dropped."""
    rows = list(
        Block.objects.filter(
            version__lesson=lesson, version__state__in=[VersionState.DRAFT, VersionState.PUBLISHED]
        )
        .order_by("version__number", "ordinal")
        .values_list("version__state", "key", "text")
    )
    mine = {key: text for state, key, text in rows if state == VersionState.DRAFT}
    others = {key: text for _state, key, text in rows if key not in mine}
    return [KnownBlock(key, text) for key, text in {**mine, **others}.items()]


def _require_content(lesson: Lesson, version: LessonVersion | None) -> None:
    """Refuse to show an empty page; quizzes and assignments have theirs elsewhere."""
    if lesson.kind in HANDED_IN:
        return
    if version is not None and (version.markdown.strip() or version.video_url):
        return
    if not Attachment.objects.filter(lesson=lesson).exists():
        raise Conflict(_("Write something before you publish."), code="empty_lesson")


def _tell_saved(actor: Actor, lesson: Lesson, draft: LessonVersion) -> None:
    told = LessonDraftSaved(course_id=lesson.course_id, lesson_id=lesson.pk, version_id=draft.pk)
    publish(told, actor=actor)
