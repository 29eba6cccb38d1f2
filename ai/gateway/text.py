"""Cleaning text on its way to and from a provider, and comparing it without its accidents."""

import re
import unicodedata
from collections.abc import Iterable

from ai.gateway.extractive.lexicon import FUNCTION_WORDS

_HTML_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>?|<!\[?[^<>]{0,200}>?")
_TARGET = r"\((?:[^()]|\([^()]{0,200}\)){0,700}\)"
_IMAGE = re.compile(r"!\[([^\]\[]{0,200})\](?:" + _TARGET + r"|\[[^\]\[]{0,100}\])")
_LINK = re.compile(r"\[([^\]\[]{0,200})\]" + _TARGET)
_URL = re.compile(
    r"(?:\b(?:https?|ftp|wss?|file|mailto|data|javascript|vbscript):|\bwww\.)[^\s<>\"')\]]{1,500}",
    re.IGNORECASE,
)
_SPACES = re.compile(r"[ \t\u00a0]+")
_WORD = re.compile(r"\w+(?:['\u2019]\w+)?")
_CLOSING = r"[\"'\u2019\u201d)]*"
_SENTENCE = re.compile(rf"[^.!?\n]+(?:[.!?]+(?={_CLOSING}(?:\s|$))|[.!?][^.!?\n]*)*{_CLOSING}")
_ARTICLES = frozenset({"a", "an", "the"})
_ENDINGS = ("ingly", "edly", "ing", "ied", "ies", "ed", "es", "ly", "s", "e")
_ROOT = 6
_TAIL = re.compile(r"[.!?]+[\"'\u2019\u201d)]*|%")
_KEEP = frozenset("\n\t")
MAX_FIELD_CHARS = 1_000


def strip_invisible(text: str) -> str:
    """NFC, without control, format (zero-width, bidi), surrogate and private-use characters."""
    kept = (
        char
        for char in unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
        if char in _KEEP or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
    )
    return "".join(kept)


def clean_source(text: str) -> str:
    """Course text as a provider may see it: no hidden characters, no HTML comments."""
    return _SPACES.sub(" ", _HTML_COMMENT.sub(" ", strip_invisible(text))).strip()


def clean_output(text: str, *, source: str = "", limit: int = MAX_FIELD_CHARS) -> str:
    """One field of a provider's answer as plain text on one line (I4).

    Images become their words, links lose their target, addresses and tags that the source does
    not contain are taken out, whatever is left is cut at `limit` characters.
    """
    text = _HTML_COMMENT.sub(" ", strip_invisible(text[: limit * 4]))
    text = _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))

    def unless_in_source(match: re.Match[str]) -> str:
        return match.group(0) if match.group(0) in source else ""

    text = _URL.sub(unless_in_source, _TAG.sub(unless_in_source, text))
    return " ".join(text.split())[:limit].strip()


def has_markup(text: str, *, source: str = "") -> bool:
    """Whether the text carries a tag, link, image or address that the source does not have."""
    found: Iterable[re.Match[str]] = (
        match for pattern in (_TAG, _IMAGE, _LINK, _URL) for match in pattern.finditer(text)
    )
    return any(match.group(0) not in source for match in found)


def words(text: str) -> list[str]:
    """Lower-case words of a text, compatibility-folded, without punctuation and possessive s."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")
    return [word.removesuffix("'s") for word in _WORD.findall(folded)]


def normalised(text: str) -> str:
    """Words joined by single spaces, leading articles dropped: for comparing answers."""
    found = words(text)
    while len(found) > 1 and found[0] in _ARTICLES:
        found = found[1:]
    return " ".join(found)


def contains(haystack: str, needle: str) -> bool:
    """Whether the words of `needle` stand in `haystack` in that order, next to each other."""
    inner = " ".join(words(needle))
    return bool(inner) and f" {inner} " in f" {' '.join(words(haystack))} "


def overlap(first: str, second: str) -> float:
    """Jaccard similarity of two texts' word sets, 0 to 1."""
    one, two = set(words(first)), set(words(second))
    return len(one & two) / len(one | two) if one and two else 0.0


def content_words(text: str) -> set[str]:
    """Roots of the words that carry meaning: no function words, no endings, six letters at most."""
    return {_root(word) for word in words(text) if word not in FUNCTION_WORDS and word[0] != "_"}


def _root(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)[:_ROOT]
    return word[:_ROOT]


def sentences(text: str) -> list[str]:
    """A text cut after full stops, question and exclamation marks and at line ends."""
    found = (" ".join(match.split()) for match in _SENTENCE.findall(text))
    return [sentence for sentence in found if sentence]


def verbatim(source: str, text: str) -> str:
    """The place of a source whose words are those of `text`, as written there; "" if it has none.

    White space is single spaces. Case and punctuation are the source's.
    """
    wanted = words(text)
    if not wanted:
        return ""
    places = list(_WORD.finditer(source))
    plain = [(words(match.group()) or [""])[0] for match in places]
    for at in range(len(plain) - len(wanted) + 1):
        if plain[at : at + len(wanted)] == wanted:
            end = places[at + len(wanted) - 1].end()
            tail = _TAIL.match(source, end)
            return " ".join(source[places[at].start() : tail.end() if tail else end].split())
    return ""
