"""What accepted material depends on: written with the acceptance, renewed or dropped by people."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ai.enums import DraftState
from ai.events import DependentConfirmed
from ai.models import ContentPiece, Dependence, Draft
from ai.queries.stale import stale_dependences
from ai.rules import REVIEW_DRAFT, REVIEW_PIECE
from courses.enums import VersionState
from courses.models import Block
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict
from lms.kernel.events import publish
from lms.kernel.rules import require


def depend(target: Draft | ContentPiece, blocks: list[dict[str, Any]]) -> None:
    """Remember the blocks of lessons that an accepted thing was made from. Twice is once."""
    course_id = target.course_id
    if course_id is None:
        return
    rows = {
        (block["lesson_id"], block["key"]): _row(target, course_id, block)
        for block in blocks
        if block.get("lesson_id") is not None
    }
    Dependence.objects.bulk_create(rows.values(), ignore_conflicts=True)


def draft_blocks(draft: Draft) -> list[dict[str, Any]]:
    """The blocks of a question's draft, each with its lesson."""
    return [{**block, "lesson_id": draft.lesson_id} for block in draft.source.get("blocks", ())]


def forget(target: Draft | ContentPiece) -> None:
    """Nothing depends on anything through this thing any more."""
    Dependence.objects.filter(**_of(target)).delete()


@transaction.atomic
def confirm(*, actor: Actor, target: Draft | ContentPiece) -> None:
    """A person read it again and it still holds: it depends on the text as it is now.

    Blocks that are gone are dropped. Raises Conflict for what was not accepted, and what `require`
    raises.
    """
    if isinstance(target, Draft):
        require(actor, REVIEW_DRAFT, target)
    else:
        require(actor, REVIEW_PIECE, target)
    if target.state != DraftState.ACCEPTED:
        raise Conflict(_("Nobody has accepted this."), code="not_accepted")
    stale = list(stale_dependences().filter(**_of(target)))
    now = _current({row.lesson_id for row in stale})
    for row in stale:
        sha256 = now.get((row.lesson_id, row.block_key))
        if sha256 is None:
            row.delete()
        else:
            row.sha256 = sha256
            row.save(update_fields=["sha256"])
    if stale:
        ids = {"draft_id": target.pk} if isinstance(target, Draft) else {"piece_id": target.pk}
        publish(DependentConfirmed(course_id=target.course_id, **ids), actor=actor)


def _current(lessons: set[int]) -> dict[tuple[int, str], str]:
    """Hashes of the blocks of lessons as staff see them: drafts win over published versions."""
    found: dict[tuple[int, str], str] = {}
    rows = Block.objects.filter(version__lesson__in=lessons)
    drafts = set(
        rows.filter(version__state=VersionState.DRAFT)
        .order_by()
        .values_list("version__lesson_id", flat=True)
    )
    shown = rows.filter(version__state__in=[VersionState.DRAFT, VersionState.PUBLISHED])
    for lesson, state, key, sha256 in shown.values_list(
        "version__lesson_id", "version__state", "key", "sha256"
    ):
        if state == VersionState.DRAFT or lesson not in drafts:
            found[(lesson, key)] = sha256
    return found


def _of(target: Draft | ContentPiece) -> dict[str, Any]:
    return {"draft": target} if isinstance(target, Draft) else {"piece": target}


def _row(target: Draft | ContentPiece, course_id: int, block: dict[str, Any]) -> Dependence:
    return Dependence(
        course_id=course_id,
        lesson_id=block["lesson_id"],
        block_key=block["key"],
        sha256=block["sha256"],
        **_of(target),
    )
