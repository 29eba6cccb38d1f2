"""Names, addresses and numbers are replaced before text leaves, and put back afterwards (I9)."""

import re
from collections.abc import Iterable, Iterator
from functools import partial

_MAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}\b")
_PHONE = re.compile(
    r"(?<![\w.])\+?\d{1,3}[ /-]?(?:\(\d{1,5}\)\d{0,5}|\d{2,5})(?:[ /-]\d{2,5}){2,4}(?!\w)"
)
_UUID = re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b")
# Our own ids outside: 22 characters with a digit, a capital and a small letter among them.
_PUBLIC_ID = re.compile(
    r"\b(?=\w{0,21}\d)(?=\w{0,21}[A-Z])(?=\w{0,21}[a-z])[1-9A-HJ-NP-Za-km-z]{22}\b"
)
_NUMBERED = re.compile(
    r"(?<=\b(?:ID|id|Id|No|no|Nr)[ .:#])\s{0,2}\d{5,12}\b"
    r"|(?i:(?<=\bstudent )|(?<=\bnumber )|(?<=\bstudent:)|(?<=\bnumber:))\s{0,2}\d{5,12}\b"
)
MIN_PART = 3
MAX_NAMES = 5_000
LONGEST_PLACEHOLDER = 16
_OPENED = re.compile(r"\[(?:[a-z]{0,6}|[a-z]{2,6}-\d{0,6})\Z")


class Redaction:
    """Placeholders for one exchange; the same value always gets the same placeholder.

    `names` are the full names of people who may be in the text. A full name is found in any case;
    its parts of three letters and more as they are written. Longer names go first, so that
    "Ann Lee Marsh" is not read as "Ann Lee" and a rest.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._placeholders: dict[str, str] = {}
        self._taken: set[str] = set()
        self._people = _people(names)

    def __len__(self) -> int:
        """How many different values were hidden."""
        return len(self._placeholders)

    def hide(self, text: str) -> str:
        """The text with placeholders. A placeholder that stands in the text itself is not used."""
        self._taken.update(re.findall(r"\[[a-z]{2,6}-\d{1,6}\]", text))
        for kind, pattern in (
            ("mail", _MAIL),
            ("phone", _PHONE),
            ("id", _UUID),
            ("id", _PUBLIC_ID),
            ("id", _NUMBERED),
            *(("person", pattern) for pattern in self._people),
        ):
            text = pattern.sub(partial(self._placed, kind), text)
        return text

    def restore(self, text: str) -> str:
        """The text with the values back in place."""
        for value, placeholder in self._placeholders.items():
            text = text.replace(placeholder, value)
        return text

    def restored(self, pieces: Iterable[str]) -> Iterator[str]:
        """A stream with the values back in place; what may be half a placeholder is held back."""
        held = ""
        for piece in pieces:
            held += piece
            opened = _OPENED.search(held[-LONGEST_PLACEHOLDER:])
            ready = len(held) - (len(opened[0]) if opened else 0)
            if ready:
                yield self.restore(held[:ready])
                held = held[ready:]
        if held:
            yield self.restore(held)

    def _placed(self, kind: str, match: re.Match[str]) -> str:
        return self._placeholder(kind, match[0])

    def _placeholder(self, kind: str, value: str) -> str:
        found = self._placeholders.get(value)
        if found is not None:
            return found
        number = len(self._placeholders) + 1
        while f"[{kind}-{number}]" in self._taken:
            number += 1
        made = f"[{kind}-{number}]"
        self._taken.add(made)
        self._placeholders[value] = made
        return made


def _people(names: Iterable[str]) -> list[re.Pattern[str]]:
    """Patterns for full names, then for their parts, each longest first."""
    full = {" ".join(name.split()) for name in names}
    full = set(sorted(name for name in full if len(name) >= MIN_PART)[:MAX_NAMES])
    parts = {part for name in full for part in name.split() if len(part) >= MIN_PART} - full
    found = []
    if full:
        found.append(re.compile(_any_of(full), re.IGNORECASE))
    if parts:
        found.append(re.compile(_any_of(part for part in parts if part[0].isupper()) or r"(?!)"))
    return found


def _any_of(names: Iterable[str]) -> str:
    ordered = sorted(names, key=lambda name: (-len(name), name))
    words = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in ordered)
    return rf"(?<![\w\[])(?:{words})(?!\w)" if ordered else ""
