"""A person decides about generated material: accept, reject, take back (I5)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ai.enums import ContentKind, DraftState
from ai.events import PieceAccepted, PieceRejected, PieceUndone
from ai.models import ContentPiece
from ai.rules import REVIEW_PIECE
from ai.services.deciding import decide, locked, save
from ai.services.dependence import depend, forget
from ai.services.placing import placed, without
from courses.enums import VersionState
from courses.models import Block, Course, Lesson, LessonVersion, Section
from courses.rules import EDIT_LESSON, MANAGE_COURSE
from courses.services.editing import locked as locked_lesson
from courses.services.lesson import save_draft
from courses.services.outline import add_lesson, add_section, delete_section
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.events import publish
from lms.kernel.rules import require
from lms.kernel.text import split_blocks

# Of a piece that stands where the older one stood that it was made anew for.
IN_PLACE = "in_place"


@transaction.atomic
def accept_piece(
    *,
    actor: Actor,
    piece: ContentPiece,
    lesson: Lesson | None = None,
    course: Course | None = None,
    expected: int | None = None,
    lesson_expected: int | None = None,
) -> ContentPiece:
    """Put a piece into the draft of its lesson; of an outline, add a section with its lessons.

    `lesson` names the lesson of a piece that has none, `course` the course of an outline from text
    alone. Published text is not touched. Raises Invalid by field, Conflict when decided already,
    Stale for the piece (`expected`) or the lesson (`lesson_expected`), and what `require` raises.
    """
    row = _open(actor, piece, expected)
    if row.kind == ContentKind.OUTLINE:
        _add_outline(actor, row, course)
    else:
        _add_to_lesson(actor, row, lesson, lesson_expected)
    decide(row, actor, DraftState.ACCEPTED)
    save(row, "lesson", "course", "data", "block_keys")
    depend(row, row.source.get("blocks", []))
    if row.replaces is not None:
        forget(row.replaces)
    event = PieceAccepted(piece_id=row.pk, lesson_id=row.lesson_id, course_id=row.course_id)
    publish(event, actor=actor)
    return row


@transaction.atomic
def reject_piece(*, actor: Actor, piece: ContentPiece, expected: int | None = None) -> ContentPiece:
    """Turn a piece down. Raises Conflict when decided already, Stale, what `require` raises."""
    row = _open(actor, piece, expected)
    decide(row, actor, DraftState.REJECTED)
    save(row)
    publish(PieceRejected(piece_id=row.pk, course_id=row.course_id), actor=actor)
    return row


@transaction.atomic
def undo_piece(
    *,
    actor: Actor,
    piece: ContentPiece,
    expected: int | None = None,
    lesson_expected: int | None = None,
) -> ContentPiece:
    """Take a decision back: the piece waits again, its words leave the lesson's draft.

    What was typed since stays. Raises Conflict `edited` when the words read otherwise now, Stale,
    and what `require` raises.
    """
    row = _locked(actor, piece, expected)
    if row.state == DraftState.DRAFT:
        raise Conflict(_("Nobody has decided about this yet."), code="undecided")
    if row.state == DraftState.ACCEPTED:
        _take_out(actor, row, lesson_expected)
    row.block_keys = []
    decide(row, actor, DraftState.DRAFT)
    save(row, "data", "block_keys")
    forget(row)
    publish(PieceUndone(piece_id=row.pk, course_id=row.course_id), actor=actor)
    return row


def provenance(piece: ContentPiece, approver: Actor) -> dict[str, Any]:
    """What a lesson keeps about where one of its pieces comes from."""
    return {
        "piece": piece.public_id,
        "kind": piece.kind,
        "provider": piece.provider,
        "model": piece.model,
        "prompt_version": piece.prompt_version,
        "source": {
            "origin": piece.source.get("origin"),
            "title": piece.source.get("title"),
            "address": piece.source.get("address"),
            "sha256": piece.source.get("sha256"),
            "blocks": [
                {name: block.get(name) for name in ("key", "sha256", "lesson")}
                for block in piece.source.get("blocks", [])
            ],
        },
        "blocks": list(piece.block_keys),
        "approver": approver.user_id,
    }


def _add_to_lesson(
    actor: Actor, row: ContentPiece, lesson: Lesson | None, expected: int | None
) -> None:
    target = row.lesson or lesson
    if target is None:
        raise Invalid(_("Name the lesson that gets this."), field="lesson")
    if row.course is not None and target.course_id != row.course_id:
        raise Invalid(_("The lesson is not in this course."), field="lesson")
    require(actor, EDIT_LESSON, target)
    # Locked before its text is read: what somebody saves meanwhile must not be written over.
    target = locked_lesson(target, expected=expected)
    before = _current(target)
    keys = set(before.blocks.values_list("key", flat=True)) if before else set()
    text = before.markdown if before else ""
    instead_of = standing(row.replaces, target.pk, text)
    markdown = placed(text, row.markdown, row.heading, instead_of=instead_of)
    version = save_draft(actor=actor, lesson=target, markdown=markdown)
    row.lesson, row.course = target, target.course
    row.data = {**row.data, IN_PLACE: bool(instead_of)}
    row.block_keys = _keys_of(version, row, keys)
    _note(version, row, actor)


def standing(old: ContentPiece | None, lesson_id: int | None, text: str | None) -> str:
    """The words of an older piece where they stand in the lesson's text as they were, else none."""
    if old is None or text is None or old.lesson_id != lesson_id:
        return ""
    words = old.markdown.strip()
    return words if words in text else ""


def _keys_of(version: LessonVersion, row: ContentPiece, before: set[str]) -> list[str]:
    """Keys of the blocks that a piece became: those of its text that were not there before."""
    texts = {block.text for block in split_blocks(row.markdown)}
    old = set(row.replaces.block_keys) if row.replaces is not None else set()
    rows = Block.objects.filter(version=version).values_list("key", "text")
    return [key for key, text in rows if text in texts and (key not in before or key in old)]


def _note(version: LessonVersion, row: ContentPiece, actor: Actor) -> None:
    """Add the piece to what the draft tells of its origin; it stays through later edits."""
    told = dict(version.provenance)
    gone = {row.public_id, row.replaces.public_id if row.replaces is not None else ""}
    told["pieces"] = [one for one in told.get("pieces", []) if one.get("piece") not in gone] + [
        provenance(row, actor)
    ]
    told |= {"origin": "ai", "model": row.model, "prompt_version": row.prompt_version}
    version.provenance = told
    version.save(update_fields=["provenance"])


def _forget_note(version: LessonVersion, row: ContentPiece) -> None:
    told = dict(version.provenance)
    told["pieces"] = [o for o in told.get("pieces", []) if o.get("piece") != row.public_id]
    version.provenance = told if told["pieces"] else {}
    version.save(update_fields=["provenance"])


def _take_out(actor: Actor, row: ContentPiece, expected: int | None) -> None:
    if row.kind == ContentKind.OUTLINE:
        _take_out_outline(actor, row)
        return
    if row.lesson is None:
        raise Conflict(_("The lesson is gone."), code="edited")
    require(actor, EDIT_LESSON, row.lesson)
    lesson = locked_lesson(row.lesson, expected=expected)
    before, old = _current(lesson), row.replaces
    markdown = without(
        before.markdown if before else "",
        row.markdown,
        row.heading,
        back=old.markdown if old is not None and row.data.get(IN_PLACE) else "",
    )
    if markdown is None:
        words = _("Its words were edited since. Change them in the text.")
        raise Conflict(words, code="edited")
    version = save_draft(actor=actor, lesson=lesson, markdown=markdown)
    row.data = {name: value for name, value in row.data.items() if name != IN_PLACE}
    _forget_note(version, row)
    if old is not None and old.state == DraftState.ACCEPTED:
        depend(old, old.source.get("blocks", []))


def _take_out_outline(actor: Actor, row: ContentPiece) -> None:
    found = Section.objects.filter(
        public_id=row.data.get("section", ""), course=row.course, deleted_at=None
    )
    section = found.select_related("course").first()
    if section is not None:
        delete_section(actor=actor, section=section)
    row.data = {name: value for name, value in row.data.items() if name != "section"}


def _add_outline(actor: Actor, row: ContentPiece, course: Course | None) -> None:
    """A section with its lessons, unpublished; a lesson's text is its draft."""
    target = row.course or course
    if target is None:
        raise Invalid(_("Name the course that gets this."), field="course")
    if row.course is not None and course is not None and course.pk != row.course_id:
        raise Invalid(_("This belongs to another course."), field="course")
    require(actor, MANAGE_COURSE, target)
    section = add_section(actor=actor, course=target, title=row.title or _("New section"))
    row.course, row.data = target, {**row.data, "section": section.public_id}
    told = {
        "origin": "ai",
        "model": row.model,
        "prompt_version": row.prompt_version,
        "pieces": [provenance(row, actor)],
    }
    for planned in row.data["lessons"]:
        lesson = add_lesson(actor=actor, section=section, title=planned["title"][:150])
        markdown = planned["markdown"] or _goals(planned["objectives"])
        if markdown.strip():
            save_draft(actor=actor, lesson=lesson, markdown=markdown, provenance=told)


def _goals(objectives: list[str]) -> str:
    from ai.gateway.documents.shape import escaped

    lines = "\n".join(f"- {escaped(words)}" for words in objectives)
    return f"{_('After this lesson you can:')}\n\n{lines}\n" if lines else ""


def _current(lesson: Lesson) -> LessonVersion | None:
    """The lesson as staff see it: its draft, else the published version."""
    versions = LessonVersion.objects.filter(lesson=lesson)
    return (
        versions.filter(state=VersionState.DRAFT).first()
        or versions.filter(state=VersionState.PUBLISHED).first()
    )


def _open(actor: Actor, piece: ContentPiece, expected: int | None) -> ContentPiece:
    """The piece under a lock, still undecided."""
    row = _locked(actor, piece, expected)
    if row.state != DraftState.DRAFT:
        raise Conflict(_("Somebody has decided about this already."), code="decided")
    return row


def _locked(actor: Actor, piece: ContentPiece, expected: int | None) -> ContentPiece:
    require(actor, REVIEW_PIECE, piece)
    return locked(ContentPiece.objects.filter(pk=piece.pk), expected)
