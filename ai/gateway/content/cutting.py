"""A document's own structure as lessons and outline: cut at its headings, nothing rewritten."""

import re
from dataclasses import dataclass

MAX_TITLE = 150
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})")
_ESCAPE = re.compile(r"\\([\\`*_\[\]<>|$#+=~.-])")


@dataclass(frozen=True, slots=True)
class Part:
    """Text under one heading; `level` 0 and no title for what stands before the first."""

    level: int
    title: str
    markdown: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section of an outline and its lessons."""

    title: str
    lessons: tuple[Part, ...]


def parts(markdown: str) -> list[Part]:
    """The document cut at its headings, in order; headings in code blocks are code."""
    found: list[Part] = []
    level, title, held, fence = 0, "", list[str](), ""

    def flush() -> None:
        text = "\n".join(held).strip()
        if title or text:
            found.append(Part(level, title, text))
        held.clear()

    for line in markdown.split("\n"):
        mark = _FENCE.match(line)
        if mark:
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        match = None if fence or mark else _HEADING.match(line)
        if match is None:
            held.append(line)
            continue
        flush()
        level, title = len(match[1]), _ESCAPE.sub(r"\1", match[2])[:MAX_TITLE]
    flush()
    return found


def chapters(markdown: str, title: str) -> list[Chapter]:
    """Sections by the headings of the highest level that comes more than once, lessons below.

    A single top heading is the document's title. A section's own text is a lesson of its name.
    """
    found = parts(markdown)
    levels = sorted({part.level for part in found if part.level})
    if not levels:
        return [Chapter(title or "", tuple(found))] if found and title else []
    top = next(
        (n for n in levels if sum(p.level == n for p in found) > 1),
        levels[0],
    )
    result: list[Chapter] = []
    name, lessons = title or found[0].title, list[Part]()
    for part in found:
        if part.level == top:
            if lessons:
                result.append(Chapter(name, tuple(lessons)))
            name, lessons = part.title, []
        if part.markdown or part.level > top:
            lessons.append(Part(part.level, part.title or name, part.markdown))
        elif part.level == top:
            lessons.append(Part(part.level, part.title, ""))
    if lessons:
        result.append(Chapter(name, tuple(lessons)))
    return [Chapter(c.title, _without_empty_opening(c)) for c in result]


def _without_empty_opening(chapter: Chapter) -> tuple[Part, ...]:
    """A section's heading without text of its own is no lesson when others follow."""
    first, *rest = chapter.lessons
    return tuple(rest) if rest and not first.markdown else chapter.lessons
