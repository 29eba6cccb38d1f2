"""What a generated question is examined against, and what an examination says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ai.gateway.embeddings import Embedder
from ai.gateway.provider import GeneratedQuestion


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check.

    `judged` is false when nothing could decide it; `passed` then says only that it does not block.
    """

    name: str
    passed: bool
    detail: str = ""
    blocking: bool = True
    judged: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """A question that exists already, in this batch or in the bank.

    `answer` is empty where it is not known; `evidence` is what a question of this batch cites.
    """

    stem: str
    answer: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unaided:
    """Whether the right answer was found without the passage, and how; None: not judged, why."""

    found: bool | None
    words: str


class Judge(Protocol):
    """Answers a question without its passage, as a learner would who has read nothing."""

    def unaided(self, question: GeneratedQuestion) -> Unaided:
        """What came of it; raises nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """What a question is examined against.

    `batch` holds the questions of the same request that passed before: a pattern over several
    questions shows only there.
    """

    source: str
    known: Sequence[Known] = ()
    embedder: Embedder | None = None
    batch: Sequence[GeneratedQuestion] = ()
    judge: Judge | None = None
