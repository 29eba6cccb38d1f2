"""Questions that ask several things at once: prompts to match, blanks to fill.

An answer is an object `{part: choice or text}`; parts may be left out. With partial credit each
right part earns its weight's share of the points, otherwise all parts must be right. A wrong part
costs no more than a missing one.
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.scoring.content import QuestionContent, check_text
from assessments.scoring.kinds import FULL, NOTHING, Answer, Counted, QuestionType, Render
from lms.kernel.errors import Invalid
from lms.kernel.text import plain_text

MAX_PART_ANSWER = 200


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is asked.

    `choices` maps the ids that may answer it to their words, None takes text. `folded` makes the
    same of answers that say the same; `right` holds the folded answers that are right. `solution`
    is one of them as it is given, `expected` says it in words.
    """

    id: str
    label: str
    choices: Mapping[str, str] | None
    right: frozenset[str]
    solution: str
    expected: str
    folded: Callable[[str], str] = str
    weight: int = 1


class Parted(QuestionType):
    """A question of several parts."""

    @abstractmethod
    def parts(self, content: QuestionContent) -> list[Part]:
        """What is asked, in its order; the question is sound."""

    def read(self, content: QuestionContent, raw: object, /) -> Answer:
        """The answers of the parts in their order; empty ones are none."""
        if not isinstance(raw, dict):
            raise Invalid(_("Send an object of answers by part."), field="answer")
        parts = self.parts(content)
        if not set(raw) <= {part.id for part in parts}:
            raise Invalid(_("The question has no such part."), field="answer")
        given = {part.id: _read_part(part, raw.get(part.id)) for part in parts}
        return {part: said for part, said in given.items() if said} or None

    def fraction(self, content: QuestionContent, answer: Answer) -> Decimal:
        parts = self.parts(content)
        earned = sum(part.weight for part in parts if is_right(part, answer))
        whole = sum(part.weight for part in parts)
        if earned == whole:
            return FULL
        return Decimal(earned) / whole if content.partial_credit else NOTHING

    def solution(self, content: QuestionContent) -> Answer:
        return {part.id: part.solution for part in self.parts(content)}

    def solution_words(self, content: QuestionContent) -> list[str]:
        return [f"{part.label}: {part.expected}" for part in self.parts(content)]

    def counted(self, content: QuestionContent, answer: Answer) -> list[Counted]:
        return [
            Counted(
                choice=part.folded(given) if given else "",
                words=given if part.choices is None else part.choices.get(given, ""),
                right=is_right(part, answer),
                part=part.id,
                label=part.label,
                expected=part.expected,
            )
            for part in self.parts(content)
            for given in [given_for(part.id, answer)]
        ]

    def extras(self, content: QuestionContent) -> dict[str, str]:
        return {"credit": "partial" if content.partial_credit else "all"}

    def from_extras(self, said: Mapping[str, str]) -> dict[str, Any]:
        return {"partial_credit": said["credit"] == "partial"} if "credit" in said else {}


def given_for(part_id: str, answer: Answer) -> str:
    """What was given for a part; empty for nothing."""
    return str(answer.get(part_id, "")) if isinstance(answer, dict) else ""


def is_right(part: Part, answer: Answer) -> bool:
    """Whether the part is answered right."""
    given = given_for(part.id, answer)
    return bool(given) and part.folded(given) in part.right


def rule_words(*, partial: bool) -> str:
    """How a question of parts is scored, for its learner."""
    if partial:
        return _("Each right part earns its share of the points.")
    return _("All parts must be right to earn the points.")


def entry(text: str, one_id: str, render: Render) -> dict[str, str]:
    """A prompt or choice as a body stores it."""
    return {"id": one_id, "text": text, "html": render(text), "words": plain_text(text)}


def html_of(stored: Mapping[str, Any], html: Render | None) -> str:
    """The HTML of a stored prompt, rendered again when it is outdated."""
    return str(stored["html"]) if html is None else html(stored["text"])


def by_id(entries: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Entries in the order of their random ids, which tells nothing (Z5)."""
    return sorted(entries, key=lambda one: one["id"])


def _read_part(part: Part, raw: object) -> str:
    if raw is None or raw == "":
        return ""
    if not isinstance(raw, str):
        raise Invalid(_("Answer each part with text."), field="answer")
    if part.choices is None:
        check_text(raw, field="answer", limit=MAX_PART_ANSWER)
        return raw.strip()
    if raw not in part.choices:
        raise Invalid(_("Choose one of the choices."), field="answer")
    return raw
