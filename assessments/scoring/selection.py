"""Which questions the draws of a quiz give to somebody. Pure functions over keys of questions.

Draws may overlap, and nobody gets a question twice: giving every draw its questions is a matching
of draws with questions. The sets of questions that can be given out together form a transversal
matroid (Edmonds and Fulkerson 1965), so taking questions in the order of preference, whenever an
augmenting path makes room for the next one, finds the most preferred set of all, and a full one
whenever there is one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Draw:
    """`count` questions out of `pool`, the keys of those that fit."""

    count: int
    pool: frozenset[int]


@dataclass(frozen=True, slots=True)
class Shortage:
    """The draw at `place` lacks `missing` questions.

    `matching` is how many fit it, `rivals` are the places of draws that want the same ones.
    """

    place: int
    missing: int
    matching: int
    rivals: tuple[int, ...]


def pick(draws: Sequence[Draw], preferred: Iterable[int]) -> list[list[int]] | None:
    """For each draw the questions it gives, none of them twice; None when they do not suffice.

    `preferred` has the questions to choose from, the best first. No other choice has better ones:
    compared from the best on, the first difference is one that this choice has.
    """
    board = _Board(draws)
    wanted = sum(draw.count for draw in draws)
    for question in preferred:
        if not wanted:
            break
        wanted -= board.place(question)
    return None if wanted else [sorted(held) for held in board.held]


def ranked(
    pool: Collection[int], *, used: Mapping[int, int], seen: Collection[int], random: Random
) -> list[int]:
    """The questions in the order of preference.

    What this learner has not seen comes first, then what was used least, by chance among equals.
    """
    order = sorted(pool)
    random.shuffle(order)
    return sorted(order, key=lambda one: (one in seen, used.get(one, 0)))


def shortages(draws: Sequence[Draw]) -> list[Shortage]:
    """Which draws cannot be filled, by how many; empty when all can.

    Earlier draws are served first. Together as many are missing as the best choice leaves open.
    """
    board = _Board(draws)
    found = []
    for place, draw in enumerate(draws):
        while len(board.held[place]) < draw.count and board.fill(place):
            pass
        missing = draw.count - len(board.held[place])
        if missing:
            rivals = tuple(sorted(board.rivals(place)))
            found.append(Shortage(place, missing, len(draw.pool), rivals))
    return found


class _Board:
    """Who holds what so far; every change keeps all that was given out in somebody's hands."""

    def __init__(self, draws: Sequence[Draw]) -> None:
        self.draws = draws
        self.held: list[set[int]] = [set() for _draw in draws]
        self.holder: dict[int, int] = {}
        self.fitting: defaultdict[int, list[int]] = defaultdict(list)
        for place, draw in enumerate(draws):
            for question in draw.pool:
                self.fitting[question].append(place)

    def place(self, question: int) -> bool:
        """Give a question to a draw, moving others from draw to draw if need be."""
        came: dict[int, tuple[int, int | None]] = {}
        queue: list[int] = []
        self._reach(question, None, came, queue)
        for place in queue:
            if len(self.held[place]) < self.draws[place].count:
                self._shift(place, came)
                return True
            for other in self.held[place]:
                self._reach(other, place, came, queue)
        return False

    def _reach(
        self,
        question: int,
        origin: int | None,
        came: dict[int, tuple[int, int | None]],
        queue: list[int],
    ) -> None:
        """Note the draws that could take a question over from `origin`."""
        for place in self.fitting[question]:
            if place not in came:
                came[place] = (question, origin)
                queue.append(place)

    def _shift(self, place: int, came: Mapping[int, tuple[int, int | None]]) -> None:
        """Move each question on the path one draw further, up to the draw that has room."""
        at: int | None = place
        while at is not None:
            question, origin = came[at]
            self._give(question, at)
            at = origin

    def _give(self, question: int, place: int) -> None:
        before = self.holder.get(question)
        if before is not None:
            self.held[before].discard(question)
        self.held[place].add(question)
        self.holder[question] = place

    def fill(self, place: int) -> bool:
        """Find one more question for a draw; the others keep as many as they have."""
        came: dict[int, tuple[int, int]] = {}
        queue, reached = [place], {place}
        for at in queue:
            for question in sorted(self.draws[at].pool - self.held[at]):
                if question in came:
                    continue
                came[question] = (at, self.holder.get(question, -1))
                owner = self.holder.get(question)
                if owner is None:
                    self._take(question, came, place)
                    return True
                if owner not in reached:
                    reached.add(owner)
                    queue.append(owner)
        return False

    def _take(self, question: int, came: Mapping[int, tuple[int, int]], place: int) -> None:
        """Hand a free question along the path, until `place` has one more."""
        at = came[question][0]
        self._give(question, at)
        while at != place:
            moved = next(one for one in came if came[one][1] == at)
            at = came[moved][0]
            self._give(moved, at)

    def rivals(self, place: int) -> set[int]:
        """The other draws that hold questions which a draw that cannot be filled would need."""
        queue, reached = [place], {place}
        for at in queue:
            for question in self.draws[at].pool:
                owner = self.holder.get(question)
                if owner is not None and owner not in reached:
                    reached.add(owner)
                    queue.append(owner)
        return reached - {place}
