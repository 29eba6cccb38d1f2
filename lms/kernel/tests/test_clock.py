"""The clock: names of zones."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from lms.kernel.clock import travel, zone_named, zone_words


def test_a_zone_is_known_by_its_name() -> None:
    assert zone_named("Asia/Tokyo") == ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize("name", ["", "Nowhere/Else", "../etc/passwd", "\x00"])
def test_a_name_of_no_zone_is_utc(name: str) -> None:
    assert zone_named(name) == ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("name", "winter", "summer"),
    [
        ("America/New_York", "New York (GMT-5)", "New York (GMT-4)"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires (GMT-3)", "Buenos Aires (GMT-3)"),
        ("Asia/Kathmandu", "Kathmandu (GMT+5:45)", "Kathmandu (GMT+5:45)"),
        ("America/St_Johns", "St Johns (GMT-3:30)", "St Johns (GMT-2:30)"),
        ("Europe/Lisbon", "Lisbon (GMT)", "Lisbon (GMT+1)"),
        ("Etc/GMT+5", "GMT-5", "GMT-5"),
        ("UTC", "UTC", "UTC"),
    ],
)
def test_a_zone_is_told_by_its_place_and_offset(name: str, winter: str, summer: str) -> None:
    for moment, words in (
        (datetime(2026, 1, 15, tzinfo=UTC), winter),
        (datetime(2026, 7, 15, tzinfo=UTC), summer),
    ):
        with travel(moment):
            assert [zone_words(name), zone_words(ZoneInfo(name))] == [words, words]
