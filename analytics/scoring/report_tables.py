"""The tables of a course's report as files: their columns, kinds and meaning (docs/exports.md)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

Cell = str | int | float | bool | date | datetime | None
Line = tuple[Cell, ...]


class Kind(StrEnum):
    """What a column holds; each may be empty."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    TRUTH = "true or false"
    DAY = "day"
    TIME = "time (UTC)"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in every format, its kind, what it says."""

    name: str
    kind: Kind
    about: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the report."""

    name: str
    about: str
    columns: tuple[Column, ...]

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)


def _table(name: str, about: str, *columns: tuple[str, Kind, str]) -> Table:
    return Table(name, about, tuple(Column(*column) for column in columns))


_T, _W, _N, _B, _D, _M = Kind.TEXT, Kind.WHOLE, Kind.NUMBER, Kind.TRUTH, Kind.DAY, Kind.TIME

TABLES: tuple[Table, ...] = (
    _table(
        "course",
        "One row: the course and when this was counted.",
        ("course", _T, "id"),
        ("title", _T, ""),
        ("exported_at", _M, ""),
        ("pseudonymous", _B, "whether people are random ids of this export"),
    ),
    _table(
        "lessons",
        "Published lessons in the order of the outline.",
        ("lesson", _T, "id"),
        ("title", _T, ""),
        ("kind", _T, "text, video, file, quiz or assignment"),
        ("position", _W, "from 1"),
    ),
    _table(
        "learners",
        "Active learners.",
        ("person", _T, "id"),
        ("name", _T, "empty when pseudonymous"),
        ("email", _T, "empty when pseudonymous"),
        ("joined", _D, ""),
        ("completion", _N, "share of the published lessons, 0 to 1"),
        ("finished", _B, "once had done every lesson; stands when lessons are added"),
        ("seconds", _W, "time spent, as the server accepted it"),
        ("active_days", _W, "days with activity"),
        ("lessons_completed", _W, ""),
        ("attempts_started", _W, ""),
        ("attempts_submitted", _W, ""),
        ("mean_score", _N, "mean share of full marks, 0 to 1"),
        ("scored", _W, "grades in that mean"),
        ("messages", _W, "written in the course's room"),
        ("last_seen", _D, "last day with activity"),
        ("active_7_days", _B, "active in the seven days before the export"),
        ("help_state", _T, "what the fixed rule says"),
        ("help_points", _W, ""),
        ("help_reasons", _T, "in words"),
        ("group", _T, "name of the pattern group, if patterns were looked for"),
    ),
    _table(
        "daily",
        "What one person did on one day (UTC): also staff, and people who left since.",
        ("person", _T, "id"),
        ("day", _D, ""),
        ("seconds", _W, ""),
        ("lessons_completed", _W, ""),
        ("attempts", _W, "handed in"),
        ("messages", _W, ""),
        ("acts", _W, "events of any kind"),
    ),
    _table(
        "progress",
        "One active learner in one lesson that they opened.",
        ("person", _T, "id"),
        ("lesson", _T, "id"),
        ("completed", _B, ""),
        ("seconds", _W, ""),
        ("started", _D, ""),
        ("completed_on", _D, ""),
    ),
    _table(
        "grades",
        "Scores of active learners in quizzes.",
        ("person", _T, "id"),
        ("lesson", _T, "id of the quiz's lesson"),
        ("share", _N, "of full marks, 0 to 1"),
    ),
    _table(
        "items",
        "How the questions of quizzes worked, as counted last.",
        ("lesson", _T, "id of the quiz's lesson"),
        ("quiz", _T, "title"),
        ("question", _T, "id"),
        ("position", _W, "in the quiz, from 1"),
        ("n", _W, "learners who were asked"),
        ("answered", _W, ""),
        ("facility", _N, "mean share of the points"),
        ("item_total", _N, "r with the whole score"),
        ("fit", _N, "r with the other questions"),
        ("discrimination", _N, "upper less lower 27 percent"),
        ("alpha_without", _N, "alpha without it"),
        ("flags", _T, "words for what is worth a look, by comma"),
    ),
    _table(
        "mastery",
        "One active learner in one outcome of which they answered questions.",
        ("person", _T, "id"),
        ("outcome", _T, "id"),
        ("title", _T, "of the outcome"),
        ("answers", _W, "counted"),
        ("right", _W, ""),
        ("mastery", _N, "chance of mastery, empty below three answers"),
        ("level", _T, "unknown, shaky, growing or secure"),
    ),
    _table(
        "risk",
        "What the early warning said of an active learner in a week.",
        ("person", _T, "id"),
        ("week", _D, "its Monday"),
        ("chance", _N, "of failing or leaving, 0 to 1; empty where too little is known"),
        ("level", _T, "unknown, low, raised or high"),
        ("reasons", _T, "in words, those that raise the risk first"),
        ("model", _T, "id of the model, shipped for the one that comes with Cairn"),
    ),
)
