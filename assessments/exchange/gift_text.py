"""The marks of GIFT: where they are, and how words that hold them are written."""

import re
from collections.abc import Iterator
from typing import Final

SPECIAL: Final = "~=#{}:\\"


def unescaped(text: str, marks: str) -> Iterator[int]:
    """The places of `marks` that no backslash stands before."""
    place = 0
    while place < len(text):
        if text[place] == "\\":
            place += 1
        elif text[place] in marks:
            yield place
        place += 1


def split(text: str, marks: str) -> Iterator[tuple[str, str]]:
    """The pieces between unescaped marks, each after its mark; the first has none."""
    start, mark = 0, ""
    for place in unescaped(text, marks):
        yield mark, text[start:place]
        start, mark = place + 1, text[place]
    yield mark, text[start:]


def plain(text: str) -> str:
    """Text without its escapes."""
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], text, flags=re.DOTALL)


def escaped(text: str) -> str:
    marked = "".join(f"\\{char}" if char in SPECIAL else char for char in text)
    return marked.replace("\n", "\\n")


def escaped_answer(text: str) -> str:
    """An answer; a weight or an arrow in its own words is none."""
    marked = escaped(text).replace("->", "\\->")
    return f"\\{marked}" if marked.lstrip().startswith("%") else marked
