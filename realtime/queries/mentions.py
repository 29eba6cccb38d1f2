"""`@name` in messages: who is meant, and how it is marked in the rendered words."""

import html
import itertools
import re
import string
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Final, TypeVar

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from accounts.models import User
from courses.enums import CourseRole
from courses.models import Course, Enrolment
from courses.queries.roles import active_members
from courses.rules import STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.rules import allows, require
from lms.kernel.text import PIPELINE_VERSION, Profile, render_markdown
from realtime.enums import MAX_MENTIONS
from realtime.models import DirectMessage, ForumPost, Message, Presence
from realtime.rules import VIEW_ROOM

R = TypeVar("R", ForumPost, DirectMessage)

UNMARKED = frozenset({"a", "code", "pre", "math"})
FEWEST = 2
OFFERED: Final = 8
MAX_NAME: Final = 150
MOST_PLACES: Final = 50  # of an @ in a message
MOST_ENDS: Final = 20  # of a name behind one of these
_AT: Final = re.compile(r"(?<![\w@])@(?=\w)")
_END: Final = re.compile(r"(?<=\S)(?!\w)")
_LOWER_ASCII: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def mentioned_in(text: str, course: Course) -> list[tuple[int, str, str]]:
    """Active members whose full name stands behind an @: key, public id and name, 20 at most.

    Names are compared without regard to case; of two people of one name both are meant. Only the
    names that may be meant are looked up, by an index, however many members the course has.
    """
    wanted = candidates(text)
    if not wanted:
        return []
    members = active_members(course).exclude(role=CourseRole.OBSERVER)
    rows = members.annotate(said=Lower("user__name")).filter(said__in=wanted).order_by("user_id")
    said = " ".join(text.split()).casefold()
    return [
        (pk, public_id, name)
        for pk, public_id, name in rows.values_list("user_id", "user__public_id", "user__name")
        if _pattern([" ".join(name.split()).casefold()]).search(said) is not None
    ][:MAX_MENTIONS]


def candidates(text: str) -> set[str]:
    """What may be a name behind an @, as the database lowers it: beginnings that end with a word.

    SQLite lowers ASCII letters alone, so that usual spellings of others are in it as well.
    """
    said = " ".join(text.split())
    found: set[str] = set()
    for place in itertools.islice(_AT.finditer(said), MOST_PLACES):
        tail = said[place.end() : place.end() + MAX_NAME + 1]
        ends = itertools.islice(_END.finditer(tail), MOST_ENDS)
        names = {tail[: end.start()] for end in ends if FEWEST <= end.start() <= MAX_NAME}
        found |= {form for name in names for form in _forms(name)}
    return found


def _forms(name: str) -> set[str]:
    if name.isascii() or connection.vendor != "sqlite":
        return {name.lower()}
    return {one.translate(_LOWER_ASCII) for one in (name, name.lower(), name.title())}


def members_called(actor: Actor, course: Course, text: str) -> list[tuple[str, str]]:
    """Public ids and names of up to 8 members of a room with a name that has such a beginning."""
    said = " ".join(text.replace("\0", "").split())[:MAX_NAME]
    members = met_in(actor, course).exclude(user__name="")
    if said:
        inside = Q(user__name__istartswith=said) | Q(user__name__icontains=f" {said}")
        members = members.filter(inside)
    rows = members.order_by("user__name", "user_id")
    return list(rows.values_list("user__public_id", "user__name")[:OFFERED])


def met_in(actor: Actor, course: Course) -> QuerySet[Enrolment]:
    """Members of a room whose names are shown to the actor there; not themselves, no observers.

    To staff all; to others who teaches, who wrote and who is there: a classmate who says nothing
    stays unnamed.
    """
    require(actor, VIEW_ROOM, course)
    rows = active_members(course).exclude(role=CourseRole.OBSERVER).exclude(user=actor.user_id or 0)
    rows = rows.filter(user__is_active=True)
    if allows(actor, STAFF_COURSE, course):
        return rows
    said = Message.objects.filter(room__course=course, sender=OuterRef("user"))
    here = Presence.objects.filter(course=course, user=OuterRef("user"))
    teaches = Q(role__in=[CourseRole.INSTRUCTOR, CourseRole.ASSISTANT])
    return rows.filter(teaches | Exists(said) | Exists(here))


def marked(rendered: str, names: Iterable[str]) -> str:
    """Clean HTML with each `@name` of these in a span; inside code and links nothing is marked."""
    wanted = [name for name in names if len(name) >= FEWEST]
    if not wanted:
        return rendered
    parser = _Marker(_pattern(wanted))
    parser.feed(rendered)
    parser.close()
    return "".join(parser.out)


def fresh(row: R) -> R:
    """A post, or a message to one, with HTML of today's pipeline (C1); nothing is stored."""
    if row.deleted_at is None and row.pipeline_version != str(PIPELINE_VERSION):
        row.html = render_markdown(row.body, profile=Profile.MESSAGE)
        if isinstance(row, ForumPost) and row.mentions:
            people = User.objects.filter(public_id__in=row.mentions)
            row.html = marked(row.html, [person.display_name for person in people])
    return row


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
