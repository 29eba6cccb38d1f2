"""What teaching material is made from: lessons by their blocks, or a text from outside."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ai.enums import SourceOrigin
from ai.gateway.content.shape import Made, Numbered
from ai.gateway.documents.apart import read_apart
from ai.gateway.documents.reading import MAX_BYTES, READABLE
from ai.gateway.documents.shape import DocumentRefused, Extracted
from ai.gateway.fetching import FetchRefused, Guard, fetch_page
from ai.models import ContentPiece, SourceDocument
from courses.enums import LessonKind, VersionState
from courses.models import Attachment, Block, Course, Lesson, LessonVersion, Section
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid, Unavailable
from lms.kernel.jobs import JobRun
from lms.kernel.text import split_blocks

MAX_LESSONS = 60
# How far fetching goes; tests name a site of their own here.
GUARD = Guard()


@dataclass(frozen=True, slots=True)
class SourceBlock:
    """One block of the material: of a lesson when `lesson_id` is set."""

    key: str
    text: str
    sha256: str
    heading_path: tuple[str, ...]
    lesson_id: int | None = None
    lesson: str = ""
    lesson_title: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    """The text with its origin. `markdown` is filled for texts from outside the course."""

    origin: SourceOrigin
    title: str
    blocks: tuple[SourceBlock, ...]
    markdown: str = ""
    address: str = ""
    lost: tuple[str, ...] = ()

    @property
    def numbered(self) -> list[Numbered]:
        """The blocks by number, as they are cited."""
        return [
            Numbered(number, block.text, block.heading_path)
            for number, block in enumerate(self.blocks, 1)
        ]

    def cite(self, made: Made) -> dict[str, Any]:
        """Where a piece comes from: origin, title, hash of all, the blocks with their hashes."""
        cited = [self.blocks[ref - 1] for ref in made.refs]
        whole = "\n\n".join(block.text for block in self.blocks)
        return {
            "origin": self.origin.value,
            "title": self.title,
            "address": self.address,
            "sha256": hashlib.sha256(whole.encode()).hexdigest(),
            "blocks": [
                {
                    "key": block.key,
                    "sha256": block.sha256,
                    "lesson": block.lesson or None,
                    "lesson_id": block.lesson_id,
                    "text": block.text[:400],
                }
                for block in cited
            ],
        }


def of_lessons(origin: SourceOrigin, title: str, lessons: Sequence[Lesson]) -> Material:
    """Lessons as staff see them: drafts, else published versions; two queries for all.

    Blocks that generated pieces became are left out: material is made from what people wrote. Of
    more than `MAX_LESSONS` the first are read, and `lost` says so.
    """
    by_id = {lesson.pk: lesson for lesson in lessons[:MAX_LESSONS]}
    current: dict[int, int] = {}
    rows = LessonVersion.objects.filter(
        lesson__in=by_id, state__in=[VersionState.DRAFT, VersionState.PUBLISHED]
    ).order_by("number")
    for pk, lesson_id, state in rows.values_list("pk", "lesson_id", "state"):
        if state == VersionState.DRAFT or lesson_id not in current:
            current[lesson_id] = pk
    generated = {
        (lesson_id, key)
        for lesson_id, keys in ContentPiece.objects.filter(
            lesson__in=by_id, state="accepted"
        ).values_list("lesson_id", "block_keys")
        for key in keys
    }
    order = {pk: at for at, pk in enumerate(by_id)}
    found = Block.objects.filter(version__in=current.values()).values_list(
        "version__lesson_id", "ordinal", "key", "text", "sha256", "heading_path"
    )
    blocks = tuple(
        _of_lesson(by_id[lesson_id], key, text, sha, path, several=len(by_id) > 1)
        for lesson_id, _ordinal, key, text, sha, path in sorted(
            found, key=lambda row: (order[row[0]], row[1])
        )
        if (lesson_id, key) not in generated
    )
    words = _("Only the first %(most)d lessons were read.") % {"most": MAX_LESSONS}
    lost = (words,) if len(lessons) > MAX_LESSONS else ()
    return Material(origin, title, blocks, lost=lost)


def _of_lesson(
    lesson: Lesson, key: str, text: str, sha256: str, path: list[str], *, several: bool
) -> SourceBlock:
    above = (lesson.title, *path) if several else tuple(path)
    return SourceBlock(key, text, sha256, above, lesson.pk, lesson.public_id, lesson.title)


def lessons_of(course: Course, section: Section | None = None) -> list[Lesson]:
    """The lessons whose text counts, in the order of the outline; one more than are read."""
    rows = Lesson.objects.filter(course=course, deleted_at=None, section__deleted_at=None)
    if section is not None:
        rows = rows.filter(section=section)
    readable = rows.exclude(kind__in=[LessonKind.QUIZ]).select_related("section")
    return list(readable[: MAX_LESSONS + 1])


def of_text(
    origin: SourceOrigin, found: Extracted, *, address: str = "", title: str = ""
) -> Material:
    """A text from outside as material."""
    blocks = tuple(
        SourceBlock(block.key, block.text, block.sha256, block.heading_path)
        for block in split_blocks(found.markdown)
    )
    return Material(
        origin, found.title or title, blocks, found.markdown, address, tuple(found.lost)
    )


def outside(run: JobRun, actor: Actor, course: Course | None) -> Material:
    """The text from outside of a job: read once and kept, so that a second run reads the same.

    Raises Unavailable in words when the page or file cannot be read.
    """
    kept = SourceDocument.objects.filter(job_id=run.job_id).first()
    if kept is None:
        origin, found, title, address = _read(run, course)
        kept, _made = SourceDocument.objects.get_or_create(
            job_id=run.job_id,
            defaults={
                "course": course,
                "origin": origin,
                "title": (found.title or title)[:200],
                "address": address,
                "markdown": found.markdown,
                "lost": list(found.lost),
                "created_by_id": actor.user_id,
            },
        )
    again = Extracted(kept.title, kept.markdown, tuple(kept.lost))
    return of_text(SourceOrigin(kept.origin), again, address=kept.address)


def _read(run: JobRun, course: Course | None) -> tuple[SourceOrigin, Extracted, str, str]:
    params = run.params
    try:
        if params["url"]:
            page = fetch_page(params["url"], GUARD)
            found = read_apart(page.body, page.content_type, charset=page.charset)
            return SourceOrigin.PAGE, found, page.address, page.address
        if params["attachment"]:
            row = Attachment.objects.filter(pk=params["attachment"], course=course).first()
            if row is None:
                raise Unavailable(_("The file is gone."))
            with row.file.open("rb") as file:
                body = file.read(MAX_BYTES + 1)
            return SourceOrigin.FILE, read_apart(body, row.content_type), row.name, ""
    except (FetchRefused, DocumentRefused) as problem:
        raise Unavailable(problem.detail) from problem
    title = params["title"]
    return SourceOrigin.TEXT, Extracted(title, params["content"]), title or _("Pasted text"), ""


def require_readable(row: Attachment) -> None:
    """Refuse before the job what it could not read; raises Invalid for `attachment`."""
    if row.content_type not in READABLE:
        words = _("Only PDF, Word, PowerPoint and plain text files are read.")
        raise Invalid(words, field="attachment")
    if row.size > MAX_BYTES:
        limit = MAX_BYTES // 1024**2
        words = _("A file to read may have at most %(limit)d MB.") % {"limit": limit}
        raise Invalid(words, field="attachment")
