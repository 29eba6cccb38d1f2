"""Keep what the tutor may read in step with what is published."""

import hashlib
import re
from typing import Final

from django.db import transaction

from ai.gateway.text import clean_source
from ai.models import Chunk, ChunkVector, Faq
from ai.scoring.vectors import packed
from ai.services.meaning import meaning_model, meanings
from courses.enums import HANDED_IN, VersionState
from courses.models import Block, Course, Lesson, LessonVersion
from courses.rules import MANAGE_COURSE
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.rules import require

BATCH: Final = 64
# Code, formulas and tables: what the renderer wraps in these has no sentences.
_NO_SENTENCES: Final = re.compile(r'<(?:pre|div)\b[^>]*\bid="b-([^"]+)"')


def index_lesson(*, actor: Actor, lesson: Lesson) -> int:
    """Bring the chunks of one lesson after its published version; returns how many were written.

    A block whose hash and place are the same keeps its chunk and its vectors. Quizzes and
    assignments are never read: what is asked there is not for a tutor to know.
    """
    require(actor, MANAGE_COURSE, lesson.course)
    with transaction.atomic():
        row = lock(Lesson.objects.filter(pk=lesson.pk)).select_related("course", "section").first()
        written = 0 if row is None else _write(row, _published(row))
    _add_vectors(actor, lesson.course)
    return written


def index_course(*, actor: Actor, course: Course) -> int:
    """The same for every lesson and FAQ entry of a course."""
    require(actor, MANAGE_COURSE, course)
    written = 0
    for pk in Lesson.objects.filter(course=course).values_list("pk", flat=True):
        with transaction.atomic():
            row = lock(Lesson.objects.filter(pk=pk)).select_related("course", "section").first()
            written += 0 if row is None else _write(row, _published(row))
    for entry in Faq.objects.filter(course=course).select_related("course"):
        written += write_faq(entry)
    _add_vectors(actor, course)
    return written


def write_faq(entry: Faq) -> int:
    """The chunk of a FAQ entry; 1 when it was written, 0 when it was the same already."""
    text = clean_source(f"{entry.question}\n{entry.answer}")
    digest = hashlib.sha256(text.encode()).hexdigest()
    if Chunk.objects.filter(faq=entry, sha256=digest, lesson=entry.lesson).exists():
        return 0
    Chunk.objects.filter(faq=entry).delete()
    Chunk.objects.create(
        course=entry.course,
        lesson_id=entry.lesson_id,
        faq=entry,
        key=entry.public_id,
        text=text,
        sha256=digest,
        language=entry.course.language,
    )
    return 1


def _published(lesson: Lesson) -> LessonVersion | None:
    """The version learners read; None while the lesson is out of their sight."""
    shown = lesson.published and lesson.deleted_at is None and lesson.section.deleted_at is None
    if not shown or lesson.kind in HANDED_IN:
        return None
    return LessonVersion.objects.filter(lesson=lesson, state=VersionState.PUBLISHED).first()


def _write(lesson: Lesson, version: LessonVersion | None) -> int:
    blocks = () if version is None else version.blocks.order_by("ordinal")
    wanted = {block.key: block for block in blocks if block.text.strip()}
    mine = Chunk.objects.filter(lesson=lesson, faq=None)
    known = {chunk.key: chunk for chunk in mine}
    bare = set() if version is None else set(_NO_SENTENCES.findall(version.html))
    fresh = {
        key: _chunk(lesson, version, block, quotable=key not in bare)
        for key, block in wanted.items()
    }
    same = {key for key, chunk in known.items() if key in fresh and _is_same(chunk, fresh[key])}
    mine.exclude(key__in=same).delete()
    if version is not None:
        mine.update(version=version)
    for key in same:
        if known[key].ordinal != wanted[key].ordinal:
            mine.filter(key=key).update(ordinal=wanted[key].ordinal)
    missing = [chunk for key, chunk in fresh.items() if key not in same]
    Chunk.objects.bulk_create(missing)
    return len(missing)


def _is_same(chunk: Chunk, other: Chunk) -> bool:
    names = ("sha256", "heading_path", "language", "quotable")
    return all(getattr(chunk, name) == getattr(other, name) for name in names)


def _chunk(lesson: Lesson, version: LessonVersion | None, block: Block, *, quotable: bool) -> Chunk:
    return Chunk(
        course_id=lesson.course_id,
        lesson=lesson,
        version=version,
        key=block.key,
        ordinal=block.ordinal,
        heading_path=list(block.heading_path),
        text=clean_source(block.text),
        sha256=block.sha256,
        language=lesson.course.language,
        quotable=quotable,
    )


def _add_vectors(actor: Actor, course: Course) -> None:
    """Vectors of the chunks that have none by the present model, computed outside transactions."""
    model_id = meaning_model()
    if model_id is None:
        return
    bare = Chunk.objects.filter(course=course).exclude(vectors__model_id=model_id)
    waiting = list(bare.order_by("pk").values_list("pk", "text"))
    for at in range(0, len(waiting), BATCH):
        part = waiting[at : at + BATCH]
        matrix = meanings(actor=actor, texts=[text for _pk, text in part], course=course)
        rows = [
            ChunkVector(chunk_id=pk, model_id=model_id, dim=len(vector), vec=packed(vector))
            for (pk, _text), vector in zip(part, matrix, strict=True)
        ]
        with transaction.atomic():
            ids = [row.chunk_id for row in rows]
            kept = set(lock(Chunk.objects.filter(pk__in=ids)).values_list("pk", flat=True))
            ChunkVector.objects.bulk_create(
                [row for row in rows if row.chunk_id in kept], ignore_conflicts=True
            )
