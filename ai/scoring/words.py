"""The words of a text as retrieval compares them: folded, without stop words, as stems."""

import re
import unicodedata
from typing import Final

from ai.scoring.stems import stem

_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
# Words that tie sentences together, and those that make a question of them.
_STOPPED: Final = """
    a an the and or but if of to in on at by for from with as that this these those it its he she
    they them his her their him i you we us my your our me who whom whose which what when where why
    how be am is are was were been being do did does doing done have has had having will would shall
    should can could may might must not no so than then there here into up out about after before
    because all any some too very just also only own same such other more most s t
    please explain tell
"""
_STOP: Final = frozenset(_STOPPED.split())
_STOPPED_STEMS: Final = frozenset({"be", "do", "have"})
_END: Final = re.compile(
    "(?<=[.!?\u2026])[\"'\u201d\u2019)\\]]*\\s+(?=[\"'\u201c\u2018(\\[]*[^\\W_a-z])|\\n+"
)
_QUOTES: Final = str.maketrans({"\u2019": "'", "\u2018": "'"})


def terms(text: str, language: str = "en") -> list[str]:
    """Comparable words in order, repeated as they occur.

    Stems, stop words and question words are those of English; of other languages the words are
    only folded.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_QUOTES)
    plain = (word.removesuffix("'s") for word in _WORD.findall(folded))
    if not language.startswith("en"):
        return list(plain)
    kept = (word for word in plain if word not in _STOP)
    return [found for found in map(stem, kept) if found not in _STOPPED_STEMS]


def sentences(text: str) -> list[str]:
    """A text's sentences and lines, in order, each exactly as it stands there."""
    return [part for part in (piece.strip() for piece in _split(text)) if part]


def _split(text: str) -> list[str]:
    parts, start = [], 0
    for match in _END.finditer(text):
        end = match.start() + len(match.group(0).rstrip())
        parts.append(text[start:end])
        start = match.end()
    parts.append(text[start:])
    return parts
