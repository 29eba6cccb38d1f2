"""Where a question of a file belongs: its category and its tags, as other systems write them.

Moodle writes a category as `$course$/top/Rocks/Lava`; a slash in a name is doubled. A space keeps
such a slash apart from the ones between names, and reading drops it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from django.utils.translation import gettext as _

from assessments.scoring.content import QuestionContent
from assessments.scoring.folding import fold
from assessments.scoring.naming import MAX_CATEGORY, category_name, tag_name
from lms.kernel.errors import Invalid

MAX_DEPTH: Final = 8
MAX_TAGS: Final = 20
ROOT: Final = "$course$/top"
PREFIX: Final = "cairn:"
CODED: Final = "tag-"  # `cairn:tag-1=` carries a tag that the plain form would break
_CONTEXT: Final = re.compile(r"\$\w+\$")
_PIECE: Final = re.compile(r"//|/|[^/]+")


@dataclass(frozen=True, slots=True)
class Filed:
    """The names of the categories from the top, and the tags."""

    category: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


NOWHERE: Final = Filed()


def placed(
    contents: Sequence[QuestionContent], filed: Sequence[Filed]
) -> list[tuple[QuestionContent, Filed]]:
    """The questions, each with its place; without places all are nowhere."""
    places = filed or [NOWHERE] * len(contents)
    return list(zip(contents, places, strict=True))


def read_path(text: str) -> tuple[str, ...]:
    """The names on a path of Moodle's; too deep or too long ones are cut, odd ones left out."""
    names = [""]
    for piece in _PIECE.findall(text[:2_000]):
        if piece == "/":
            names.append("")
        else:
            names[-1] += "/" if piece == "//" else piece
    if _CONTEXT.fullmatch(names[0].strip()):
        names = names[1:]
        if names and names[0].strip() == "top":
            names = names[1:]
    kept = [name for name in map(_fitting, names) if name]
    return tuple(kept[:MAX_DEPTH])


def written_path(names: Iterable[str]) -> str:
    """The path that `read_path` reads back."""
    return "/".join([ROOT, *map(_slashed, names)])


def read_tags(tags: Iterable[str]) -> tuple[tuple[str, ...], list[str]]:
    """The tags that a question may carry, each once, and those that do not fit."""
    kept: dict[str, str] = {}
    lost: list[str] = []
    for tag in tags:
        try:
            name = tag_name(tag)
        except Invalid:
            lost.append(tag)
            continue
        if len(kept) < MAX_TAGS or fold(name) in kept:
            kept.setdefault(fold(name), name)
        else:
            lost.append(name)
    return tuple(kept.values()), [one for one in lost if one.strip()]


def tags_lost(tags: Iterable[str]) -> str:
    """What the report says of tags that did not fit."""
    return _("Tags that do not fit: %(tags)s.") % {"tags": ", ".join(tags)[:500]}


def written_tags(tags: Iterable[str]) -> list[str]:
    """Tags as a file carries them; what brackets or Cairn's own prefix would break is coded."""
    return [
        f"{PREFIX}{CODED}{number}={quote(tag, safe='')}" if _breaks(tag) else tag
        for number, tag in enumerate(tags, start=1)
    ]


def coded_tags(said: dict[str, str]) -> list[str]:
    """The coded tags among what Cairn's own tags say."""
    return [value for name, value in said.items() if name.startswith(CODED)]


def _breaks(tag: str) -> bool:
    return tag.startswith(PREFIX) or any(mark in tag for mark in "[]") or tag != tag.strip()


def _fitting(text: str) -> str:
    name = " ".join(text.split())[:MAX_CATEGORY].strip()
    try:
        return category_name(name)
    except Invalid:
        return ""


def _slashed(name: str) -> str:
    start = " " if name.startswith("/") else ""
    end = " " if name.endswith("/") else ""
    return f"{start}{name.replace('/', '//')}{end}"
