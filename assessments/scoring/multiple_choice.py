"""Multiple choice: any number of options may be right.

All or nothing: the chosen set must equal the right one. With partial credit the share is
(right ones chosen - wrong ones chosen) / right ones, at least 0; choosing everything therefore
earns nothing once half or more of the options are wrong.
"""

from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.enums import QuestionKind
from assessments.scoring.choices import check_options, known_option
from assessments.scoring.content import QuestionContent
from assessments.scoring.kinds import FULL, NOTHING, Answer
from lms.kernel.errors import Invalid


class MultipleChoice:
    kind = QuestionKind.MULTIPLE_CHOICE

    def check(self, content: QuestionContent) -> None:
        check_options(content)
        if not any(option.correct for option in content.options):
            raise Invalid(_("Mark at least one option as correct."), field="options")

    def read(self, content: QuestionContent, raw: object, /) -> Answer:
        """The ids in the question's own order, each once; an empty list is no answer."""
        if not isinstance(raw, list):
            raise Invalid(_("Send a list of option ids."), field="answer")
        chosen = {known_option(content, item) for item in raw}
        return [option.id for option in content.options if option.id in chosen] or None

    def fraction(self, content: QuestionContent, answer: Answer) -> Decimal:
        chosen = set(answer) if isinstance(answer, list) else set()
        right = {option.id for option in content.options if option.correct}
        if chosen == right:
            return FULL
        if not content.partial_credit:
            return NOTHING
        gained = len(chosen & right) - len(chosen - right)
        return max(Decimal(gained) / len(right), NOTHING)

    def solution(self, content: QuestionContent) -> Answer:
        return [option.id for option in content.options if option.correct]
