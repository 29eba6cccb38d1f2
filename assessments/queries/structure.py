"""A quiz as its builder shows it: sections, and in them what is asked and what is drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from assessments.models import Quiz, QuizItem, QuizSection
from assessments.queries.draws import DrawLine, draw_lines, draws, pools
from assessments.queries.quiz import items, sections
from assessments.rules import VIEW_BANK
from assessments.scoring.narrow import narrow_of
from assessments.scoring.selection import Draw, pick, ranked
from lms.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Entry:
    """A fixed question or a draw; it asks the questions from `first` to `last` of the quiz.

    `rivals` are the numbers of draws that lack questions together with this one, as shown.
    """

    first: int
    last: int
    item: QuizItem | None = None
    line: DrawLine | None = None
    rivals: tuple[str, ...] = ()

    @property
    def public_id(self) -> str:
        """The id by which it is moved and removed."""
        one = self.item or (self.line and self.line.draw)
        return one.public_id if one else ""

    @property
    def numbers(self) -> str:
        """Its number, or the first and the last of several."""
        return str(self.first) if self.first == self.last else f"{self.first}\N{EN DASH}{self.last}"


@dataclass(frozen=True, slots=True)
class SectionLine:
    """A section with its entries, and what they come to."""

    section: QuizSection
    entries: list[Entry]
    points: Decimal

    @property
    def question_count(self) -> int:
        """How many questions an attempt is asked here."""
        return sum(one.last - one.first + 1 for one in self.entries)


@dataclass(frozen=True, slots=True)
class Structure:
    """All sections of a quiz."""

    sections: list[SectionLine]

    @property
    def is_plain(self) -> bool:
        """Whether there is one section that says nothing: a list of questions, no more."""
        if len(self.sections) > 1:
            return False
        return all(
            not (one.section.title or one.section.introduction or one.section.shuffle)
            for one in self.sections
        )

    @property
    def entries(self) -> list[Entry]:
        """The entries of all sections, in order."""
        return [one for section in self.sections for one in section.entries]

    @property
    def missing(self) -> int:
        """How many questions the bank lacks for all draws together."""
        return sum(one.line.missing for one in self.entries if one.line)


def structure(actor: Actor, quiz: Quiz) -> Structure:
    """The quiz for its staff; as many queries for many questions and draws as for one.

    Raises what `require` raises.
    """
    lines = draw_lines(quiz, list(draws(actor, quiz)))
    rows: list[QuizItem | DrawLine] = [*items(actor, quiz), *lines]
    return Structure(_numbered(rows, list(sections(actor, quiz)), lines))


def sample(actor: Actor, quiz: Quiz, random: Random) -> dict[str, list[int]]:
    """Questions that the draws of a quiz might give, keys by the public id of the draw.

    A draw that cannot be filled gives what fits it. Raises what `require` raises.
    """
    rows = list(draws(actor, quiz))
    found = pools(quiz, [narrow_of(row.narrow) for row in rows])
    order = ranked(frozenset().union(*found), used={}, seen=(), random=random)
    picked = pick([Draw(row.count, one) for row, one in zip(rows, found, strict=True)], order)
    if picked is None:
        picked = [sorted(one)[: row.count] for row, one in zip(rows, found, strict=True)]
    return {row.public_id: keys for row, keys in zip(rows, picked, strict=True)}


def _numbered(
    rows: Sequence[QuizItem | DrawLine], parts: Sequence[QuizSection], lines: Sequence[DrawLine]
) -> list[SectionLine]:
    number = 1
    ranges: dict[int, str] = {}
    shaped: list[tuple[QuizSection, list[Entry]]] = []
    for part in parts:
        mine = sorted((one for one in rows if _section_id(one) == part.pk), key=_ordinal)
        entries = []
        for one in mine:
            entry = _entry(one, number)
            number = entry.last + 1
            entries.append(entry)
            if entry.line is not None:
                ranges[lines.index(entry.line)] = entry.numbers
        shaped.append((part, entries))
    return [
        SectionLine(part, [_with_rivals(one, ranges) for one in entries], _points(entries))
        for part, entries in shaped
    ]


def _entry(one: QuizItem | DrawLine, number: int) -> Entry:
    if isinstance(one, QuizItem):
        return Entry(number, number, item=one)
    return Entry(number, number + one.draw.count - 1, line=one)


def _with_rivals(one: Entry, ranges: dict[int, str]) -> Entry:
    if one.line is None or not one.line.rivals:
        return one
    rivals = tuple(ranges[place] for place in one.line.rivals)
    return Entry(one.first, one.last, line=one.line, rivals=rivals)


def _points(entries: Sequence[Entry]) -> Decimal:
    fixed = sum((one.item.points for one in entries if one.item), Decimal(0))
    drawn = (one.line.draw for one in entries if one.line)
    return fixed + sum((draw.count * draw.points for draw in drawn), Decimal(0))


def _section_id(one: QuizItem | DrawLine) -> int:
    return one.section_id if isinstance(one, QuizItem) else one.draw.section_id


def _ordinal(one: QuizItem | DrawLine) -> int:
    return one.ordinal if isinstance(one, QuizItem) else one.draw.ordinal


def banks_at_hand(actor: Actor, quiz: Quiz) -> set[int]:
    """Keys of the banks of a quiz's questions that the asker may open; a loan may have ended."""
    asked = VIEW_BANK.rows(actor).filter(questions__items__quiz=quiz)
    return set(asked.values_list("pk", flat=True).distinct())
