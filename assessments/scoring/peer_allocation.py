"""Who reviews whose work: everybody k, every work k, nobody their own or their group's. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from random import Random

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Work:
    """A submission by its key, and the keys of those whose work it is."""

    key: int
    authors: frozenset[int]


def allocate(works: Sequence[Work], k: int, random: Random) -> list[Pair]:
    """(reviewer, work) pairs: every author reviews k works and every work gets k reviewers.

    With fewer than k other works or people it is as many as there are. A work of one author gets
    exactly k; with groups of different size some works get more, none fewer.
    """
    return top_up(works, k, (), random)


def top_up(works: Sequence[Work], k: int, known: Collection[Pair], random: Random) -> list[Pair]:
    """The pairs missing beside `known` ones, as for work that came late or people who left.

    `known` pairs stay; only their works and reviewers that are still in `works` count.
    """
    board = _Board(works, k, known)
    order = list(works)
    random.shuffle(order)
    people = sorted({author for work in works for author in work.authors})
    random.shuffle(people)
    board.fill_works(order, people)
    board.fill_people(order, people)
    return board.made


class _Board:
    """What is given out so far."""

    def __init__(self, works: Sequence[Work], k: int, known: Collection[Pair]) -> None:
        self.authors: Mapping[int, frozenset[int]] = {work.key: work.authors for work in works}
        self.own = {author: work.key for work in works for author in work.authors}
        kept = {(who, key) for who, key in known if key in self.authors and who in self.own}
        self.kept = frozenset(kept)
        self.pairs: set[Pair] = set(kept)
        self.load = Counter(who for who, _key in kept)
        self.reviews = Counter(key for _who, key in kept)
        self.each = min(k, max(0, len(works) - 1))
        self.k = k

    @property
    def made(self) -> list[Pair]:
        """The new pairs, in a fixed order."""
        return sorted(self.pairs - self.kept)

    def fill_works(self, works: Sequence[Work], people: Sequence[int]) -> None:
        """Give every work its reviewers by augmenting paths, so that none is starved."""
        for work in works:
            wanted = min(self.k, len(people) - len(work.authors))
            while self.reviews[work.key] < wanted:
                if not self._augment(work.key, people, set()):
                    self._overload(work, people)

    def fill_people(self, works: Sequence[Work], people: Sequence[int]) -> None:
        """Give every person their share of the works that have the fewest reviewers."""
        for who in people:
            while self.load[who] < self.each:
                free = [work.key for work in works if self._fits(who, work.key)]
                self._add(who, min(free, key=lambda key: self.reviews[key]))

    def _fits(self, who: int, key: int) -> bool:
        return who not in self.authors[key] and (who, key) not in self.pairs

    def _add(self, who: int, key: int) -> None:
        self.pairs.add((who, key))
        self.load[who] += 1
        self.reviews[key] += 1

    def _augment(self, key: int, people: Sequence[int], seen: set[int]) -> bool:
        """Find a reviewer with room, if need be by moving new pairs of others along a path."""
        fitting = [who for who in people if who not in seen and self._fits(who, key)]
        for who in fitting:
            if self.load[who] < self.each:
                self._add(who, key)
                return True
        for who in fitting:
            if who in seen:
                continue
            seen.add(who)
            for other in sorted(one for one in self.authors if (who, one) in self.pairs):
                if (who, other) not in self.kept and self._moved(who, other, key, people, seen):
                    return True
        return False

    def _moved(self, who: int, other: int, key: int, people: Sequence[int], seen: set[int]) -> bool:
        """Let somebody else take `other` from `who`, who then takes `key`."""
        if not self._augment(other, people, seen):
            return False
        self.pairs.discard((who, other))
        self.load[who] -= 1
        self.reviews[other] -= 1
        self._add(who, key)
        return True

    def _overload(self, work: Work, people: Sequence[int]) -> None:
        """Nobody has room: whoever has least takes one more."""
        free = [who for who in people if self._fits(who, work.key)]
        self._add(min(free, key=lambda who: self.load[who]), work.key)
