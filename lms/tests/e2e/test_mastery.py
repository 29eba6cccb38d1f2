"""A learner misses a practice, sees it on their map, and reviews it by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from lms.tests.e2e.conftest import SignedIn
from lms.tests.e2e.test_axe import in_every_mode

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
COURSE = "/c/thinking-with-data"


def test_a_missed_practice_shows_on_the_map_and_comes_back(signed_in: SignedIn) -> None:
    page = signed_in("student@example.com")
    page.goto(f"{COURSE}/mastery/")
    page.get_by_role("link", name=re.compile("Practise in Mixed practice")).first.click()
    page.get_by_role("button", name=re.compile("Start")).click()
    page.wait_for_url(re.compile(r"/attempt/\w+/$"))
    page.goto(f"{page.url}hand-in/")
    page.locator("main").get_by_role("button", name="Hand in").click()
    page.wait_for_url(re.compile(r"/review/$"))

    page.goto(f"{COURSE}/mastery/")
    page.get_by_role("link", name="Choose an average that fits").click()
    expect(page.locator("tbody tr").first).to_contain_text("%")
    page.go_back()
    page.get_by_role("link", name="Review what you missed").click()
    assert in_every_mode(page) == []

    left = page.locator(".page-head p")
    before = left.inner_text()
    ready = page.locator("[data-module='review-cards'][data-mounted]")
    expect(ready).to_be_attached()
    page.keyboard.press("Space")
    rating = page.locator("[data-review-rating='4']")
    expect(rating).to_be_visible()
    assert in_every_mode(page) == []
    expect(ready).to_be_attached()
    page.keyboard.press("4")
    expect(left).not_to_have_text(before)
    expect(ready).to_be_attached()
    page.keyboard.press("u")
    expect(page.get_by_text("The last rating is taken back.").first).to_be_visible()
    expect(left).to_have_text(before)
