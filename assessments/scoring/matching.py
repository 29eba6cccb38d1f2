"""Matching: give each prompt the choice that belongs to it.

Choices that belong to no prompt may stand among them. A choice may belong to several prompts: pairs
with the same words share it. Learners get prompts and choices under ids that have nothing to do
with each other; what belongs together is in the key alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from assessments.enums import QuestionKind
from assessments.scoring.choices import shown_options
from assessments.scoring.content import MAX_OPTIONS, QuestionContent, check_text, detail_of
from assessments.scoring.folding import fold
from assessments.scoring.kinds import Answer, Json, Render, Shown, ShownPart
from assessments.scoring.parts import (
    Part,
    Parted,
    by_id,
    entry,
    given_for,
    html_of,
    rule_words,
)
from lms.kernel.errors import Invalid
from lms.kernel.text import plain_text

MIN_CHOICES = 2


@dataclass(frozen=True, slots=True)
class Pair:
    """A prompt and the choice that belongs to it, both Markdown; empty ids are filled later."""

    prompt: str
    choice: str
    id: str = ""
    choice_id: str = ""


@dataclass(frozen=True, slots=True)
class ExtraChoice:
    """A choice that belongs to no prompt."""

    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Pairs:
    """What is matched, in the author's order."""

    pairs: tuple[Pair, ...] = ()
    extra: tuple[ExtraChoice, ...] = ()

    @property
    def choices(self) -> dict[str, str]:
        """The text of every choice by its id."""
        own = {pair.choice_id: pair.choice for pair in self.pairs}
        return own | {one.id: one.text for one in self.extra}


class Matching(Parted):
    kind = QuestionKind.MATCHING
    always_shuffled = True
    least: ClassVar[int] = 2  # pairs

    def check(self, content: QuestionContent) -> None:
        detail = detail_of(content, Pairs)
        if not self.least <= len(detail.pairs) <= MAX_OPTIONS:
            words = _("Give between %(least)s and %(most)s pairs.")
            counts = {"least": self.least, "most": MAX_OPTIONS}
            raise Invalid(words % counts, field="pairs")
        if len(detail.extra) > MAX_OPTIONS:
            words = _("Give at most %(most)s choices without a prompt.") % {"most": MAX_OPTIONS}
            raise Invalid(words, field="extra")
        _check_texts([pair.prompt for pair in detail.pairs], "pairs")
        for pair in detail.pairs:
            check_text(pair.choice, field="pairs")
            if not pair.choice.strip():
                raise Invalid(_("A prompt has no choice."), field="pairs")
        _check_texts([one.text for one in detail.extra], "extra")
        own = {_same(pair.choice) for pair in detail.pairs}
        if own & {_same(one.text) for one in detail.extra}:
            words = _("A choice without a prompt says the same as one that belongs to a prompt.")
            raise Invalid(words, field="extra")
        if len(own) + len(detail.extra) < MIN_CHOICES:
            raise Invalid(_("There is only one choice."), field="pairs")

    def with_ids(self, content: QuestionContent, new_id: Callable[[], str]) -> QuestionContent:
        detail = detail_of(content, Pairs)
        known: dict[str, str] = {}
        for pair in detail.pairs:
            known.setdefault(_same(pair.choice), pair.choice_id or new_id())
        pairs = tuple(
            replace(pair, id=pair.id or new_id(), choice_id=known[_same(pair.choice)])
            for pair in detail.pairs
        )
        extra = tuple(replace(one, id=one.id or new_id()) for one in detail.extra)
        return replace(content, detail=Pairs(pairs, extra))

    def without_ids(self, content: QuestionContent) -> QuestionContent:
        detail = detail_of(content, Pairs)
        pairs = tuple(replace(pair, id="", choice_id="") for pair in detail.pairs)
        extra = tuple(replace(one, id="") for one in detail.extra)
        return replace(content, detail=Pairs(pairs, extra))

    def body(self, content: QuestionContent, render: Render) -> dict[str, Any]:
        detail = detail_of(content, Pairs)
        return {
            "prompts": [entry(pair.prompt, pair.id, render) for pair in detail.pairs],
            "choices": by_id([entry(t, one, render) for one, t in detail.choices.items()]),
            "partial_credit": content.partial_credit,
        }

    def key(self, content: QuestionContent) -> dict[str, Any]:
        detail = detail_of(content, Pairs)
        return {
            "right": {pair.id: pair.choice_id for pair in detail.pairs},
            "extra": [one.id for one in detail.extra],
        }

    def fields(self, body: Json, key: Json) -> dict[str, Any]:
        texts = {one["id"]: one["text"] for one in body["choices"]}
        pairs = tuple(
            Pair(one["text"], texts[key["right"][one["id"]]], one["id"], key["right"][one["id"]])
            for one in body["prompts"]
        )
        extra = tuple(ExtraChoice(texts[one], one) for one in key["extra"])
        partial = bool(body["partial_credit"])
        return {"detail": Pairs(pairs, extra), "partial_credit": partial}

    def pool(self, body: Json) -> list[str]:
        return [one["id"] for one in body["choices"]]

    def ids(self, body: Json) -> set[str]:
        return {one["id"] for name in ("prompts", "choices") for one in body[name]}

    def shown(self, body: Json, order: Sequence[str], answer: Answer, html: Render | None) -> Shown:
        parts = tuple(
            ShownPart(
                id=one["id"],
                label=one["words"],
                html=html_of(one, html),
                answer=given_for(one["id"], answer),
            )
            for one in body["prompts"]
        )
        return Shown(
            options=shown_options(body["choices"], order, set(), html),
            parts=parts,
            rule=rule_words(partial=bool(body["partial_credit"])),
        )

    def parts(self, content: QuestionContent) -> list[Part]:
        detail = detail_of(content, Pairs)
        words = {one: plain_text(text) for one, text in detail.choices.items()}
        return [
            Part(
                id=pair.id,
                label=plain_text(pair.prompt),
                choices=words,
                right=frozenset({pair.choice_id}),
                solution=pair.choice_id,
                expected=words[pair.choice_id],
            )
            for pair in detail.pairs
        ]


def _same(text: str) -> str:
    return fold(text, case=False)


def _check_texts(texts: list[str], field: str) -> None:
    """Raise Invalid unless all texts say something, and not the same."""
    for text in texts:
        check_text(text, field=field)
    folded = [_same(text) for text in texts]
    if not all(folded):
        raise Invalid(_("One of them is empty."), field=field)
    if len(set(folded)) < len(folded):
        raise Invalid(_("Two of them are the same."), field=field)
