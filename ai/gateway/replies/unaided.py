"""The answers of somebody who has not read the passage."""

from pydantic import BaseModel, ConfigDict, Field


class ChoiceReply(BaseModel):
    """The numbers of the options that are chosen, from 1."""

    model_config = ConfigDict(extra="ignore")

    options: list[int] = Field(min_length=1, max_length=10)


class WordsReply(BaseModel):
    """The answer in words, or as a number."""

    model_config = ConfigDict(extra="ignore")

    answer: str = Field(max_length=300)
