"""What became of a file's questions, line by line."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from assessments.enums import ImportFate
from assessments.exchange.reading import Left, Reading, Taken, short

CAME = (ImportFate.CAME, ImportFate.LESS)


@dataclass(frozen=True, slots=True)
class Line:
    """A question of a file: where it began, its words, its fate, and what is to say about it.

    `words` are the losses, or the reason why it did not come. `question` is the public id of what
    it became, or of what it equals.
    """

    line: int
    title: str
    fate: ImportFate
    words: tuple[str, ...] = ()
    question: str = ""


@dataclass(frozen=True, slots=True)
class Fidelity:
    """The report of a file: its lines in their order, and notes about the whole."""

    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()

    def count(self, *fates: ImportFate) -> int:
        """How many lines met one of these fates."""
        met = Counter(line.fate for line in self.lines)
        return sum(met[fate] for fate in fates)

    @property
    def came(self) -> int:
        """How many questions came, whole or with losses."""
        return self.count(*CAME)


def fidelity_of(reading: Reading, same: Mapping[int, tuple[str, str]]) -> Fidelity:
    """The report of a reading; `same` names by place those to skip: (words, public id)."""
    taken = [_taken(one, same.get(place)) for place, one in enumerate(reading.taken)]
    lines = sorted([*taken, *map(_left, reading.left)], key=lambda line: line.line)
    return Fidelity(tuple(lines), tuple(reading.notes))


def named(fidelity: Fidelity, ids: Iterable[str]) -> Fidelity:
    """The report with the public ids of the questions that came, in their order."""
    fresh = iter(ids)
    lines = (
        replace(line, question=next(fresh)) if line.fate in CAME else line
        for line in fidelity.lines
    )
    return replace(fidelity, lines=tuple(lines))


def stored(fidelity: Fidelity) -> dict[str, Any]:
    """The report as JSON."""
    lines = [{**asdict(line), "fate": str(line.fate)} for line in fidelity.lines]
    return {"lines": lines, "notes": list(fidelity.notes)}


def restored(report: Mapping[str, Any]) -> Fidelity:
    """The report out of its JSON."""
    lines = (
        Line(
            line=one["line"],
            title=one["title"],
            fate=ImportFate(one["fate"]),
            words=tuple(one["words"]),
            question=one["question"],
        )
        for one in report.get("lines", ())
    )
    return Fidelity(tuple(lines), tuple(report.get("notes", ())))


def table(fidelity: Fidelity) -> list[Sequence[str]]:
    """The report as rows of a table, its head first."""
    head = ("line", "question", "fate", "words")
    body = [
        (str(line.line), line.title, str(line.fate), " ".join(line.words))
        for line in fidelity.lines
    ]
    return [head, *body, *(("", "", "note", words) for words in fidelity.notes)]


def _taken(one: Taken, same: tuple[str, str] | None) -> Line:
    title = short(one.content.stem)
    if same is not None:
        words, question = same
        return Line(one.line, title, ImportFate.SAME, (words,), question)
    fate = ImportFate.LESS if one.lost else ImportFate.CAME
    return Line(one.line, title, fate, one.lost)


def _left(one: Left) -> Line:
    return Line(one.line, one.title, ImportFate.LEFT, (one.reason,))
