"""Where a question of a file belongs: its category, its tags, the outcomes it serves.

Moodle writes a category as `$course$/top/Rocks/Lava`; a slash in a name is doubled. A space keeps
such a slash apart from the ones between names, and reading drops it. Outcomes no other system has:
each is a tag `cairn:outcome-1=` of its code and its title, with a line break between.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from django.utils.translation import gettext as _

from assessments.scoring.content import QuestionContent
from assessments.scoring.folding import fold
from assessments.scoring.naming import (
    MAX_CATEGORY,
    category_name,
    outcome_code,
    outcome_title,
    tag_name,
)
from lms.kernel.errors import Invalid

MAX_DEPTH: Final = 8
MAX_TAGS: Final = 20
MAX_OUTCOMES: Final = 20
ROOT: Final = "$course$/top"
PREFIX: Final = "cairn:"
CODED: Final = "tag-"  # `cairn:tag-1=` carries a tag that the plain form would break
GOAL: Final = "outcome-"
_CONTEXT: Final = re.compile(r"\$\w+\$")
_PIECE: Final = re.compile(r"//|/|[^/]+")


@dataclass(frozen=True, slots=True)
class Goal:
    """A learning outcome as a file names it. Codes are compared folded."""

    code: str
    title: str

    @property
    def folded(self) -> str:
        """The code as codes are compared."""
        return fold(self.code)


@dataclass(frozen=True, slots=True)
class Filed:
    """The names of the categories from the top, the tags, and the outcomes that it serves."""

    category: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    outcomes: tuple[Goal, ...] = ()


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


def read_filed(
    category: tuple[str, ...], said: Mapping[str, str], others: Iterable[str]
) -> tuple[Filed, list[str]]:
    """The place of a question by Cairn's own tags and the others; what was lost, in words."""
    tags, odd_tags = _read_tags([*others, *_coded(said, CODED)])
    outcomes, odd_goals = _read_goals(_coded(said, GOAL))
    lost: list[str] = []
    if odd_tags:
        lost.append(_("Tags that do not fit: %(tags)s.") % {"tags": _few_words(odd_tags)})
    if odd_goals:
        words = _("Learning outcomes that do not fit: %(outcomes)s.")
        lost.append(words % {"outcomes": _few_words(odd_goals)})
    return Filed(category, tags, outcomes), lost


def written_filed(filed: Filed) -> list[str]:
    """Tags and outcomes as tags that `read_filed` reads back.

    What brackets or Cairn's own prefix would break is coded.
    """
    tags = [
        f"{PREFIX}{CODED}{number}={quote(tag, safe='')}" if _breaks(tag) else tag
        for number, tag in enumerate(filed.tags, start=1)
    ]
    said = (f"{goal.code}\n{goal.title}" for goal in filed.outcomes)
    goals = [f"{PREFIX}{GOAL}{n}={quote(one, safe='')}" for n, one in enumerate(said, start=1)]
    return [*tags, *goals]


def _read_tags(tags: Iterable[str]) -> tuple[tuple[str, ...], list[str]]:
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


def _read_goals(said: Iterable[str]) -> tuple[tuple[Goal, ...], list[str]]:
    """The outcomes that a question may serve, each once, and those that do not fit.

    One without a title is called by its code.
    """
    kept: dict[str, Goal] = {}
    lost: list[str] = []
    for words in said:
        code, _break, title = words.partition("\n")
        try:
            goal = Goal(outcome_code(code), outcome_title(title.strip() or code))
        except Invalid:
            lost.append(code)
            continue
        if len(kept) < MAX_OUTCOMES or goal.folded in kept:
            kept.setdefault(goal.folded, goal)
        else:
            lost.append(goal.code)
    return tuple(kept.values()), lost


def _coded(said: Mapping[str, str], prefix: str) -> list[str]:
    """What Cairn's own tags of this beginning say."""
    return [value for name, value in said.items() if name.startswith(prefix)]


def _few_words(names: Iterable[str]) -> str:
    return ", ".join(names)[:500]


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
