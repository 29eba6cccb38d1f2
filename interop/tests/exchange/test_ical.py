"""What is written is read again by a parser that is not ours."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from interop.enums import EntryKind
from interop.exchange.ical import calendar
from interop.scoring.entry import CourseName, Entry

START = datetime(2026, 3, 29, 1, 30, 15, 250_000, tzinfo=UTC)
COURSE = CourseName(id="c", slug="stones", title="Stones; cairns, and more")
ENTRY = Entry(
    uid="event-1@example.com",
    kind=EntryKind.EVENT,
    title="A walk",
    start=START,
    end=START + timedelta(hours=2),
    changed_at=START - timedelta(days=1),
    path="/me/calendar/1/",
    course=COURSE,
    place="At the gate, north",
    url="https://example.com/a?b=c",
    text="Bring water;\nand a map\\chart",
    sequence=3,
)
SITE = "https://cairn.example"


def written(*entries: Entry) -> bytes:
    return calendar(entries, name="Mine", site=SITE)


def read(*entries: Entry) -> list[Any]:
    return list(Calendar.from_ical(written(*entries)).walk("VEVENT"))


def test_every_field_comes_back() -> None:
    (event,) = read(ENTRY)
    assert str(event["uid"]) == ENTRY.uid
    assert str(event["summary"]) == "A walk (Stones; cairns, and more)"
    assert event.decoded("dtstart") == START.replace(microsecond=0)
    assert event.decoded("dtend") == START.replace(microsecond=0) + timedelta(hours=2)
    assert str(event["location"]) == ENTRY.place
    assert str(event["description"]) == f"{ENTRY.text}\n\n{ENTRY.url}"
    assert str(event["url"]) == f"{SITE}/me/calendar/1/"
    assert int(event["sequence"]) == 3
    assert event.decoded("last-modified") == ENTRY.changed_at.replace(microsecond=0)
    assert [str(one) for one in event["categories"].cats] == [COURSE.title]
    assert str(event["transp"]) == "OPAQUE"


def test_whole_days_are_dates_and_moments_have_no_end() -> None:
    day = datetime(2026, 5, 1, tzinfo=UTC)
    whole, moment = read(
        replace(ENTRY, all_day=True, start=day, end=day + timedelta(days=2)),
        replace(ENTRY, end=START),
    )
    assert whole.decoded("dtstart") == date(2026, 5, 1)
    assert whole.decoded("dtend") == date(2026, 5, 3)
    assert "dtend" not in moment
    assert str(moment["transp"]) == str(whole["transp"]) == "TRANSPARENT"


def test_times_are_in_utc() -> None:
    assert b"DTSTART:20260329T013015Z" in written(ENTRY)


def test_the_same_lines_are_the_same_octets() -> None:
    assert written(ENTRY, replace(ENTRY, uid="2")) == written(ENTRY, replace(ENTRY, uid="2"))


def test_an_empty_calendar_is_one() -> None:
    found = Calendar.from_ical(written())
    assert str(found["version"]) == "2.0"
    assert str(found["x-wr-calname"]) == "Mine"
    assert found.walk("VEVENT") == []


@given(
    st.text(
        st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\u2028\u2029\x85"),
        min_size=1,
        max_size=200,
    ).filter(lambda text: text.strip() == text)
)
def test_lines_are_folded_and_any_words_come_back(words: str) -> None:
    entry = replace(ENTRY, title=words, course=None)
    lines = written(entry).split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert not any(b"\n" in line for line in lines)
    for line in lines:
        line.decode()  # no letter is cut
    (event,) = read(entry)
    assert str(event["summary"]) == words


def test_words_cannot_write_lines_of_their_own() -> None:
    (event,) = read(replace(ENTRY, title="x\r\nEND:VEVENT\r\nATTACH:https://evil", course=None))
    assert "attach" not in event
