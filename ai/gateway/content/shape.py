"""What goes into making teaching material, and what comes out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ai.enums import ContentKind

# Kinds that rules can make without a model, from a text.
BY_RULES = frozenset(
    {
        ContentKind.OUTLINE,
        ContentKind.LESSON,
        ContentKind.SUMMARY,
        ContentKind.KEY_TERMS,
        ContentKind.FLASHCARDS,
        ContentKind.DISCUSSION,
        ContentKind.RUBRIC,
    }
)
# Kinds that a model can make from a title alone.
FROM_TITLE = frozenset(
    {
        ContentKind.OUTLINE,
        ContentKind.LESSON,
        ContentKind.EXAMPLES,
        ContentKind.DISCUSSION,
        ContentKind.RUBRIC,
    }
)
# Kinds that take the text as a whole; the others go through it window by window.
AT_ONCE = frozenset(
    {ContentKind.OUTLINE, ContentKind.RUBRIC, ContentKind.DISCUSSION, ContentKind.EXAMPLES}
)
WINDOW = 5_000
MAX_WINDOWS = 12


@dataclass(frozen=True, slots=True)
class Numbered:
    """A block of the source under the number by which it is cited."""

    ref: int
    text: str
    heading_path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """One piece as it was made, not yet stored. `refs` are the blocks it rests on."""

    title: str
    markdown: str
    refs: tuple[int, ...]
    heading: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def windows(blocks: Sequence[Numbered], size: int = WINDOW) -> Iterator[tuple[Numbered, ...]]:
    """Blocks in their order, in runs of at most `size` characters (a longer block stands alone)."""
    held: list[Numbered] = []
    length = 0
    for block in blocks:
        if held and length + len(block.text) > size:
            yield tuple(held)
            held, length = [], 0
        held.append(block)
        length += len(block.text)
    if held:
        yield tuple(held)
