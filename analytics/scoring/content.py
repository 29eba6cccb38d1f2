"""Which courses are about the same, from their words: for courses that too few people took.

The cosine of the words of two courses, each weighed by how often it stands in a course and how few
courses have it (tf-idf with logarithmic frequencies; Salton and Buckley 1988). No model and no list
of words of a language: what stands everywhere weighs next to nothing by itself.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations

WORD = re.compile(r"[^\W\d_]{3,}")
# Below this two courses share some words by accident.
LEAST = 0.15
KEPT = 10
# A word of more courses than these tells nothing, and would make every pair one to look at.
# Of fewer than four courses none is left.
EVERYWHERE, MOST_COURSES = 0.5, 50
# Words of a course that are looked at, the most frequent first.
MOST_WORDS = 300


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much `other` is about the same as `course`, 0..1."""

    course: int
    other: int
    similarity: float


def likenesses(texts: Mapping[int, str]) -> list[Likeness]:
    """The `KEPT` most alike others of each course, in both directions, by id and likeness."""
    best: dict[int, list[Likeness]] = defaultdict(list)
    for (one, other), similarity in _cosines(texts).items():
        if similarity >= LEAST:
            best[one].append(Likeness(one, other, similarity))
    return [
        like
        for course in sorted(best)
        for like in sorted(best[course], key=lambda one: (-one.similarity, one.other))[:KEPT]
    ]


def _cosines(texts: Mapping[int, str]) -> dict[tuple[int, int], float]:
    """Of every two courses that share a word which tells something."""
    together: dict[tuple[int, int], float] = defaultdict(float)
    for having in _holders(texts):
        for (one, mine), (other, theirs) in permutations(having, 2):
            together[one, other] += mine * theirs
    return together


def _holders(texts: Mapping[int, str]) -> list[list[tuple[int, float]]]:
    """For each word of several courses, these with its weight in them."""
    counts = {course: Counter(_words(text)) for course, text in sorted(texts.items())}
    spread = Counter(word for found in counts.values() for word in found)
    border = min(EVERYWHERE * len(counts), MOST_COURSES)
    holders: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for course, found in counts.items():
        weights = {
            word: (1 + math.log(count)) * math.log(1 + len(counts) / spread[word])
            for word, count in found.most_common(MOST_WORDS)
        }
        length = math.sqrt(sum(weight * weight for weight in weights.values()))
        for word, weight in weights.items():
            if spread[word] <= border:
                holders[word].append((course, weight / length))
    return [having for having in holders.values() if len(having) > 1]


def _words(text: str) -> list[str]:
    return WORD.findall(text.lower())
