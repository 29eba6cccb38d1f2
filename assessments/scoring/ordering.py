"""Ordering: bring items into their right order.

With partial credit, each item that would have to be moved costs one share of the points: of n items
the longest run that already stands in the right order, gaps allowed, is left in place, the others
are moved, and the worth is 1 - moved / (n - 1). One item in the wrong place costs the same wherever
it went, and the reverse order is worth nothing. Without it the whole order must be right.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.enums import QuestionKind
from assessments.scoring.choices import shown_options
from assessments.scoring.content import MAX_OPTIONS, QuestionContent, check_text, detail_of
from assessments.scoring.folding import fold
from assessments.scoring.kinds import (
    FULL,
    NOTHING,
    Answer,
    Counted,
    Json,
    QuestionType,
    Render,
    Shown,
)
from assessments.scoring.parts import by_id, entry
from lms.kernel.errors import Invalid
from lms.kernel.text import plain_text

MIN_ITEMS = 3


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to be put in order, as Markdown; an empty id is filled later."""

    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """The items in their right order."""

    items: tuple[Item, ...] = ()


class Ordering(QuestionType):
    kind = QuestionKind.ORDERING
    always_shuffled = True

    def check(self, content: QuestionContent) -> None:
        items = detail_of(content, Items).items
        if not MIN_ITEMS <= len(items) <= MAX_OPTIONS:
            words = _("Give between 3 and %(most)s items.") % {"most": MAX_OPTIONS}
            raise Invalid(words, field="items")
        for item in items:
            check_text(item.text, field="items")
        folded = [fold(item.text, case=False) for item in items]
        if not all(folded):
            raise Invalid(_("An item is empty."), field="items")
        if len(set(folded)) < len(folded):
            raise Invalid(_("Two items are the same."), field="items")

    def with_ids(self, content: QuestionContent, new_id: Callable[[], str]) -> QuestionContent:
        items = detail_of(content, Items).items
        return replace(
            content, detail=Items(tuple(i if i.id else replace(i, id=new_id()) for i in items))
        )

    def without_ids(self, content: QuestionContent) -> QuestionContent:
        items = detail_of(content, Items).items
        return replace(content, detail=Items(tuple(replace(item, id="") for item in items)))

    def body(self, content: QuestionContent, render: Render) -> dict[str, Any]:
        items = detail_of(content, Items).items
        return {
            "items": by_id([entry(item.text, item.id, render) for item in items]),
            "partial_credit": content.partial_credit,
        }

    def key(self, content: QuestionContent) -> dict[str, Any]:
        return {"order": _ids(content)}

    def fields(self, body: Json, key: Json) -> dict[str, Any]:
        texts = {one["id"]: one["text"] for one in body["items"]}
        return {
            "detail": Items(tuple(Item(texts[one], one) for one in key["order"])),
            "partial_credit": bool(body["partial_credit"]),
        }

    def pool(self, body: Json) -> list[str]:
        return [one["id"] for one in body["items"]]

    def shown(self, body: Json, order: Sequence[str], answer: Answer, html: Render | None) -> Shown:
        """The items as the learner put them, before that as they were drawn."""
        given = answer if isinstance(answer, list) else order
        rule = (
            _("Each item that stands out of order costs a part of the points.")
            if body["partial_credit"]
            else _("The whole order must be right to earn the points.")
        )
        return Shown(options=shown_options(body["items"], given, set(), html), rule=rule)

    def read(self, content: QuestionContent, raw: object, /) -> Answer:
        """The ids in the order that was given: each one once."""
        if not isinstance(raw, list) or not all(isinstance(one, str) for one in raw):
            raise Invalid(_("Send a list of item ids."), field="answer")
        if not raw:
            return None
        if sorted(raw) != sorted(_ids(content)):
            raise Invalid(_("Give every item a place of its own."), field="answer")
        return list(raw)

    def fraction(self, content: QuestionContent, answer: Answer) -> Decimal:
        given = answer if isinstance(answer, list) else []
        right = _ids(content)
        moved = len(right) - _in_order([right.index(one) for one in given])
        if not moved:
            return FULL
        return FULL - Decimal(moved) / (len(right) - 1) if content.partial_credit else NOTHING

    def solution(self, content: QuestionContent) -> Answer:
        return _ids(content)

    def solution_words(self, content: QuestionContent) -> list[str]:
        items = detail_of(content, Items).items
        return [f"{n}. {plain_text(item.text)}" for n, item in enumerate(items, start=1)]

    def counted(self, content: QuestionContent, answer: Answer) -> list[Counted]:
        """Each item with the place it was given, in the order that was given."""
        given = answer if isinstance(answer, list) else []
        right = _ids(content)
        words = {item.id: plain_text(item.text) for item in detail_of(content, Items).items}
        return [
            Counted(
                choice=str(place),
                words=str(place),
                right=right[place - 1] == one,
                part=one,
                label=words[one],
                expected=str(right.index(one) + 1),
            )
            for place, one in enumerate(given, start=1)
        ]

    def summary(self, content: QuestionContent, answer: Answer) -> str:
        return " → ".join(" ".join(one.label.split()) for one in self.counted(content, answer))

    def extras(self, content: QuestionContent) -> dict[str, str]:
        return {"credit": "partial" if content.partial_credit else "all"}

    def from_extras(self, said: Mapping[str, str]) -> dict[str, Any]:
        return {"partial_credit": said["credit"] == "partial"} if "credit" in said else {}


def _ids(content: QuestionContent) -> list[str]:
    return [item.id for item in detail_of(content, Items).items]


def _in_order(places: list[int]) -> int:
    """How many of different numbers can stay where they are when the rest is moved into order."""
    ends: list[int] = []
    for place in places:
        at = bisect_left(ends, place)
        ends[at : at + 1] = [place]
    return len(ends)
