"""True or false: one statement, one truth."""

from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.enums import QuestionKind
from assessments.scoring.content import QuestionContent
from assessments.scoring.kinds import FULL, NOTHING, Answer
from lms.kernel.errors import Invalid


class TrueFalse:
    kind = QuestionKind.TRUE_FALSE

    def check(self, content: QuestionContent) -> None:
        if content.truth is None:
            raise Invalid(_("Say whether the statement is true or false."), field="truth")

    def read(self, _content: QuestionContent, raw: object, /) -> Answer:
        if not isinstance(raw, bool):
            raise Invalid(_("Answer true or false."), field="answer")
        return raw

    def fraction(self, content: QuestionContent, answer: Answer) -> Decimal:
        return FULL if answer is content.truth else NOTHING

    def solution(self, content: QuestionContent) -> Answer:
        return content.truth
