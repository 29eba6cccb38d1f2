"""True or false: one statement, one truth."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.enums import QuestionKind
from assessments.scoring.content import QuestionContent
from assessments.scoring.kinds import FULL, NOTHING, Answer, Counted, Json, QuestionType
from lms.kernel.errors import Invalid


class TrueFalse(QuestionType):
    kind = QuestionKind.TRUE_FALSE

    def check(self, content: QuestionContent) -> None:
        if content.truth is None:
            raise Invalid(_("Say whether the statement is true or false."), field="truth")

    def key(self, content: QuestionContent) -> dict[str, Any]:
        return {"truth": content.truth}

    def fields(self, body: Json, key: Json) -> dict[str, Any]:
        return {"truth": key.get("truth")}

    def read(self, _content: QuestionContent, raw: object, /) -> Answer:
        if not isinstance(raw, bool):
            raise Invalid(_("Answer true or false."), field="answer")
        return raw

    def fraction(self, content: QuestionContent, answer: Answer) -> Decimal:
        return FULL if answer is content.truth else NOTHING

    def solution(self, content: QuestionContent) -> Answer:
        return content.truth

    def solution_words(self, content: QuestionContent) -> list[str]:
        return [_words(truth=content.truth)]

    def counted(self, content: QuestionContent, answer: Answer) -> list[Counted]:
        choice = "true" if answer is True else "false"
        return [Counted(choice, _words(truth=answer), answer is content.truth)]


def _words(*, truth: object) -> str:
    return _("True") if truth is True else _("False")
