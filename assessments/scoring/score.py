"""Put a number on an answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

from assessments.enums import Counting, Verdict
from assessments.scoring.content import QuestionContent
from assessments.scoring.kinds import FULL, NOTHING, Answer, Marking
from assessments.scoring.numbers import portion, rounded
from assessments.scoring.registry import type_of

PLACES = 4


@dataclass(frozen=True, slots=True)
class Scored:
    """`score` of `points` (four decimals each), the verdict, and what the author says to it.

    There is no score where a person has to give one, or a job.
    """

    score: Decimal | None
    points: Decimal
    verdict: Verdict
    feedback: tuple[str, ...] = ()


def score_answer(content: QuestionContent, answer: Answer, points: Decimal) -> Scored:
    """What an answer in its stored form is worth; no answer is worth nothing."""
    if answer is None:
        return Scored(rounded(NOTHING), rounded(points), Verdict.UNANSWERED)
    kind = type_of(content.kind)
    if kind.marking is not Marking.MACHINE:
        return Scored(None, rounded(points), Verdict.WAITING)
    fraction = kind.fraction(content, answer)
    return Scored(
        portion(fraction, points),
        rounded(points),
        verdict_of(fraction),
        kind.feedback(content, answer),
    )


def verdict_of(fraction: Decimal) -> Verdict:
    """The word for a share of the points."""
    if fraction >= FULL:
        return Verdict.CORRECT
    return Verdict.PARTIAL if fraction > NOTHING else Verdict.WRONG


def total(scores: Iterable[Decimal]) -> Decimal:
    """The sum, with four decimals."""
    return rounded(sum(scores, Decimal(0)))


def counting_index(scores: Sequence[Decimal], counting: Counting) -> int | None:
    """Which of the scores, in the order of the attempts, makes the grade; None when empty.

    Of equally good attempts the earliest counts, so that a grade never moves without need. A mean
    is told with the last attempt.
    """
    if not scores:
        return None
    match counting:
        case Counting.FIRST:
            return 0
        case Counting.LAST | Counting.MEAN:
            return len(scores) - 1
    return scores.index(max(scores))


def mean_score(scores: Sequence[tuple[Decimal, Decimal]], most: Decimal) -> Decimal:
    """The mean share of (score, max score) pairs as points out of `most`, rounded once.

    Attempts at a quiz that changed may be worth different sums; their shares compare.
    """
    shares = [Fraction(score) / Fraction(worth) for score, worth in scores]
    mean = sum(shares, Fraction(0)) / len(shares) * Fraction(most)
    return Decimal(floor(mean * 10**PLACES + Fraction(1, 2))).scaleb(-PLACES)
