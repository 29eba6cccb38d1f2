"""Accepted answers with a star for any run of characters, matched in linear time.

No expression language of any kind (C5): a pattern is its pieces of plain text between stars.
A star behind a backslash stands for itself, and that backslash goes.
"""

from assessments.scoring.folding import fold

# Never assigned to a character, so that folding leaves it and no answer holds it.
_MARK = "\ufdd0"


def has_star(pattern: str) -> bool:
    """Whether a star in the pattern stands for any characters."""
    return _MARK in _marked(pattern)


def without_stars(pattern: str, *, gap: str = " ") -> str:
    """What the pattern says literally, with `gap` for each star."""
    return " ".join(_marked(pattern).replace(_MARK, gap).split())


def escaped(text: str) -> str:
    """A pattern that accepts this text alone."""
    return text.replace("*", "\\*")


def unescaped(pattern: str) -> str:
    """The text that a pattern without stars accepts."""
    return _marked(pattern).replace(_MARK, "*")


def matches(pattern: str, folded: str, *, case: bool, accents: bool) -> bool:
    """Whether the pattern accepts an answer that was folded in the same way.

    The first piece begins the answer, the last ends it, those between follow each other at the
    first place where they fit: one pass, whatever the pattern.
    """
    first, *rest = fold(_marked(pattern), case=case, accents=accents).split(_MARK)
    if not rest:
        return folded == first
    *middle, last = rest
    end = len(folded) - len(last)
    if not (folded.startswith(first) and folded.endswith(last) and len(first) <= end):
        return False
    place = len(first)
    for piece in middle:
        found = folded.find(piece, place, end)
        if found < 0:
            return False
        place = found + len(piece)
    return True


def _marked(pattern: str) -> str:
    """The pattern with the mark for each star that stands for any characters."""
    parts: list[str] = []
    for char in pattern.replace(_MARK, ""):
        if char == "*" and parts and parts[-1] == "\\":
            parts[-1] = "*"
        else:
            parts.append(_MARK if char == "*" else char)
    return "".join(parts)
