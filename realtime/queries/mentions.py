"""`@name` in messages: who is meant, and how it is marked in the rendered words."""

import html
import re
from collections.abc import Iterable
from html.parser import HTMLParser

from courses.enums import CourseRole
from courses.models import Course
from courses.queries.roles import active_members
from realtime.enums import MAX_MENTIONS

UNMARKED = frozenset({"a", "code", "pre", "math"})
FEWEST = 2


def mentioned_in(text: str, course: Course) -> list[tuple[int, str, str]]:
    """Active members whose full name stands behind an @: key, public id and name, 20 at most.

    Names are compared without regard to case; of two people of one name both are meant.
    """
    if "@" not in text:
        return []
    said = " ".join(text.split()).casefold()
    members = active_members(course).exclude(role=CourseRole.OBSERVER).exclude(user__name="")
    found = []
    for pk, public_id, name in members.order_by("user_id").values_list(
        "user_id", "user__public_id", "user__name"
    ):
        wanted = " ".join(name.split()).casefold()
        if len(wanted) < FEWEST or f"@{wanted}" not in said:
            continue
        if _pattern([wanted]).search(said) is not None:
            found.append((pk, public_id, name))
    return found[:MAX_MENTIONS]


def marked(rendered: str, names: Iterable[str]) -> str:
    """Clean HTML with each `@name` of these in a span; inside code and links nothing is marked."""
    wanted = [name for name in names if len(name) >= FEWEST]
    if not wanted:
        return rendered
    parser = _Marker(_pattern(wanted))
    parser.feed(rendered)
    parser.close()
    return "".join(parser.out)


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    ordered = sorted({" ".join(name.split()) for name in names}, key=len, reverse=True)
    words = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in ordered)
    return re.compile(rf"(?<![\w@])@(?:{words})(?!\w)", re.IGNORECASE)


class _Marker(HTMLParser):
    """Writes clean HTML down again as it stands, with spans in its text."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self._pattern = pattern
        self._inside = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """As it stands."""
        self._inside += tag in UNMARKED
        self.out.append(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """As it stands."""
        self.out.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        """As it stands."""
        self._inside -= tag in UNMARKED
        self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """With marks, where text is text."""
        if self._inside:
            self.out.append(data)
            return
        last = 0
        for match in self._pattern.finditer(data):
            name = html.escape(html.unescape(match[0]))
            self.out.append(f'{data[last : match.start()]}<span class="mention">{name}</span>')
            last = match.end()
        self.out.append(data[last:])

    def handle_entityref(self, name: str) -> None:
        """As it stands."""
        self.out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """As it stands."""
        self.out.append(f"&#{name};")
