"""Fill in the blanks: each gap of the stem takes text, or one choice of a menu of its own.

A blank with wrong choices is a menu. Text is compared like a short answer: white space is always
folded, case unless `match_case`, accents only without `match_accents`. Each blank has a weight.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext as _

from assessments.enums import QuestionKind
from assessments.scoring.choices import shown_options
from assessments.scoring.content import (
    MAX_ACCEPTED_LENGTH,
    MAX_OPTIONS,
    QuestionContent,
    check_text,
    detail_of,
)
from assessments.scoring.folding import fold
from assessments.scoring.gaps import check_gaps
from assessments.scoring.kinds import Answer, Json, Render, Shown, ShownPart
from assessments.scoring.parts import Part, Parted, by_id, given_for, rule_words
from lms.kernel.errors import Invalid

MAX_WEIGHT = 100
CHOICE_ID_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Blank:
    """What a gap takes: accepted texts, and wrong choices that make it a menu (plain text)."""

    accepted: tuple[str, ...]
    wrong: tuple[str, ...] = ()
    weight: int = 1
    id: str = ""

    def choices(self) -> dict[str, str]:
        """The texts of a menu by their ids, which depend on the blank and the text alone."""
        if not self.wrong:
            return {}
        return {self._choice_id(text): text for text in (*self.accepted, *self.wrong)}

    def _choice_id(self, text: str) -> str:
        return sha256(f"{self.id}\n{text}".encode()).hexdigest()[:CHOICE_ID_LENGTH]


@dataclass(frozen=True, slots=True)
class Blanks:
    """The gaps of the stem in the order of their numbers."""

    blanks: tuple[Blank, ...] = ()


class Cloze(Parted):
    kind = QuestionKind.CLOZE
    always_shuffled = True

    def check(self, content: QuestionContent) -> None:
        blanks = detail_of(content, Blanks).blanks
        check_gaps(content.stem, len(blanks))
        for number, blank in enumerate(blanks, start=1):
            _check_blank(blank, number)

    def with_ids(self, content: QuestionContent, new_id: Callable[[], str]) -> QuestionContent:
        blanks = detail_of(content, Blanks).blanks
        named = tuple(one if one.id else replace(one, id=new_id()) for one in blanks)
        return replace(content, detail=Blanks(named))

    def without_ids(self, content: QuestionContent) -> QuestionContent:
        blanks = detail_of(content, Blanks).blanks
        return replace(content, detail=Blanks(tuple(replace(one, id="") for one in blanks)))

    def body(self, content: QuestionContent, render: Render) -> dict[str, Any]:
        return {
            "blanks": [
                {
                    "id": blank.id,
                    "choices": by_id([_choice(one, t) for one, t in blank.choices().items()]),
                }
                for blank in detail_of(content, Blanks).blanks
            ],
            "partial_credit": content.partial_credit,
        }

    def key(self, content: QuestionContent) -> dict[str, Any]:
        return {
            "blanks": {
                blank.id: {
                    "accepted": list(blank.accepted),
                    "wrong": list(blank.wrong),
                    "weight": blank.weight,
                }
                for blank in detail_of(content, Blanks).blanks
            },
            "match_case": content.match_case,
            "match_accents": content.match_accents,
        }

    def fields(self, body: Json, key: Json) -> dict[str, Any]:
        known = key["blanks"]
        blanks = tuple(
            Blank(
                accepted=tuple(known[one["id"]]["accepted"]),
                wrong=tuple(known[one["id"]]["wrong"]),
                weight=known[one["id"]]["weight"],
                id=one["id"],
            )
            for one in body["blanks"]
        )
        return {
            "detail": Blanks(blanks),
            "match_case": bool(key["match_case"]),
            "match_accents": bool(key["match_accents"]),
            "partial_credit": bool(body["partial_credit"]),
        }

    def pool(self, body: Json) -> list[str]:
        return [choice["id"] for blank in body["blanks"] for choice in blank["choices"]]

    def ids(self, body: Json) -> set[str]:
        return {blank["id"] for blank in body["blanks"]} | set(self.pool(body))

    def shown(self, body: Json, order: Sequence[str], answer: Answer, html: Render | None) -> Shown:
        parts = tuple(
            ShownPart(
                id=blank["id"],
                label=str(number),
                options=shown_options(
                    blank["choices"], order, {given_for(blank["id"], answer)}, None
                ),
                answer=given_for(blank["id"], answer),
            )
            for number, blank in enumerate(body["blanks"], start=1)
        )
        rule = rule_words(partial=bool(body["partial_credit"]))
        return Shown(parts=parts, rule=rule, inline=True)

    def extras(self, content: QuestionContent) -> dict[str, str]:
        return {
            **super().extras(content),
            "case": "match" if content.match_case else "ignore",
            "accents": "match" if content.match_accents else "ignore",
        }

    def from_extras(self, said: Mapping[str, str]) -> dict[str, Any]:
        fields = {"case": "match_case", "accents": "match_accents"}
        folding = {field: said[name] == "match" for name, field in fields.items() if name in said}
        return {**super().from_extras(said), **folding}

    def parts(self, content: QuestionContent) -> list[Part]:
        return [
            _part(content, blank, number)
            for number, blank in enumerate(detail_of(content, Blanks).blanks, start=1)
        ]


def _choice(one: str, text: str) -> dict[str, str]:
    return {"id": one, "text": text, "html": escape(text), "words": text}


def _part(content: QuestionContent, blank: Blank, number: int) -> Part:
    choices = blank.choices()
    if choices:
        right = [one for one, text in choices.items() if text in blank.accepted]
        return Part(
            id=blank.id,
            label=str(number),
            choices=choices,
            right=frozenset(right),
            solution=right[0],
            expected=" / ".join(blank.accepted),
            weight=blank.weight,
        )

    def folded(text: str) -> str:
        return fold(text, case=not content.match_case, accents=not content.match_accents)

    return Part(
        id=blank.id,
        label=str(number),
        choices=None,
        right=frozenset(map(folded, blank.accepted)),
        solution=blank.accepted[0].strip(),
        expected=" / ".join(blank.accepted),
        folded=folded,
        weight=blank.weight,
    )


def _check_blank(blank: Blank, number: int) -> None:
    words = None
    texts = [*blank.accepted, *blank.wrong]
    if not blank.accepted:
        words = _("Gap %(number)s has no accepted answer.")
    elif len(texts) > MAX_OPTIONS:
        words = _("Gap %(number)s has too many answers.")
    elif not all(fold(text) for text in texts):
        words = _("An answer of gap %(number)s is empty.")
    elif len(set(texts)) < len(texts):
        words = _("Two answers of gap %(number)s are the same.")
    elif not 1 <= blank.weight <= MAX_WEIGHT:
        words = _("The weight of gap %(number)s is a whole number from 1 to 100.")
    if words is not None:
        raise Invalid(words % {"number": number}, field="blanks")
    for text in texts:
        check_text(text, field="blanks", limit=MAX_ACCEPTED_LENGTH)
