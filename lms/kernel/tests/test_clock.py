"""The clock: names of zones."""

from zoneinfo import ZoneInfo

import pytest

from lms.kernel.clock import zone_named


def test_a_zone_is_known_by_its_name() -> None:
    assert zone_named("Asia/Tokyo") == ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize("name", ["", "Nowhere/Else", "../etc/passwd", "\x00"])
def test_a_name_of_no_zone_is_utc(name: str) -> None:
    assert zone_named(name) == ZoneInfo("UTC")
