"""Categories, tags and outcomes that one may see, and how many questions are filed so."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from assessments.enums import QuestionState
from assessments.models import LearningOutcome, QuestionBank, QuestionCategory, QuestionTag
from assessments.rules import VIEW_BANK, VIEW_CATEGORY, VIEW_OUTCOME, VIEW_TAG
from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.rules import fetch, require

CURRENT = ~Q(questions__state=QuestionState.RETIRED)


@dataclass(frozen=True, slots=True)
class CategoryNode:
    """A category in its tree: `count` questions are in it, `total` with those further inside.

    Retired questions do not count. `path` has the names from the top to this one, `parent` is the
    public id of the one around it.
    """

    row: QuestionCategory
    depth: int
    count: int
    total: int
    path: tuple[str, ...]
    has_children: bool
    is_first: bool
    is_last: bool
    parent: str | None = None

    @property
    def words(self) -> str:
        """The path on one line."""
        return " / ".join(self.path)


def category_tree(actor: Actor, bank: QuestionBank) -> list[CategoryNode]:
    """The categories of a bank with their counts, each before what is inside it; one query."""
    require(actor, VIEW_BANK, bank)
    counted = Count("questions", filter=CURRENT)
    rows = bank.categories.annotate(held=counted).order_by("ordinal", "id")
    inside: dict[int | None, list[QuestionCategory]] = defaultdict(list)
    for row in rows:
        inside[row.parent_id].append(row)
    return _walk(inside, None, (), None)


def category(actor: Actor, public_id: str, *, bank: QuestionBank | None = None) -> QuestionCategory:
    """One category, inside its bank when one is given (Z3); raises what `fetch` raises."""
    where: dict[str, Any] = {} if bank is None else {"bank": bank}
    return fetch(
        actor, VIEW_CATEGORY, select=("bank__course", "parent"), public_id=public_id, **where
    )


def subtree_ids(*public_ids: str) -> set[int]:
    """Keys of these categories and of all inside them, in one query; unknown ids give nothing."""
    known = QuestionCategory.objects.filter(bank__categories__public_id__in=public_ids)
    rows = list(known.distinct().values_list("pk", "parent_id", "public_id"))
    below: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent, _name in rows:
        below[parent].append(pk)
    waiting = [pk for pk, _parent, name in rows if name in public_ids]
    found: set[int] = set()
    while waiting:
        pk = waiting.pop()
        if pk not in found:
            found.add(pk)
            waiting.extend(below[pk])
    return found


def tags(actor: Actor, bank: QuestionBank) -> QuerySet[QuestionTag]:
    """The tags of a bank by name, each with `held`, its number of questions that are not retired.

    Raises what `require` raises.
    """
    require(actor, VIEW_BANK, bank)
    return bank.tags.annotate(held=Count("questions", filter=CURRENT)).order_by("folded", "id")


def tag(actor: Actor, public_id: str, *, bank: QuestionBank | None = None) -> QuestionTag:
    """One tag, inside its bank when one is given (Z3); raises what `fetch` raises."""
    where: dict[str, Any] = {} if bank is None else {"bank": bank}
    return fetch(actor, VIEW_TAG, select=("bank__course",), public_id=public_id, **where)


def outcomes(actor: Actor, course: Course) -> QuerySet[LearningOutcome]:
    """The outcomes of a course in order, each with `held`; raises what `require` raises."""
    require(actor, STAFF_COURSE, course)
    rows = VIEW_OUTCOME.rows(actor).filter(course=course).select_related("course")
    rows = rows.prefetch_related("prerequisites")
    return rows.annotate(held=Count("questions", filter=CURRENT)).order_by("ordinal", "id")


def builds_on(course: Course) -> dict[int, list[int]]:
    """What each outcome of a course builds on, by key, in the order of the course.

    The caller has checked who asks.
    """
    pairs = LearningOutcome.objects.filter(course=course, prerequisites__isnull=False)
    order = ("ordinal", "pk", "prerequisites__ordinal", "prerequisites__pk")
    found: dict[int, list[int]] = {}
    for key, on in pairs.order_by(*order).values_list("pk", "prerequisites__pk"):
        found.setdefault(key, []).append(on)
    return found


def outcome_courses(bank: QuestionBank) -> set[int]:
    """Keys of the courses whose outcomes its questions may serve.

    That is its own course; a person's bank has those it is shared with.
    """
    if bank.course_id is not None:
        return {bank.course_id}
    lent = bank.shares.exclude(course=None).values_list("course_id", flat=True)
    return {pk for pk in lent if pk is not None}


def outcome(actor: Actor, public_id: str, *, course: Course | None = None) -> LearningOutcome:
    """One outcome, inside its course when one is given (Z3); raises what `fetch` raises."""
    where: dict[str, Any] = {} if course is None else {"course": course}
    return fetch(actor, VIEW_OUTCOME, select=("course",), public_id=public_id, **where)


def _walk(
    inside: dict[int | None, list[QuestionCategory]],
    parent: int | None,
    path: tuple[str, ...],
    around: str | None,
) -> list[CategoryNode]:
    found: list[CategoryNode] = []
    siblings = inside.get(parent, [])
    for place, row in enumerate(siblings):
        here = (*path, row.name)
        below = _walk(inside, row.pk, here, row.public_id)
        held = int(row.held)  # type: ignore[attr-defined]
        node = CategoryNode(
            row=row,
            depth=row.depth,
            count=held,
            total=held + sum(one.count for one in below),
            path=here,
            has_children=bool(below),
            is_first=place == 0,
            is_last=place == len(siblings) - 1,
            parent=around,
        )
        found += [node, *below]
    return found
