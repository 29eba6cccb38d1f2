"""Find the type of a question."""

from assessments.enums import QuestionKind
from assessments.scoring.content import QuestionContent, check_shared
from assessments.scoring.kinds import Answer, QuestionType
from assessments.scoring.multiple_choice import MultipleChoice
from assessments.scoring.numeric import Numeric
from assessments.scoring.short_answer import ShortAnswer
from assessments.scoring.single_choice import SingleChoice
from assessments.scoring.true_false import TrueFalse

_TYPES: dict[QuestionKind, QuestionType] = {
    one.kind: one
    for one in (SingleChoice(), MultipleChoice(), TrueFalse(), ShortAnswer(), Numeric())
}


def type_of(kind: QuestionKind) -> QuestionType:
    """The type's functions."""
    return _TYPES[kind]


def checked(content: QuestionContent) -> QuestionContent:
    """The same content when it can be asked and scored; raises Invalid naming the field."""
    check_shared(content)
    type_of(content.kind).check(content)
    return content


def read_answer(content: QuestionContent, raw: object) -> Answer:
    """The answer in its stored form; None clears it. Raises Invalid(field="answer")."""
    return None if raw is None else type_of(content.kind).read(content, raw)
