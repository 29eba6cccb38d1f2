"""Gaps in the words of a question: `[[1]]`, `[[2]]` … stand in the stem where something belongs."""

import re
from typing import Final

from django.utils.translation import gettext as _

from assessments.scoring.content import MAX_OPTIONS
from lms.kernel.errors import Invalid
from lms.kernel.text import render_markdown

_GAP: Final = re.compile(r"\[\[(\d{1,2})\]\]")
# A tag as the sanitiser writes it, or a gap outside of tags.
_TAG_OR_GAP: Final = re.compile(r'<(?:[^">]|"[^"]*")*>|\[\[(\d{1,2})\]\]')


def split_gaps(html: str) -> list[str | int]:
    """Clean HTML cut at its gaps: HTML, number, HTML, … ; what stands inside a tag is no gap."""
    pieces: list[str | int] = []
    start = 0
    for found in _TAG_OR_GAP.finditer(html):
        if found[1]:
            pieces += [html[start : found.start()], int(found[1])]
            start = found.end()
    return [*pieces, html[start:]]


def check_gaps(stem: str, count: int) -> None:
    """Raise Invalid unless the stem has the gaps 1..count, each once and in plain words."""
    if not 1 <= count <= MAX_OPTIONS:
        words = _("Give between 1 and %(most)s gaps.") % {"most": MAX_OPTIONS}
        raise Invalid(words, field="stem")
    wanted = list(range(1, count + 1))
    written = sorted(int(number) for number in _GAP.findall(stem))
    if written != wanted:
        words = _("The question must have the gaps %(gaps)s, each once.")
        gaps = ", ".join(f"[[{number}]]" for number in wanted)
        raise Invalid(words % {"gaps": gaps}, field="stem")
    shown = sorted(piece for piece in split_gaps(render_markdown(stem)) if isinstance(piece, int))
    if shown != wanted:
        raise Invalid(_("A gap cannot stand in a formula, link or code."), field="stem")
