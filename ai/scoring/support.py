"""Does the course answer a question, and does a block bear out a claim.

The decision is a logistic regression over five features. Its coefficients were fitted once on
FairytaleQA's validation questions (Apache-2.0): stories that were in the course against stories
that were not; docs/ai.md has what it reaches and how to measure again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from ai.scoring.words import terms

MOST_TERMS: Final = 12
SUPPORT: Final = 0.5


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for an answer in the course.

    `coverage`: share of the question's words, by rarity, in the best window. `strength`: its score
    by that rarity. `likeness`: cosine of the best sentence, None without vectors. `count`: of the
    question's words. `mean`: score per word, by the rarity of a word that never occurs.
    """

    coverage: float
    strength: float
    likeness: float | None
    count: int
    mean: float


@dataclass(frozen=True, slots=True)
class _Fit:
    coverage: float
    strength: float
    likeness: float
    count: float
    mean: float
    bias: float


_WITH_VECTORS: Final = _Fit(4.13, 1.73, 9.32, 0.56, 4.72, -15.5)
_WORDS_ALONE: Final = _Fit(4.00, 3.24, 0.0, 0.68, 4.38, -12.3)


def answerability(signs: Signs) -> float:
    """Log-odds that the course answers the question; above 0 it is answered."""
    fit = _WORDS_ALONE if signs.likeness is None else _WITH_VECTORS
    if signs.count == 0:
        return fit.bias
    return (
        fit.bias
        + fit.coverage * signs.coverage
        + fit.strength * signs.strength
        + fit.likeness * (signs.likeness or 0.0)
        + fit.count * min(signs.count, MOST_TERMS)
        + fit.mean * signs.mean
    )


def coverage(query: Sequence[str], found: set[str], idf: Callable[[str], float]) -> float:
    """Share of the query's terms that were found, weighted by rarity, 0 to 1."""
    wanted = dict.fromkeys(query)
    total = sum(idf(term) for term in wanted)
    return sum(idf(term) for term in wanted if term in found) / total if total else 0.0


def support(claim: str, source: str, language: str = "en") -> float:
    """Share of a claim's words that stand in the source, 0 to 1; 0 when it states a new number."""
    said, known = set(terms(claim, language)), set(terms(source, language))
    if not said:
        return 0.0
    if any(term not in known for term in said if any(char.isdigit() for char in term)):
        return 0.0
    return len(said & known) / len(said)


def is_supported(claim: str, source: str, language: str = "en") -> bool:
    """Whether a cited block bears out a sentence: at least half of its words, no new number."""
    return support(claim, source, language) >= SUPPORT


def longest_copy(text: str, source: str) -> int:
    """How many words in a row a text has from a source: how much of it is given away."""
    said, known = text.casefold().split(), source.casefold().split()
    best = 0
    before = [0] * (len(known) + 1)
    for word in said:
        here = [0] * (len(known) + 1)
        for at, other in enumerate(known, start=1):
            if word == other:
                here[at] = before[at - 1] + 1
                best = max(best, here[at])
        before = here
    return best
