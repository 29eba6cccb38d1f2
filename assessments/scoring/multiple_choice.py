"""Multiple choice: any number of options may be right.

All or nothing: the chosen set must equal the right one. With partial credit the share is
(right ones chosen - wrong ones chosen) / right ones, at least 0; choosing everything therefore
earns nothing once half or more of the options are wrong.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.enums import QuestionKind
from assessments.scoring.choices import Choices, check_options, known_option
from assessments.scoring.content import QuestionContent
from assessments.scoring.kinds import FULL, NOTHING, Answer, Json
from lms.kernel.errors import Invalid


class MultipleChoice(Choices):
    kind = QuestionKind.MULTIPLE_CHOICE

    def check(self, content: QuestionContent) -> None:
        check_options(content)
        if not any(option.correct for option in content.options):
            raise Invalid(_("Mark at least one option as correct."), field="options")

    def key(self, content: QuestionContent) -> dict[str, Any]:
        return {**super().key(content), "partial_credit": content.partial_credit}

    def fields(self, body: Json, key: Json) -> dict[str, Any]:
        partial = bool(key.get("partial_credit", False))
        return {**super().fields(body, key), "partial_credit": partial}

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

    def extras(self, content: QuestionContent) -> dict[str, str]:
        return {"credit": "partial" if content.partial_credit else "all"}

    def from_extras(self, said: Mapping[str, str]) -> dict[str, Any]:
        return {"partial_credit": said["credit"] == "partial"} if "credit" in said else {}
