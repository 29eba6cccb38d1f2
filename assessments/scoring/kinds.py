"""What every question type offers."""

from decimal import Decimal
from typing import Protocol

from assessments.enums import QuestionKind
from assessments.scoring.content import QuestionContent

FULL, NOTHING = Decimal(1), Decimal(0)

# An answer as it is stored: option id, option ids, truth, text, number as text; None is no answer.
Answer = str | list[str] | bool | None


class QuestionType(Protocol):
    """One type: three pure functions and a name."""

    @property
    def kind(self) -> QuestionKind: ...

    def check(self, content: QuestionContent) -> None:
        """Raise Invalid, naming the field, when the question cannot be scored."""

    def read(self, content: QuestionContent, raw: object, /) -> Answer:
        """The answer in its stored form; raises Invalid(field="answer") for any other shape."""

    def fraction(self, content: QuestionContent, answer: Answer) -> Decimal:
        """The share of the points, 0..1, of an answer that `read` returned (never None)."""

    def solution(self, content: QuestionContent) -> Answer:
        """An answer worth all points, in its stored form."""
