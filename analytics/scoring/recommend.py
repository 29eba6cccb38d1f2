"""What to take next: courses that people with the same courses took, else what many take.

Item-to-item filtering (Sarwar et al. 2001; Linden, Smith and York 2003): two courses are alike by
the cosine of their sets of learners, |A and B| / sqrt(|A| |B|). The reason shown is the pair that
made the score. Pairs shared by fewer than five people are not used: they would tell on persons.
"""

import math
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MIN_TOGETHER = 5


class Basis(StrEnum):
    """Why a course is recommended."""

    TAKEN_TOGETHER = "taken_together"
    POPULAR = "popular"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two courses and how many people took both, and the one taken already (`because`)."""

    because: int
    course: int
    together: int
    similarity: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A course that may be recommended: open to the person, published, with room left."""

    course: int
    learners: int


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A course with the ground for it; `because` is the course taken already, if that is why."""

    course: int
    basis: Basis
    score: float
    people: int
    because: int | None = None


def similarities(enrolments: Iterable[tuple[int, int]]) -> list[Pair]:
    """Cosine of every two courses that share at least five people, in both directions.

    `enrolments` are (person, course) pairs, doubles allowed. Time goes with the sum over people of
    their courses squared, memory with the number of distinct pairs. Sorted by course ids.
    """
    courses_of: dict[int, set[int]] = {}
    for person, course in enrolments:
        courses_of.setdefault(person, set()).add(course)
    size: dict[int, int] = {}
    together: dict[tuple[int, int], int] = {}
    for courses in courses_of.values():
        for one in courses:
            size[one] = size.get(one, 0) + 1
            for other in courses:
                if one != other:
                    together[one, other] = together.get((one, other), 0) + 1
    return [
        Pair(one, other, count, count / math.sqrt(size[one] * size[other]))
        for (one, other), count in sorted(together.items())
        if count >= MIN_TOGETHER
    ]


def recommend(
    *,
    taken: AbstractSet[int],
    pairs: Iterable[Pair],
    candidates: Iterable[Candidate],
    limit: int = 3,
) -> list[Recommendation]:
    """The best `limit` of the candidates, likeness first, then popularity.

    Only candidates are ever recommended, and never one in `taken`; a course's score is its
    likeness to the most alike course taken. Ties go to the more popular, then to the older course.
    """
    open_to = {c.course: c.learners for c in candidates if c.course not in taken}
    best: dict[int, Pair] = {}
    for pair in pairs:
        if pair.because not in taken or pair.course not in open_to:
            continue
        if pair.together < MIN_TOGETHER:
            continue
        known = best.get(pair.course)
        if known is None or _strength(pair) > _strength(known):
            best[pair.course] = pair
    found = [_ground(course, learners, best) for course, learners in open_to.items()]
    found.sort(key=lambda r: (r.basis is not Basis.TAKEN_TOGETHER, -r.score, -r.people, r.course))
    return found[: max(limit, 0)]


def reason_words(found: Recommendation, titles: Mapping[int, str]) -> str:
    """The ground in a sentence; `titles` by course id must hold `because`."""
    if found.basis is Basis.TAKEN_TOGETHER and found.because is not None:
        text = ngettext(
            "%(count)d person who took “%(title)s” took this too.",
            "%(count)d people who took “%(title)s” took this too.",
            found.people,
        )
        return text % {"count": found.people, "title": titles[found.because]}
    if found.basis is Basis.POPULAR:
        return _("Popular here: %(count)d people are enrolled.") % {"count": found.people}
    return _("New here, and open to you.")


def _strength(pair: Pair) -> tuple[float, int, int]:
    return pair.similarity, pair.together, -pair.because


def _ground(course: int, learners: int, best: Mapping[int, Pair]) -> Recommendation:
    pair = best.get(course)
    if pair is not None:
        return Recommendation(
            course, Basis.TAKEN_TOGETHER, pair.similarity, pair.together, pair.because
        )
    basis = Basis.POPULAR if learners >= MIN_TOGETHER else Basis.NEW
    return Recommendation(course, basis, float(learners), learners)
