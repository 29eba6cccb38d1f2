"""What every reader of documents returns, and how plain text becomes Markdown."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from ai.gateway.text import clean_source, strip_invisible

MAX_CHARS = 400_000
MAX_SECONDS = 60.0
_MARKUP = re.compile(r"([\\`*_\[\]<>|$])")
_LINE_START = re.compile(r"^(\s*)(#{1,6}(?=\s)|[-+](?=\s)|\d{1,9}(?=[.)]\s)|={3,}|~{3,})")
_BLANK = re.compile(r"\n{3,}")


class DocumentRefused(Exception):
    """The document is not read; `detail` says why in words."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Extracted:
    """A document as text: `markdown`, its own `title` ("" without one), and what was `lost`."""

    title: str
    markdown: str
    lost: tuple[str, ...] = ()


@dataclass(slots=True)
class Clock:
    """Stops a reader that takes longer than a document may."""

    seconds: float = MAX_SECONDS
    now: Callable[[], float] = monotonic
    started: float = field(default=-1.0)

    def __post_init__(self) -> None:
        self.started = self.now()

    def check(self) -> None:
        """Raise DocumentRefused when the time is used up."""
        if self.now() - self.started > self.seconds:
            raise DocumentRefused("The document took too long to read. Try a part of it.")


def escaped(text: str) -> str:
    """Plain text on one line as Markdown that shows just that text."""
    line = _MARKUP.sub(r"\\\1", " ".join(strip_invisible(text).split()))
    return _LINE_START.sub(_guarded, line)


def _guarded(match: re.Match[str]) -> str:
    space, mark = match.groups()
    return f"{space}{mark}\\" if mark.isdigit() else f"{space}\\{mark}"


def heading(text: str, level: int) -> str:
    """A heading of level 1 to 6; nothing for blank text."""
    words = escaped(text)
    return f"{'#' * max(1, min(6, level))} {words}" if words else ""


def table(rows: Sequence[Sequence[str]]) -> str:
    """A table whose first row is its head; rows are filled up to the longest."""
    filled = [[escaped(cell) for cell in row] for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        return ""
    width = max(len(row) for row in filled)
    even = [[*row, *[""] * (width - len(row))] for row in filled]
    lines = [even[0], ["---"] * width, *even[1:]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def finished(title: str, blocks: Iterable[str], lost: Iterable[str]) -> Extracted:
    """Blocks joined by blank lines. Raises DocumentRefused when they hold no words or too many."""
    markdown = _BLANK.sub("\n\n", "\n\n".join(block for block in blocks if block.strip()))
    if not any(char.isalnum() for char in markdown):
        raise DocumentRefused(
            "There is no text in this document. Pictures of text, such as scans, are not read."
        )
    if len(markdown) > MAX_CHARS:
        raise DocumentRefused(
            f"The document has more than {MAX_CHARS:,} characters. Give a part of it."
        )
    name = " ".join(clean_source(title).split())[:150]
    return Extracted(name, markdown.strip(), tuple(dict.fromkeys(lost)))
