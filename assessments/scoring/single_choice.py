"""Single choice: exactly one option is right, and choosing it is worth everything."""

from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.enums import QuestionKind
from assessments.scoring.choices import Choices, check_options, known_option
from assessments.scoring.content import QuestionContent
from assessments.scoring.kinds import FULL, NOTHING, Answer
from lms.kernel.errors import Invalid


class SingleChoice(Choices):
    kind = QuestionKind.SINGLE_CHOICE

    def check(self, content: QuestionContent) -> None:
        check_options(content)
        if sum(option.correct for option in content.options) != 1:
            raise Invalid(_("Mark exactly one option as correct."), field="options")

    def read(self, content: QuestionContent, raw: object, /) -> Answer:
        return known_option(content, raw)

    def fraction(self, content: QuestionContent, answer: Answer) -> Decimal:
        return FULL if answer == self.solution(content) else NOTHING

    def solution(self, content: QuestionContent) -> Answer:
        return next(option.id for option in content.options if option.correct)
