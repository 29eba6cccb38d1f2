"""A model's reading of a work by criteria."""

from pydantic import BaseModel, ConfigDict, Field


class CriterionReply(BaseModel):
    """What a model says of one criterion; numbers count from 1."""

    model_config = ConfigDict(extra="ignore")

    criterion: int
    quote: str = Field(max_length=2_000)
    reason: str = Field(max_length=2_000)
    level: int


class MarkReply(BaseModel):
    """A model's reading of one work."""

    model_config = ConfigDict(extra="ignore")

    criteria: list[CriterionReply] = Field(max_length=40)
