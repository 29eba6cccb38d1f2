"""The one shape every question provider has, with and without a model.

Nothing here knows tables, requests or settings: services hand in plain values and store what
comes back.
"""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from ai.enums import Bloom, CallOutcome, Difficulty, QuestionKind

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MAX_COUNT = 50
MAX_SOURCE_CHARS = 200_000


@dataclass(frozen=True, slots=True)
class QuestionRequest:
    """What to generate from which text. The text is data; no provider may treat it as orders.

    `avoid` holds stems that exist already, `seed` makes the extractive provider repeatable,
    `skip` names evidence sentences that were used already. `outcome` says what learners should be
    able to do; questions that serve it come first.
    """

    text: str
    kind: QuestionKind
    count: int
    difficulty: Difficulty = Difficulty.MEDIUM
    seed: int = 0
    avoid: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    bloom: Bloom = Bloom.REMEMBER
    outcome: str = ""

    def wanting(
        self, count: int, *, avoid: tuple[str, ...], skip: tuple[str, ...]
    ) -> "QuestionRequest":
        """The same request for `count` more questions besides those already there."""
        return replace(self, count=count, avoid=avoid, skip=skip)


@dataclass(frozen=True, slots=True)
class Option:
    """One choice, by its text; letters and order are decided when it is shown."""

    text: str
    right: bool


@dataclass(frozen=True, slots=True)
class GeneratedQuestion:
    """A question as a provider made it, in plain text.

    `options` is filled for choice questions; `answer` holds the text of the right answer
    ("true" or "false" for true_false, a decimal for numeric); `accepted` further spellings;
    `evidence` the sentences of the source that prove the answer, word for word.
    """

    kind: QuestionKind
    stem: str
    answer: str
    evidence: tuple[str, ...]
    options: tuple[Option, ...] = ()
    accepted: tuple[str, ...] = ()
    tolerance: str = "0"
    unit: str = ""
    explanation: str = ""

    @property
    def right(self) -> tuple[str, ...]:
        """Texts of the options marked right."""
        return tuple(option.text for option in self.options if option.right)

    @property
    def wrong(self) -> tuple[str, ...]:
        """Texts of the options marked wrong."""
        return tuple(option.text for option in self.options if not option.right)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a call cost: tokens in and out, wall milliseconds, HTTP attempts.

    `exact` is false where the tokens are an estimate of ours.
    """

    tokens_in: int = 0
    tokens_out: int = 0
    milliseconds: int = 0
    attempts: int = 1
    exact: bool = True

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.milliseconds + other.milliseconds,
            self.attempts + other.attempts,
            self.exact and other.exact,
        )


@dataclass(frozen=True, slots=True)
class ProviderAnswer:
    """Questions, unchecked, with what they cost and how they came to be."""

    questions: tuple[GeneratedQuestion, ...]
    usage: Usage
    provider: str
    model: str
    prompt_version: str
    notes: tuple[str, ...] = field(default=())


class Provider(Protocol):
    """Makes questions. `generate_questions` raises only ProviderError and its kinds."""

    @property
    def name(self) -> str:
        """Stable word for ledger and provenance."""

    @property
    def model(self) -> str:
        """Name and version of what made the answer."""

    @property
    def prompt_version(self) -> str:
        """Version of the prompt, or of the rules."""

    @property
    def window(self) -> int:
        """Most characters of source that one call may carry."""

    @property
    def spare(self) -> int:
        """How many questions more than needed to ask for, because some fail the checks."""

    def generate_questions(self, request: QuestionRequest) -> ProviderAnswer:
        """Up to `request.count` questions, unchecked."""


class ProviderError(Exception):
    """A call that gave nothing usable. `detail` is a sentence for people."""

    outcome = CallOutcome.UNAVAILABLE

    def __init__(
        self,
        detail: "StrOrPromise",
        *,
        usage: Usage | None = None,
        retry_after: float | None = None,
    ) -> None:
        # Said now, in the language of whoever is being served.
        self.detail = str(detail)
        super().__init__(self.detail)
        self.usage = usage or Usage()
        self.retry_after = retry_after


class ProviderUnavailable(ProviderError):
    """Not installed, not reachable, too slow, or overloaded: later may work."""


class ProviderRefused(ProviderError):
    """The endpoint said no (key, model name, content policy): asking again will not help."""

    outcome = CallOutcome.REFUSED


class BadAnswer(ProviderError):
    """It answered, but not with what was asked for, even after being told so."""

    outcome = CallOutcome.BAD_ANSWER
