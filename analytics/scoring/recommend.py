"""What to take next: what goes with one's courses, what is about the same, what many take.

Item-to-item filtering (Sarwar et al. 2001; Linden, Smith and York 2003): two courses are alike by
the cosine of their sets of learners, |A and B| / sqrt(|A| |B|). A course's score is the sum of the
weights of its pairs with the courses taken: that cosine, or the weight of EASE where EASE ranks
better (`ranking.chosen_weights`). The reason shown is the pair that adds most to the score. Pairs
shared by fewer than five people are not used: they would tell on persons. A course without such a
pair is named for its words, if they are those of a course taken.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.scoring.content import Likeness

MIN_TOGETHER = 5


class Basis(StrEnum):
    """Why a course is recommended."""

    TAKEN_TOGETHER = "taken_together"
    ALIKE = "alike"
    POPULAR = "popular"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two courses and how many people took both, and the one taken already (`because`).

    `weight` is what the pair adds to a score, `similarity` unless another model ranks.
    """

    because: int
    course: int
    together: int
    similarity: float
    weight: float | None = None

    @property
    def adds(self) -> float:
        """What it adds to a score."""
        return self.similarity if self.weight is None else self.weight


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
    alike: Iterable[Likeness] = (),
    limit: int = 3,
) -> list[Recommendation]:
    """The best `limit` candidates: what goes with mine, is about the same, or many take.

    Only candidates are ever recommended, and never one in `taken`. Ties go to the more popular,
    then to the older course.
    """
    open_to = {c.course: c.learners for c in candidates if c.course not in taken}
    usable: dict[int, list[Pair]] = {}
    for pair in pairs:
        mine = pair.because in taken and pair.course in open_to
        if mine and pair.together >= MIN_TOGETHER:
            usable.setdefault(pair.course, []).append(pair)
    closest: dict[int, Likeness] = {}
    for like in alike:
        if like.course in taken and like.other in open_to:
            known = closest.get(like.other)
            if known is None or _closeness(like) > _closeness(known):
                closest[like.other] = like
    found = [
        _together(course, usable.get(course, ()))
        or _about_the_same(course, learners, closest.get(course))
        or _popular(course, learners)
        for course, learners in open_to.items()
    ]
    found.sort(key=lambda r: (_ORDER[r.basis], -r.score, -r.people, r.course))
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
    if found.basis is Basis.ALIKE and found.because is not None:
        return _("About the same as “%(title)s”, which you took.") % {
            "title": titles[found.because]
        }
    if found.basis is Basis.POPULAR:
        return _("Popular here: %(count)d people are enrolled.") % {"count": found.people}
    return _("New here, and open to you.")


def _strength(pair: Pair) -> tuple[float, int, int]:
    return pair.adds, pair.together, -pair.because


def _together(course: int, pairs: Sequence[Pair]) -> Recommendation | None:
    """By the pairs with the courses taken; None where they do not speak for the course."""
    score = sum(pair.adds for pair in pairs)
    if not pairs or score <= 0:
        return None
    best = max(pairs, key=_strength)
    return Recommendation(course, Basis.TAKEN_TOGETHER, score, best.together, best.because)


def _about_the_same(course: int, learners: int, like: Likeness | None) -> Recommendation | None:
    if like is None:
        return None
    return Recommendation(course, Basis.ALIKE, like.similarity, learners, like.course)


def _popular(course: int, learners: int) -> Recommendation:
    basis = Basis.POPULAR if learners >= MIN_TOGETHER else Basis.NEW
    return Recommendation(course, basis, float(learners), learners)


def _closeness(like: Likeness) -> tuple[float, int]:
    return like.similarity, -like.course


# What is popular and what is new are one list: the numbers of learners order them.
_ORDER = {Basis.TAKEN_TOGETHER: 0, Basis.ALIKE: 1, Basis.POPULAR: 2, Basis.NEW: 2}
