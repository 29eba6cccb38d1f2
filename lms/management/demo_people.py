"""The demo's people and what they say, read and checked from `lms/management/demo/`."""

from dataclasses import dataclass
from pathlib import Path

from lms.management.demo_content import COURSE_SLUGS
from lms.management.demo_files import FOLDER, Record, read_json, require_known

SITE_ROLES = ("admin", "analyst", "instructor", "student")


@dataclass(frozen=True, slots=True)
class Learning:
    """How one person takes one course.

    `items` of the outline, None for as many as the archetype reaches; with `leave_open` the last
    of them is begun and not finished; `last_day` in days before now, None where it falls.
    """

    course: str
    archetype: str
    items: int | None = None
    leave_open: bool = False
    last_day: int | None = None


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One account and the courses it learns in."""

    email: str
    name: str
    time_zone: str
    site_role: str = "student"
    learns: tuple[Learning, ...] = ()


@dataclass(frozen=True, slots=True)
class Archetype:
    """A way of learning; pairs are (mean, spread) or (from, to).

    `ability` in logits for a question of medium difficulty, `minutes_factor` times a lesson's
    stated minutes, `reach` the share of the outline worked through, `start_week` and `weeks` in
    weeks since the course opened.
    """

    name: str
    about: str
    ability: tuple[float, float]
    minutes_factor: tuple[float, float]
    reach: tuple[float, float]
    start_week: tuple[float, float]
    weeks: tuple[float, float]
    night_owl: float


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence said by one person."""

    email: str
    text: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """A run of chat lines on one evening."""

    course: str
    days_ago: int
    hour: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Announcement:
    """A notice by somebody who teaches the course."""

    course: str
    author: str
    days_ago: int
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class DemoPeople:
    """Everyone in the demo."""

    accounts: tuple[DemoPerson, ...]
    learners: tuple[DemoPerson, ...]
    archetypes: dict[str, Archetype]

    @property
    def everyone(self) -> tuple[DemoPerson, ...]:
        """The demo logins first, then the invented learners."""
        return self.accounts + self.learners


@dataclass(frozen=True, slots=True)
class Conversations:
    """What is said in the demo, oldest first within each list."""

    chat: tuple[Conversation, ...]
    announcements: tuple[Announcement, ...]


def load_people(folder: Path = FOLDER) -> DemoPeople:
    """Read people.json. Raises DemoContentError when an address is doubled or not invented."""
    record = read_json(folder / "people.json")
    archetypes = {
        name: _read_archetype(name, Record(record.path, f"archetype {name}", values))
        for name, values in record.values.get("archetypes", {}).items()
    }
    people = DemoPeople(
        accounts=tuple(_read_account(item, archetypes) for item in record.records("accounts")),
        learners=tuple(_read_learner(item, archetypes) for item in record.records("learners")),
        archetypes=archetypes,
    )
    addresses = [person.email for person in people.everyone]
    for address in addresses:
        if addresses.count(address) > 1:
            raise record.wrong(f"{address} stands twice")
        # example.com is reserved (RFC 2606): nobody can be written to by mistake.
        if not address.endswith("@example.com"):
            raise record.wrong(f"{address} is not at example.com")
    return people


def _read_account(record: Record, archetypes: dict[str, Archetype]) -> DemoPerson:
    return DemoPerson(
        email=record.text("email"),
        name=record.text("name"),
        time_zone=record.text("time_zone"),
        site_role=require_known(record, "site_role", record.text("site_role"), SITE_ROLES),
        learns=tuple(_read_learning(item, archetypes) for item in record.records("learns")),
    )


def _read_learning(record: Record, archetypes: dict[str, Archetype]) -> Learning:
    return Learning(
        course=require_known(record, "course", record.text("course"), COURSE_SLUGS),
        archetype=require_known(record, "archetype", record.text("archetype"), tuple(archetypes)),
        items=record.whole("items", least=1),
        leave_open=record.flag("leave_open"),
        last_day=record.whole("last_day", least=1),
    )


def _read_learner(record: Record, archetypes: dict[str, Archetype]) -> DemoPerson:
    name = record.text("archetype")
    archetype = require_known(record, "archetype", name, tuple(archetypes))
    return DemoPerson(
        email=record.text("email"),
        name=record.text("name"),
        time_zone=record.text("time_zone"),
        learns=(Learning(course=COURSE_SLUGS[0], archetype=archetype),),
    )


def _read_archetype(name: str, record: Record) -> Archetype:
    return Archetype(
        name=name,
        about=record.text("about"),
        ability=record.pair("ability"),
        minutes_factor=record.pair("minutes_factor"),
        reach=record.pair("reach"),
        start_week=record.pair("start_week"),
        weeks=record.pair("weeks"),
        night_owl=record.number("night_owl"),
    )


def load_conversations(people: DemoPeople, folder: Path = FOLDER) -> Conversations:
    """Read conversations.json. Raises DemoContentError when a speaker is nobody in `people`."""
    record = read_json(folder / "conversations.json")
    known = tuple(person.email for person in people.everyone)
    return Conversations(
        chat=tuple(
            Conversation(
                course=item.text("course"),
                days_ago=item.whole("days_ago"),
                hour=item.whole("hour"),
                lines=_read_lines(item, "lines", known),
            )
            for item in record.records("chat")
        ),
        announcements=tuple(
            Announcement(
                course=item.text("course"),
                author=require_known(item, "author", item.text("author"), known),
                days_ago=item.whole("days_ago"),
                title=item.text("title"),
                body=item.text("body"),
            )
            for item in record.records("announcements")
        ),
    )


def _read_lines(record: Record, key: str, known: tuple[str, ...]) -> tuple[Line, ...]:
    pairs = record.values.get(key)
    if not isinstance(pairs, list) or not pairs:
        raise record.wrong(f"{key!r} must be a list of [address, text]")
    lines = []
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2 or not all(pair):
            raise record.wrong(f"{key!r} must be a list of [address, text]")
        lines.append(Line(require_known(record, key, pair[0], known), pair[1]))
    return tuple(lines)
