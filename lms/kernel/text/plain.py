"""Markdown to plain text, for search, retrieval, previews and notifications."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from markdown_it.token import Token

from lms.kernel.text.markdown import parse

_SPACES: Final = re.compile(r"[^\S\n]+")
_BREAKS: Final = re.compile(r"\n{2,}")
_BLOCK_TEXT: Final = frozenset({"fence", "code_block", "math_block"})
_INLINE_TEXT: Final = frozenset(
    {"text", "code_inline", "math_inline", "math_inline_double", "text_special"}
)


def plain_text(markdown: str) -> str:
    """Return the words of ``markdown``: one line per paragraph, item or cell, no markup."""
    return text_of(parse(markdown))


def text_of(tokens: Sequence[Token]) -> str:
    """Return the words of parsed ``tokens``; see :func:`plain_text`."""
    return _BREAKS.sub("\n", "\n".join(_lines(tokens))).strip("\n")


def _lines(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield _SPACES.sub(" ", inline_text(token.children or ())).strip()
        elif token.type in _BLOCK_TEXT:
            yield token.content.strip("\n")


def inline_text(children: Sequence[Token]) -> str:
    """Return the words of one inline token's ``children``; an image counts as its alt text."""
    parts: list[str] = []
    for child in children:
        if child.type in _INLINE_TEXT:
            parts.append(child.content)
        elif child.type == "image":
            parts.append(inline_text(child.children or ()))
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
    return "".join(parts)
