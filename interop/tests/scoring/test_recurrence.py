from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from interop.enums import MOST_WEEKS
from interop.scoring.month import Month, month_of
from interop.scoring.recurrence import meetings

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


def test_once_is_once() -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    (only,) = meetings(start, start + HOUR, BERLIN, None)
    assert (only.number, only.start, only.end) == (0, start, start + HOUR)


def test_every_week_keeps_its_hour_when_clocks_are_set() -> None:
    start = datetime(2026, 3, 23, 10, tzinfo=BERLIN)  # a Monday; summer time begins on the 29th
    found = list(meetings(start, start + HOUR, BERLIN, date(2026, 4, 6)))
    assert [one.start.astimezone(BERLIN).hour for one in found] == [10, 10, 10]
    assert [one.start.astimezone(UTC).hour for one in found] == [9, 8, 8]
    assert all(one.end - one.start == HOUR for one in found)


def test_the_last_day_is_included_and_two_years_are_the_most() -> None:
    start = datetime(2026, 1, 5, 9, tzinfo=UTC)
    utc = ZoneInfo("UTC")
    assert len(list(meetings(start, start, utc, date(2026, 1, 12)))) == 2
    assert len(list(meetings(start, start, utc, date(2026, 1, 11)))) == 1
    assert len(list(meetings(start, start, utc, date(2090, 1, 1)))) == MOST_WEEKS + 1


def test_weeks_long_over_are_left_out_and_keep_their_numbers() -> None:
    start, until = datetime(2026, 3, 23, 10, tzinfo=BERLIN), date(2026, 12, 31)
    every = list(meetings(start, start + HOUR, BERLIN, until))
    for day in range(0, 400, 3):
        since = start + timedelta(days=day)
        found = list(meetings(start, start + HOUR, BERLIN, until, since))
        assert found == every[len(every) - len(found) :]
        assert [one for one in every if one.end >= since] == [
            one for one in found if one.end >= since
        ]
        assert len([one for one in found if one.end < since]) <= 2


def test_a_month_is_whole_weeks_from_either_day() -> None:
    month = Month(2026, 11)
    monday, sunday = month.weeks(0), month.weeks(6)
    assert (monday[0][0], monday[-1][-1]) == (date(2026, 10, 26), date(2026, 12, 6))
    assert (sunday[0][0], sunday[-1][-1]) == (date(2026, 11, 1), date(2026, 12, 5))
    assert {len(week) for week in monday + sunday} == {7}


def test_months_turn_the_year_and_end_somewhere() -> None:
    assert Month(2026, 12).shifted(1) == Month(2027, 1)
    assert Month(2026, 1).shifted(-1) == Month(2025, 12)
    assert Month(2100, 12).shifted(1) is None
    assert Month(1970, 1).shifted(-1) is None


def test_an_address_names_a_month_or_means_today() -> None:
    today = date(2026, 11, 28)
    assert month_of("2024-02", today).last == date(2024, 2, 29)
    odd = ("", "2024", "2024-13", "0001-01", "9999-12", "20x4-02", "\uff12024-02", "2024-02-01")
    for text in odd:
        assert month_of(text, today) == Month(2026, 11), text
