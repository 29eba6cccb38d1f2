"""Short answer: right when it equals an accepted answer.

White space is always folded; case is folded unless `match_case`, accents only when
`match_accents` is off.
"""

from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.enums import QuestionKind
from assessments.scoring.content import (
    MAX_ACCEPTED,
    MAX_ACCEPTED_LENGTH,
    QuestionContent,
    check_text,
)
from assessments.scoring.folding import fold
from assessments.scoring.kinds import FULL, NOTHING, Answer
from lms.kernel.errors import Invalid

MAX_ANSWER = 500


class ShortAnswer:
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

    def read(self, _content: QuestionContent, raw: object, /) -> Answer:
        """The text without outer white space; nothing but white space is no answer."""
        if not isinstance(raw, str):
            raise Invalid(_("Answer with text."), field="answer")
        check_text(raw, field="answer", limit=MAX_ANSWER)
        return raw.strip() or None

    def fraction(self, content: QuestionContent, answer: Answer) -> Decimal:
        given = self._folded(content, str(answer))
        fits = any(given == self._folded(content, text) for text in content.accepted)
        return FULL if fits else NOTHING

    def solution(self, content: QuestionContent) -> Answer:
        return content.accepted[0].strip()

    def _folded(self, content: QuestionContent, text: str) -> str:
        return fold(text, case=not content.match_case, accents=not content.match_accents)
