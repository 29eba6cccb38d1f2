"""The order of a quiz: its sections, and in them questions and draws, counted through."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.enums import QuizState
from assessments.models import Quiz, QuizDraw, QuizItem, QuizSection
from assessments.rules import EDIT_QUIZ
from assessments.services.editing import locked, save_changes
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.rules import require

Entry = QuizItem | QuizDraw
MAX_ITEMS: Final = 150


def entries_of(quiz: Quiz) -> list[Entry]:
    """The fixed questions and draws of a quiz in its order, with their sections."""
    items = quiz.items.select_related("section")
    draws = quiz.draws.select_related("section")
    return sorted([*items, *draws], key=lambda one: (one.section.ordinal, one.ordinal, one.pk))


@transaction.atomic
def reorder_items(
    *, actor: Actor, quiz: Quiz, order: Sequence[str], expected: int | None = None
) -> Quiz:
    """Put sections, questions and draws in the order of their public ids.

    An entry belongs to the section named last before it. `order` may name no section at all: then
    each entry stays in its own. Raises Invalid unless it names every entry once, and all sections
    or none, Stale when the quiz changed.
    """
    require(actor, EDIT_QUIZ, quiz)
    row = locked(quiz, expected=expected)
    entries = {one.public_id: one for one in entries_of(row)}
    sections = {one.public_id: one for one in row.sections.all()}
    named = [one for one in order if one in sections]
    if not named:
        order = _with_sections(order, entries, list(sections.values()))
    if sorted(order) != sorted([*entries, *sections]) or order[0] not in sections:
        raise Invalid(_("Name every question of the quiz once."), field="order")
    _arrange(order, entries, sections)
    return save_changes(row)


def move_entry(*, actor: Actor, quiz: Quiz, public_id: str, by: int) -> Quiz:
    """Move a question, draw or section up (negative) or down by places, as far as it goes.

    At the border of its section an entry goes into the next one; a section moves with all its
    entries.
    """
    sections = {one.public_id for one in quiz.sections.all()}
    order = order_of(quiz)
    if public_id in sections:
        return reorder_items(actor=actor, quiz=quiz, order=_moved(order, sections, public_id, by))
    here = order.index(public_id)
    first = 1  # the first place is that of the first section
    order.insert(max(first, min(here + by, len(order) - 1)), order.pop(here))
    return reorder_items(actor=actor, quiz=quiz, order=order)


def order_of(quiz: Quiz) -> list[str]:
    """Public ids of the sections, each followed by those of its entries."""
    entries = entries_of(quiz)
    order: list[str] = []
    for section in quiz.sections.order_by("ordinal", "id"):
        order.append(section.public_id)
        order += [one.public_id for one in entries if one.section_id == section.pk]
    return order


def last_section(quiz: Quiz) -> QuizSection:
    """The last section of a locked quiz, where what is added goes; made when there is none."""
    known = quiz.sections.order_by("ordinal", "id").last()
    return known or QuizSection.objects.create(quiz=quiz, ordinal=1)


def renumber(quiz: Quiz) -> None:
    """Count the entries of a locked quiz through, in the order of their sections."""
    moved = []
    for ordinal, one in enumerate(entries_of(quiz), start=1):
        if one.ordinal != ordinal:
            one.ordinal = ordinal
            moved.append(one)
    items = [one for one in moved if isinstance(one, QuizItem)]
    QuizItem.objects.bulk_update(items, ["ordinal"])
    draws = [one for one in moved if isinstance(one, QuizDraw)]
    QuizDraw.objects.bulk_update(draws, ["ordinal"])


def recount(quiz: Quiz) -> Quiz:
    """Bring the points and the number of questions of a locked quiz up to date."""
    worth = [(1, points) for points in quiz.items.values_list("points", flat=True)]
    worth += list(quiz.draws.values_list("count", "points"))
    total = sum((count * points for count, points in worth), Decimal(0))
    return save_changes(quiz, points=total, item_count=sum(count for count, _points in worth))


def require_room(quiz: Quiz, more: int) -> None:
    """Raise Conflict `quiz_full` when so many more questions are too many."""
    if quiz.item_count + more > MAX_ITEMS:
        raise Conflict(_("A quiz asks at most 150 questions."), code="quiz_full")


def require_rest(quiz: Quiz, less: int) -> None:
    """Raise Conflict `quiz_empty` when a published quiz would be left without questions."""
    if quiz.state == QuizState.PUBLISHED and quiz.item_count <= less:
        raise Conflict(_("A published quiz keeps at least one question."), code="quiz_empty")


def _arrange(
    order: Sequence[str], entries: dict[str, Entry], sections: dict[str, QuizSection]
) -> None:
    section = sections[order[0]]
    for public_id in order:
        if public_id in sections:
            section = sections[public_id]
        else:
            entries[public_id].section = section
    for rows in (sections, entries):
        for ordinal, public_id in enumerate((one for one in order if one in rows), start=1):
            rows[public_id].ordinal = ordinal
    QuizSection.objects.bulk_update(sections.values(), ["ordinal"])
    items = [one for one in entries.values() if isinstance(one, QuizItem)]
    draws = [one for one in entries.values() if isinstance(one, QuizDraw)]
    QuizItem.objects.bulk_update(items, ["ordinal", "section"])
    QuizDraw.objects.bulk_update(draws, ["ordinal", "section"])


def _with_sections(
    order: Sequence[str], entries: dict[str, Entry], sections: Sequence[QuizSection]
) -> list[str]:
    """The order with each section before its entries; what is no entry stays, to be refused."""
    full = [one for one in order if one not in entries]
    for section in sorted(sections, key=lambda one: (one.ordinal, one.pk)):
        full.append(section.public_id)
        full += [o for o in order if o in entries and entries[o].section_id == section.pk]
    return full


def _moved(order: list[str], sections: set[str], public_id: str, by: int) -> list[str]:
    """The order with one section, and what is in it, so many sections further."""
    blocks: list[list[str]] = []
    for one in order:
        if one in sections:
            blocks.append([])
        blocks[-1].append(one)
    here = next(place for place, block in enumerate(blocks) if block[0] == public_id)
    blocks.insert(max(0, min(here + by, len(blocks) - 1)), blocks.pop(here))
    return [one for block in blocks for one in block]
