"""A question after the gate."""

from pydantic import BaseModel, ConfigDict, Field

from ai.enums import QuestionKind


class QuestionShape(BaseModel):
    """The schema every question fits after the gate, whoever made it."""

    model_config = ConfigDict(strict=True)

    kind: QuestionKind
    stem: str = Field(min_length=1)
    answer: str = Field(min_length=1)
    evidence: list[str] = Field(min_length=1)
    options: list[str] = Field(max_length=10)
    accepted: list[str] = Field(max_length=20)
    tolerance: str
    unit: str
