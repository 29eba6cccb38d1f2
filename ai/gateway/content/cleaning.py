"""What a model wrote as Markdown of ours: no links, pictures, tags and orders of its own (I4)."""

import re

from ai.gateway.checks import has_orders
from ai.gateway.text import clean_output, strip_invisible

MAX_MARKDOWN = 12_000
MAX_LINE = 2_000
_INDENT = re.compile(r"^[ \t]{0,12}")
_FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})")
_BLANK = re.compile(r"\n{3,}")
_SETEXT = re.compile(r"^\s{0,3}(=+|-{2,})\s*$")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+")


def clean_markdown(text: str, *, source: str = "") -> str:
    """Several lines of a model's answer, each cleaned; their indents and marks stay.

    Addresses, links, pictures and tags that the source does not have are taken out; headings
    become no higher than the third level, so that the piece stays below its own.
    """
    lines = []
    for line in strip_invisible(text)[: MAX_MARKDOWN * 2].split("\n"):
        indent = _INDENT.match(line)
        words = clean_output(line, source=source, limit=MAX_LINE)
        kept = (indent[0] if indent else "") + words if words else ""
        lines.append("" if _SETEXT.match(kept) else _HEADING.sub("### ", kept))
    if sum(bool(_FENCE.match(line)) for line in lines) % 2:
        lines.append("```")  # a fence that stays open would swallow the rest of the lesson
    return _BLANK.sub("\n\n", "\n".join(lines)).strip()[:MAX_MARKDOWN]


def gives_orders(*texts: str) -> bool:
    """Whether a text tries to give a model orders; what a person reads never holds such."""
    return any(has_orders(text) for text in texts)
