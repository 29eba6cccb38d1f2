"""Generated questions as a model replies with them, per kind."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ai.enums import QuestionKind

Text = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True)]


class Item(BaseModel):
    """What every question comes with."""

    model_config = ConfigDict(extra="ignore")

    evidence: Text


class SingleChoice(Item):
    """One right option."""

    question: Text
    correct_answer: Text
    wrong_answers: Annotated[list[Text], Field(min_length=2, max_length=3)]


class MultipleChoice(Item):
    """Several right options."""

    question: Text
    correct_answers: Annotated[list[Text], Field(min_length=1, max_length=4)]
    wrong_answers: Annotated[list[Text], Field(min_length=1, max_length=4)]


class TrueFalse(Item):
    """A statement and its opposite."""

    true_statement: Text
    false_statement: Text


class ShortAnswer(Item):
    """Words, and others that count."""

    question: Text
    correct_answer: Text
    also_accepted: Annotated[list[Text], Field(max_length=5)]


class Numeric(Item):
    """A number with its unit."""

    question: Text
    correct_number: Text
    unit: Annotated[str, StringConstraints(max_length=60)]


MODELS: dict[str, type[Item]] = {
    QuestionKind.SINGLE_CHOICE: SingleChoice,
    QuestionKind.MULTIPLE_CHOICE: MultipleChoice,
    QuestionKind.TRUE_FALSE: TrueFalse,
    QuestionKind.SHORT_ANSWER: ShortAnswer,
    QuestionKind.NUMERIC: Numeric,
}
