"""Short answer: right when it equals an accepted answer.

White space is always folded; case is folded unless `match_case`, accents only when
`match_accents` is off.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.enums import QuestionKind
from assessments.scoring.content import (
    MAX_ACCEPTED,
    MAX_ACCEPTED_LENGTH,
    QuestionContent,
    check_text,
)
from assessments.scoring.folding import fold
from assessments.scoring.kinds import FULL, NOTHING, Answer, Counted, Json, QuestionType
from lms.kernel.errors import Invalid

MAX_ANSWER = 500


class ShortAnswer(QuestionType):
    kind = QuestionKind.SHORT_ANSWER

    def check(self, content: QuestionContent) -> None:
        if not 1 <= len(content.accepted) <= MAX_ACCEPTED:
            raise Invalid(
                _("Give between 1 and %(most)s accepted answers.") % {"most": MAX_ACCEPTED},
                field="accepted",
            )
        for text in content.accepted:
            if not fold(text):
                raise Invalid(_("An accepted answer is empty."), field="accepted")
            check_text(text, field="accepted", limit=MAX_ACCEPTED_LENGTH)

    def key(self, content: QuestionContent) -> dict[str, Any]:
        return {
            "accepted": list(content.accepted),
            "match_case": content.match_case,
            "match_accents": content.match_accents,
        }

    def fields(self, body: Json, key: Json) -> dict[str, Any]:
        return {
            "accepted": tuple(key.get("accepted", ())),
            "match_case": bool(key.get("match_case", False)),
            "match_accents": bool(key.get("match_accents", True)),
        }

    def read(self, _content: QuestionContent, raw: object, /) -> Answer:
        """The text without outer white space; nothing but white space is no answer."""
        if not isinstance(raw, str):
            raise Invalid(_("Answer with text."), field="answer")
        check_text(raw, field="answer", limit=MAX_ANSWER)
        return raw.strip() or None

    def fraction(self, content: QuestionContent, answer: Answer) -> Decimal:
        return FULL if self._fits(content, answer) else NOTHING

    def solution(self, content: QuestionContent) -> Answer:
        return content.accepted[0].strip()

    def solution_words(self, content: QuestionContent) -> list[str]:
        return list(content.accepted)

    def counted(self, content: QuestionContent, answer: Answer) -> list[Counted]:
        choice = self._folded(content, str(answer))
        return [Counted(choice, str(answer), self._fits(content, answer))]

    def extras(self, content: QuestionContent) -> dict[str, str]:
        return {
            "case": "match" if content.match_case else "ignore",
            "accents": "match" if content.match_accents else "ignore",
        }

    def from_extras(self, said: Mapping[str, str]) -> dict[str, Any]:
        fields = {"case": "match_case", "accents": "match_accents"}
        return {field: said[name] == "match" for name, field in fields.items() if name in said}

    def _fits(self, content: QuestionContent, answer: Answer) -> bool:
        given = self._folded(content, str(answer))
        return any(given == self._folded(content, text) for text in content.accepted)

    def _folded(self, content: QuestionContent, text: str) -> str:
        return fold(text, case=not content.match_case, accents=not content.match_accents)
