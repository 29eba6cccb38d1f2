"""A learner plans something, finds what is due, and a calendar program reads the same."""

import re
import urllib.error
import urllib.request
from typing import Any

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from lms.tests.e2e.conftest import SignedIn
from lms.tests.e2e.stack import Stack
from lms.tests.e2e.test_axe import in_every_mode

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def events(address: str) -> dict[str, Any]:
    """What stands behind an address, by its title, as a program without a session reads it."""
    with urllib.request.urlopen(address, timeout=15) as answer:
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer.headers["Set-Cookie"] is None
        found = Calendar.from_ical(answer.read())
    return {str(one["summary"]): one for one in found.walk("VEVENT")}


def test_what_is_planned_is_in_the_month_and_in_the_feed(signed_in: SignedIn, stack: Stack) -> None:
    page = signed_in("student@example.com")
    page.get_by_role("link", name="Calendar", exact=True).first.click()
    expect(page.locator(".calendar[data-mounted]")).to_be_attached()
    expect(page.get_by_text("Office hour").first).to_be_visible()
    assert in_every_mode(page) == []

    page.goto("/me/calendar/")
    page.get_by_role("link", name="Plan something", exact=True).click()
    page.fill("[name=title]", "Tea; biscuits, and Ünïcode")
    page.get_by_role("button", name="Plan it").click()
    page.wait_for_url("**/me/calendar/")

    month = page.locator("#calendar-month")
    before = month.inner_text()
    expect(page.locator(".calendar[data-mounted]")).to_be_attached()
    page.keyboard.press("PageDown")
    expect(month).not_to_have_text(before)
    expect(page.locator(".calendar[data-mounted]")).to_be_attached()
    page.keyboard.press("t")
    expect(month).to_have_text(before)

    page.goto("/me/calendar/addresses/")
    page.get_by_role("button", name="Make the address").click()
    address = page.locator("#feed-address").input_value()
    assert re.search(r"/calendars/[\w-]{40,}\.ics$", address)
    own = f"{stack.url}/{address.split('/', 3)[3]}"
    found = events(own)
    assert "Tea; biscuits, and Ünïcode" in found
    assert any(title.startswith("Office hour") for title in found)
    assert any(title.startswith("Due:") for title in found)
    assert in_every_mode(page) == []

    page.goto("/me/calendar/addresses/")
    page.get_by_role("button", name="End the address of all your courses").click()
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_text("No address yet")).to_be_visible()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        events(own)


def test_a_month_is_a_list_on_a_phone(signed_in: SignedIn) -> None:
    page = signed_in("student@example.com", width=390)
    page.goto("/me/calendar/")
    expect(page.get_by_role("heading", level=3).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    hidden = page.locator(".calendar-day.idle:not(.today)").first
    expect(hidden).to_be_hidden()
