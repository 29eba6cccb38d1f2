"""Tries at a question, what they come to, and what every behaviour offers."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Final

from assessments.enums import Behaviour, Verdict
from assessments.scoring.content import QuestionContent
from assessments.scoring.kinds import FULL, NOTHING, Answer, Marking
from assessments.scoring.numbers import portion, rounded
from assessments.scoring.registry import type_of
from assessments.scoring.score import verdict_of

HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class TryRules:
    """What holds for an attempt: `penalty` is the per cent of the points that a try costs."""

    behaviour: Behaviour = Behaviour.DEFERRED
    tries_allowed: int = 3
    penalty: Decimal = Decimal("33.33")


@dataclass(frozen=True, slots=True)
class Try:
    """An answer that was scored, in its stored form, and how sure its learner was (1..3)."""

    answer: Answer
    certainty: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What tries come to.

    `score` is worth out of the points with four decimals, None where a person marks. `verdict` is
    that of the try that makes the score, `last` that of the last one. `tries_left` is None without
    limit. `final` says that no further try counts, `hint` is the number of the hint to show now
    (from 0), `penalty` the points that earlier tries cost at the last one.
    """

    score: Decimal | None
    verdict: Verdict
    last: Verdict
    tries: int = 0
    tries_left: int | None = 0
    final: bool = False
    hint: int | None = None
    penalty: Decimal = Decimal(0)
    feedback: tuple[str, ...] = ()


class QuestionBehaviour(ABC):
    """One behaviour. `checks` tells that answers are checked before the attempt is handed in."""

    name: ClassVar[Behaviour]
    checks: ClassVar[bool] = False
    tells: ClassVar[bool] = False  # whether a learner has to know what a check found
    asks_certainty: ClassVar[bool] = False

    @abstractmethod
    def outcome(
        self,
        rules: TryRules,
        content: QuestionContent,
        tries: Sequence[Try],
        points: Decimal,
    ) -> Outcome:
        """What the tries come to, each with an answer, none the same as the one before."""


def unanswered() -> Outcome:
    """Nothing was tried."""
    return Outcome(rounded(NOTHING), Verdict.UNANSWERED, Verdict.UNANSWERED, tries_left=None)


def fraction_of(content: QuestionContent, answer: Answer) -> Decimal:
    """The share of the points, 0..1, of an answer of a question that scores itself."""
    return type_of(content.kind).fraction(content, answer)


def feedback_of(content: QuestionContent, answer: Answer) -> tuple[str, ...]:
    """What the author says to an answer."""
    return type_of(content.kind).feedback(content, answer)


def is_scored_later(content: QuestionContent) -> bool:
    """Whether no behaviour scores the question: a person marks it, or a job does."""
    return type_of(content.kind).marking is not Marking.MACHINE


def told_apart(tries: Sequence[Try]) -> list[Try]:
    """The tries without those that say the same as the one before, and without empty ones."""
    found: list[Try] = []
    for one in tries:
        if one.answer is not None and (not found or not same(found[-1].answer, one.answer)):
            found.append(one)
    return found


def same(one: Any, other: Any) -> bool:
    """Whether two stored answers say the same: the order of a set of options says nothing."""
    return bool(one == other)


def best_of(
    rules: TryRules, content: QuestionContent, tries: Sequence[Try], points: Decimal
) -> Outcome:
    """The best of what each try earns after a penalty for each one before it.

    A try earns max(0, fraction - penalty x earlier tries): Moodle's rule of its adaptive behaviour
    (docs.moodle.org, "Question behaviours"). No further try takes back what was earned.
    """
    each = rules.penalty / HUNDRED
    shares = [fraction_of(content, one.answer) for one in tries]
    worth = [max(share - each * before, NOTHING) for before, share in enumerate(shares)]
    best = max(range(len(tries)), key=lambda place: (worth[place], shares[place]))
    return Outcome(
        score=portion(worth[best], points),
        verdict=verdict_of(shares[best]),
        last=verdict_of(shares[-1]),
        tries=len(tries),
        tries_left=None,
        final=FULL in shares,
        penalty=portion(min(each * (len(tries) - 1), FULL), points),
        feedback=feedback_of(content, tries[-1].answer),
    )
