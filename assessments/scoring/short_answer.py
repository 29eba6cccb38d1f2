"""Short answer: worth what the best accepted answer that it equals is worth.

White space is always folded; case is folded unless `match_case`, accents only when
`match_accents` is off. With `wildcards` a star in an accepted answer stands for any characters;
with `spelling` slips of the pen pass in accepted answers without a star: one in five to eight
characters, two in longer ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.enums import QuestionKind
from assessments.scoring.content import (
    MAX_ACCEPTED,
    MAX_ACCEPTED_LENGTH,
    Accepted,
    QuestionContent,
    check_text,
)
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
from assessments.scoring.spelling import is_close
from assessments.scoring.wildcards import has_star, matches, without_stars
from lms.kernel.errors import Invalid

MAX_ANSWER = 500
HUNDRED = Decimal(100)
SHARE_DECIMALS = 5


@dataclass(frozen=True, slots=True)
class Match:
    """The accepted answer that a given one counts as; `slip` when it is spelled otherwise."""

    accepted: Accepted
    slip: bool


class ShortAnswer(QuestionType):
    kind = QuestionKind.SHORT_ANSWER

    def check(self, content: QuestionContent) -> None:
        everything = all_accepted(content)
        if not 1 <= len(everything) <= MAX_ACCEPTED:
            raise Invalid(
                _("Give between 1 and %(most)s accepted answers.") % {"most": MAX_ACCEPTED},
                field="accepted",
            )
        for one in everything:
            field = "accepted" if one.text in content.accepted else "answers"
            check_text(one.text, field=field, limit=MAX_ACCEPTED_LENGTH)
            check_text(one.feedback, field=field)
            _check_share(one.share)
            if not fold(_literal(content, one.text)) and (one.share or not content.wildcards):
                raise Invalid(_("An accepted answer is empty."), field=field)
        if all(one.share != HUNDRED for one in everything):
            raise Invalid(_("Give an answer that earns all points."), field="accepted")

    def body(self, content: QuestionContent, render: Render) -> dict[str, Any]:
        return {"spelling": True} if content.spelling else {}

    def key(self, content: QuestionContent) -> dict[str, Any]:
        key: dict[str, Any] = {
            "accepted": list(content.accepted),
            "match_case": content.match_case,
            "match_accents": content.match_accents,
        }
        if content.answers:
            key["answers"] = [
                {"text": one.text, "share": _plain(one.share), "feedback": one.feedback}
                for one in content.answers
            ]
        return key | ({"wildcards": True} if content.wildcards else {})

    def fields(self, body: Json, key: Json) -> dict[str, Any]:
        return {
            "accepted": tuple(key.get("accepted", ())),
            "match_case": bool(key.get("match_case", False)),
            "match_accents": bool(key.get("match_accents", True)),
            "answers": tuple(
                Accepted(one["text"], Decimal(one["share"]), one["feedback"])
                for one in key.get("answers", ())
            ),
            "wildcards": bool(key.get("wildcards", False)),
            "spelling": bool(body.get("spelling", False)),
        }

    def shown(self, body: Json, order: Any, answer: Answer, html: Render | None) -> Shown:
        slips = _("Small slips of spelling are let pass.")
        return Shown(rule=slips if body.get("spelling") else "")

    def read(self, _content: QuestionContent, raw: object, /) -> Answer:
        """The text without outer white space; nothing but white space is no answer."""
        if not isinstance(raw, str):
            raise Invalid(_("Answer with text."), field="answer")
        check_text(raw, field="answer", limit=MAX_ANSWER)
        return raw.strip() or None

    def fraction(self, content: QuestionContent, answer: Answer) -> Decimal:
        found = best_match(content, str(answer))
        return found.accepted.share / HUNDRED if found else NOTHING

    def solution(self, content: QuestionContent) -> Answer:
        """The first answer that earns all points, with nothing for its stars."""
        text = next(one.text for one in all_accepted(content) if one.share == HUNDRED).strip()
        if not (content.wildcards and has_star(text)):
            return _literal(content, text)
        plain = without_stars(text)
        return plain if best_match(content, plain) else without_stars(text, gap=" \u2026 ")

    def solution_words(self, content: QuestionContent) -> list[str]:
        parts = _("%(text)s (%(share)s %%)")
        return [
            one.text
            if one.share == HUNDRED
            else parts % {"text": one.text, "share": _plain(one.share)}
            for one in all_accepted(content)
            if one.share
        ]

    def feedback(self, content: QuestionContent, answer: Answer) -> tuple[str, ...]:
        found = best_match(content, str(answer))
        if found is None:
            return ()
        words = _("Spelled otherwise, and accepted as: %(text)s")
        said = (words % {"text": found.accepted.text},) if found.slip else ()
        return (*said, found.accepted.feedback) if found.accepted.feedback else said

    def counted(self, content: QuestionContent, answer: Answer) -> list[Counted]:
        choice = _folded(content, str(answer))
        return [Counted(choice, str(answer), self.fraction(content, answer) == FULL)]

    def extras(self, content: QuestionContent) -> dict[str, str]:
        said = {
            "case": "match" if content.match_case else "ignore",
            "accents": "match" if content.match_accents else "ignore",
        }
        return said | ({"spelling": "slips"} if content.spelling else {})

    def from_extras(self, said: Mapping[str, str]) -> dict[str, Any]:
        fields = {"case": "match_case", "accents": "match_accents"}
        found = {field: said[name] == "match" for name, field in fields.items() if name in said}
        return found | ({"spelling": True} if said.get("spelling") == "slips" else {})


def all_accepted(content: QuestionContent) -> list[Accepted]:
    """Every accepted answer with its share."""
    return [*(Accepted(text) for text in content.accepted), *content.answers]


def best_match(content: QuestionContent, given: str) -> Match | None:
    """The accepted answer that serves the given one best; rather a literal one than a slip."""
    folded = _folded(content, given)
    found = [
        Match(one, slip)
        for one in all_accepted(content)
        if (slip := _slip(content, one.text, folded)) is not None
    ]
    return max(found, key=lambda match: (match.accepted.share, not match.slip), default=None)


def _slip(content: QuestionContent, pattern: str, folded: str) -> bool | None:
    """False when the folded answer fits, True when only but for its spelling, None otherwise."""
    how = {"case": not content.match_case, "accents": not content.match_accents}
    if content.wildcards and has_star(pattern):
        return False if matches(pattern, folded, **how) else None
    expected = _folded(content, _literal(content, pattern))
    if folded == expected:
        return False
    return True if content.spelling and is_close(folded, expected) else None


def _literal(content: QuestionContent, pattern: str) -> str:
    """What a pattern says apart from its stars; with stars off it says just what it is."""
    return without_stars(pattern) if content.wildcards else pattern.strip()


def _folded(content: QuestionContent, text: str) -> str:
    return fold(text, case=not content.match_case, accents=not content.match_accents)


def _plain(share: Decimal) -> str:
    return f"{share.normalize():f}"


def _check_share(share: Decimal) -> None:
    exponent = share.as_tuple().exponent
    if not share.is_finite() or not 0 <= share <= HUNDRED:
        raise Invalid(_("A share lies between 0 and 100 per cent."), field="answers")
    if isinstance(exponent, int) and exponent < -SHARE_DECIMALS:
        raise Invalid(_("A share has at most five decimals."), field="answers")
