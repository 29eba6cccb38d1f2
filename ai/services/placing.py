"""Putting a piece into a lesson's Markdown and taking it out, without touching anything else."""

import re

_FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")


def placed(markdown: str, piece: str, heading: str = "", *, instead_of: str = "") -> str:
    """The text with a piece in it: in the place of an older one, below its heading, or at the end.

    A heading that is not there yet comes with it.
    """
    old = instead_of.strip()
    if old and old in markdown:
        return markdown.replace(old, piece.strip(), 1)
    lines = markdown.rstrip().split("\n") if markdown.strip() else []
    end = _end_of(lines, heading) if heading else None
    if end is not None:
        before, after = "\n".join(lines[:end]).rstrip(), "\n".join(lines[end:]).lstrip("\n")
        return _joined(before, piece, after)
    above = f"## {heading}\n\n" if heading else ""
    return _joined("\n".join(lines), f"{above}{piece.strip()}", "")


def without(markdown: str, piece: str, heading: str = "", *, back: str = "") -> str | None:
    """The text without a piece, or with the older one back; None when it reads otherwise now.

    A heading of ours that has nothing below it any more goes, too.
    """
    words = piece.strip()
    if not words or words not in markdown:
        return None
    if back.strip():
        return markdown.replace(words, back.strip(), 1)
    start = markdown.rindex(words)
    before, after = markdown[:start].rstrip(), markdown[start + len(words) :].lstrip()
    ours = f"## {heading}" if heading else None
    alone = not after or _HEADING.match(after.split("\n", 1)[0])
    if ours and alone and before.split("\n")[-1].strip() == ours:
        before = before[: before.rindex(ours)].rstrip()
    left = "\n\n".join(part for part in (before, after.rstrip()) if part)
    return f"{left}\n" if left else ""


def _end_of(lines: list[str], heading: str) -> int | None:
    """The line after the part below a second-level heading; None when it is not there."""
    fence, inside = "", False
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark:
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        match = None if fence or mark else _HEADING.match(line)
        if match is None:
            continue
        if inside and len(match[1]) <= 2:
            return number
        inside = inside or (len(match[1]) == 2 and match[2] == heading)
    return len(lines) if inside else None


def _joined(*parts: str) -> str:
    """Parts with a blank line between, and one line's end at the end."""
    kept = [part.strip("\n") for part in parts if part.strip()]
    return "\n\n".join(kept) + "\n" if kept else ""
