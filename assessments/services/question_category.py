"""The tree of categories of a bank: add, rename, move, merge, delete."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from assessments.models import Question, QuestionBank, QuestionCategory
from assessments.rules import EDIT_BANK
from assessments.scoring.folding import fold
from assessments.scoring.naming import category_name
from assessments.services.editing import locked, save_changes
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.rules import require

MAX_DEPTH: Final = 8
MAX_CATEGORIES: Final = 500


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a category goes: inside `parent` or to the top, at a place counted from 0 or last."""

    parent: QuestionCategory | None = None
    place: int | None = None


@transaction.atomic
def add_category(
    *, actor: Actor, bank: QuestionBank, name: str, parent: QuestionCategory | None = None
) -> QuestionCategory:
    """A new category, the last in `parent` or at the top.

    Raises Invalid naming `name` or `parent`, Conflict `bank_full` for more than 500, and what
    `require` raises.
    """
    require(actor, EDIT_BANK, bank)
    hold(bank)
    return add_to(bank, name, parent)


def add_to(bank: QuestionBank, name: str, parent: QuestionCategory | None) -> QuestionCategory:
    """The same for services that checked the rule and hold the bank."""
    name = category_name(name)
    _check_parent(bank, parent, height=1)
    if bank.categories.count() >= MAX_CATEGORIES:
        raise Conflict(_("A bank has at most 500 categories."), code="bank_full")
    _check_free(bank, parent, name)
    return QuestionCategory.objects.create(
        bank=bank,
        parent=parent,
        name=name,
        folded=fold(name),
        ordinal=_last(bank, parent) + 1,
        depth=parent.depth + 1 if parent else 1,
    )


def ensure_paths(
    bank: QuestionBank, paths: Iterable[tuple[str, ...]]
) -> dict[tuple[str, ...], QuestionCategory]:
    """The categories at the end of these paths of names, made where there are none.

    The caller has checked the rule and holds the bank. Raises Conflict `bank_full`.
    """
    known = {(row.parent_id, row.folded): row for row in bank.categories.all()}
    found: dict[tuple[str, ...], QuestionCategory] = {}
    for path in dict.fromkeys(one for one in paths if one):
        row: QuestionCategory | None = None
        for name in path[:MAX_DEPTH]:
            place = (row.pk if row else None, fold(name))
            if place not in known:
                known[place] = add_to(bank, name, row)
            row = known[place]
        if row is not None:
            found[path] = row
    return found


@transaction.atomic
def rename_category(
    *, actor: Actor, category: QuestionCategory, name: str, expected: int | None = None
) -> QuestionCategory:
    """Give it another name. Raises Stale, Invalid for a name that a sibling has."""
    require(actor, EDIT_BANK, category.bank)
    hold(category.bank)
    row = locked(category, expected=expected)
    name = category_name(name)
    _check_free(row.bank, row.parent, name, itself=row)
    return save_changes(row, name=name, folded=fold(name))


@transaction.atomic
def move_category(
    *,
    actor: Actor,
    category: QuestionCategory,
    parent: QuestionCategory | None,
    place: int | None = None,
    expected: int | None = None,
) -> QuestionCategory:
    """Put it with all it holds into `parent` (None is the top), at a place counted from 0.

    Without a place it becomes the last. Raises Stale, Invalid(field="parent") for a parent inside
    it, of another bank or too deep, Invalid(field="name") when a sibling there has its name.
    """
    require(actor, EDIT_BANK, category.bank)
    hold(category.bank)
    row = locked(category, expected=expected)
    below = _below(row)
    if parent is not None:
        parent = _fresh(parent)
        if parent.pk == row.pk or parent.pk in {one.pk for one in below}:
            raise Invalid(_("A category cannot be inside itself."), field="parent")
    height = max((one.depth for one in below), default=row.depth) - row.depth + 1
    _check_parent(row.bank, parent, height=height)
    _check_free(row.bank, parent, row.name, itself=row)
    _deepen(row, below, parent.depth + 1 if parent else 1)
    save_changes(row, parent=parent, ordinal=_last(row.bank, parent) + 1)
    if place is not None:
        _order(row, place)
    return row


@transaction.atomic
def change_category(
    *,
    actor: Actor,
    category: QuestionCategory,
    name: str | None = None,
    to: Destination | None = None,
    expected: int | None = None,
) -> QuestionCategory:
    """Rename and move at once, or neither; None leaves it. Raises what the two raise."""
    row = category
    if name is not None:
        row = rename_category(actor=actor, category=row, name=name, expected=expected)
        expected = None
    if to is not None:
        row = move_category(
            actor=actor, category=row, parent=to.parent, place=to.place, expected=expected
        )
    return row


@transaction.atomic
def merge_category(*, actor: Actor, category: QuestionCategory, into: QuestionCategory) -> int:
    """Move what is in it into another one and remove it; answers how many questions moved.

    Categories inside it that the other one has too are merged in turn. Raises
    Invalid(field="into") for itself, one inside it, or one of another bank.
    """
    require(actor, EDIT_BANK, category.bank)
    hold(category.bank)
    row, target = locked(category), _fresh(into)
    if target.bank_id != row.bank_id:
        raise Invalid(_("This category belongs to another bank."), field="into")
    if target.pk == row.pk or target.pk in {one.pk for one in _below(row)}:
        raise Invalid(_("Choose a category outside this one."), field="into")
    return _pour(row, target)


@transaction.atomic
def delete_category(
    *, actor: Actor, category: QuestionCategory, into: QuestionCategory | None = None
) -> int:
    """Remove it with the categories inside it; answers how many questions lost their place.

    They go to `into`, or are in no category. Raises Invalid(field="into") as `merge_category`.
    """
    require(actor, EDIT_BANK, category.bank)
    hold(category.bank)
    row = locked(category)
    gone = [row.pk, *(one.pk for one in _below(row))]
    if into is not None:
        into = _fresh(into)
        if into.pk in gone or into.bank_id != row.bank_id:
            raise Invalid(_("Choose a category of this bank that stays."), field="into")
    count = Question.objects.filter(category__in=gone).update(category=into, updated_at=clock.now())
    row.delete()
    return count


def hold(bank: QuestionBank) -> QuestionBank:
    """The bank under a lock: its tree and its tags change one at a time. Raises NotFound."""
    held = lock(QuestionBank.objects.filter(pk=bank.pk)).first()
    if held is None:
        raise NotFound
    return held


def _pour(row: QuestionCategory, target: QuestionCategory) -> int:
    """Move the questions and the categories of one into another, then remove the empty one."""
    count = row.questions.update(category=target, updated_at=clock.now())
    known = {one.folded: one for one in target.children.all()}
    for child in list(row.children.order_by("ordinal", "id")):
        same = known.get(child.folded)
        if same is not None:
            count += _pour(child, same)
            continue
        below = _below(child)
        height = max((one.depth for one in below), default=child.depth) - child.depth + 1
        _check_parent(target.bank, target, height=height, field="into")
        _deepen(child, below, target.depth + 1)
        save_changes(child, parent=target, ordinal=_last(target.bank, target) + 1)
    row.delete()
    save_changes(target)
    return count


def _fresh(row: QuestionCategory) -> QuestionCategory:
    """The row as it is now that the bank is held; raises NotFound when it is gone."""
    found = QuestionCategory.objects.select_related("bank").filter(pk=row.pk).first()
    if found is None:
        raise NotFound
    return found


def _check_parent(
    bank: QuestionBank, parent: QuestionCategory | None, *, height: int, field: str = "parent"
) -> None:
    if parent is None:
        return
    if parent.bank_id != bank.pk:
        raise Invalid(_("This category belongs to another bank."), field=field)
    if parent.depth + height > MAX_DEPTH:
        raise Invalid(_("Categories are nested at most eight deep."), field=field)


def _check_free(
    bank: QuestionBank,
    parent: QuestionCategory | None,
    name: str,
    *,
    itself: QuestionCategory | None = None,
) -> None:
    same = bank.categories.filter(parent=parent, folded=fold(name))
    if itself is not None:
        same = same.exclude(pk=itself.pk)
    if same.exists():
        raise Invalid(_("There is a category of this name already."), field="name")


def _last(bank: QuestionBank, parent: QuestionCategory | None) -> int:
    last = bank.categories.filter(parent=parent).aggregate(last=Max("ordinal"))["last"]
    return last or 0


def _below(row: QuestionCategory) -> list[QuestionCategory]:
    """All categories inside one, level by level; as many queries as it is deep."""
    found: list[QuestionCategory] = []
    level = [row.pk]
    while level:
        rows = list(QuestionCategory.objects.filter(parent__in=level))
        found.extend(rows)
        level = [one.pk for one in rows]
    return found


def _deepen(row: QuestionCategory, below: list[QuestionCategory], depth: int) -> None:
    change = depth - row.depth
    if not change:
        return
    for one in (row, *below):
        one.depth += change
    QuestionCategory.objects.bulk_update([row, *below], ["depth"])


def _order(row: QuestionCategory, place: int) -> None:
    siblings = list(
        row.bank.categories.filter(parent=row.parent_id)
        .exclude(pk=row.pk)
        .order_by("ordinal", "id")
    )
    siblings.insert(max(0, min(place, len(siblings))), row)
    for ordinal, one in enumerate(siblings, start=1):
        one.ordinal = ordinal
    QuestionCategory.objects.bulk_update(siblings, ["ordinal"])
