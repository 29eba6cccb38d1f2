"""What readers and writers answer."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _

from assessments.exchange.filed import NOWHERE, Filed
from assessments.scoring.content import QuestionContent
from assessments.scoring.registry import checked
from lms.kernel.errors import Invalid

MAX_BYTES: Final = 1_500_000
MAX_QUESTIONS: Final = 1_000
TITLE_LENGTH: Final = 80


class Unreadable(Invalid):
    """A file that is refused whole. `line` counts from 1; 0 when it is about the whole file."""

    code = "unreadable_file"

    def __init__(self, reason: str, line: int = 0) -> None:
        words = _("Line %(line)s: %(reason)s") % {"line": line, "reason": reason}
        super().__init__(words if line else reason, field="file")
        self.line = line


@dataclass(frozen=True, slots=True)
class Taken:
    """A question that came, from which line, what of it was lost, and where it belongs."""

    line: int
    content: QuestionContent
    lost: tuple[str, ...] = ()
    filed: Filed = NOWHERE


@dataclass(frozen=True, slots=True)
class Left:
    """What did not come, from which line, and why."""

    line: int
    title: str
    reason: str


@dataclass(slots=True)
class Reading:
    """What a file holds. `notes` are about the file as a whole."""

    taken: list[Taken] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def take(
        self,
        line: int,
        content: QuestionContent,
        lost: Iterable[str] = (),
        filed: Filed = NOWHERE,
    ) -> None:
        """Keep a question if it can be asked, else say why not. Raises Unreadable for too many."""
        try:
            self.taken.append(Taken(line, checked(content), tuple(lost), filed))
        except Invalid as problem:
            self.left.append(Left(line, short(content.stem), problem.detail))
        self._count(line)

    def leave(self, line: int, title: str, reason: str) -> None:
        """Say what is not taken. Raises Unreadable for too many."""
        self.left.append(Left(line, short(title), reason))
        self._count(line)

    def _count(self, line: int) -> None:
        if len(self.taken) + len(self.left) > MAX_QUESTIONS:
            words = _("A file brings at most %(most)s questions. Split it here.")
            raise Unreadable(words % {"most": MAX_QUESTIONS}, line)

    def note(self, words: str) -> None:
        """Say something about the whole file, once."""
        if words not in self.notes:
            self.notes.append(words)


@dataclass(frozen=True, slots=True)
class Written:
    """A file of questions. `lost` has a line for all that its format cannot say."""

    text: str
    lost: tuple[Left, ...] = ()


def not_written(name: str, content: QuestionContent) -> str:
    """Why a format by that name leaves a question out."""
    words = _("%(format)s has no questions of the type “%(kind)s”.")
    return words % {"format": name, "kind": content.kind.label}


def sized(data: bytes) -> bytes:
    """The same data; raises Unreadable when it is too much."""
    if len(data) > MAX_BYTES:
        words = _("The file has more than %(most)s MB. Take out pictures, or split it.")
        raise Unreadable(words % {"most": MAX_BYTES / 1_000_000})
    return data


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8, or UTF-16 with its mark; raises Unreadable with the line."""
    sized(data)
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data[: problem.start].count(b"\n") + 1
        raise Unreadable(_("This is not UTF-8. Save the file as UTF-8."), line) from problem
    if "\x00" in text:
        raise Unreadable(_("This is no text."), text[: text.index("\x00")].count("\n") + 1)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def short(text: str) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text[: TITLE_LENGTH * 10].split())
    return line if len(line) <= TITLE_LENGTH else f"{line[: TITLE_LENGTH - 1]}…"
