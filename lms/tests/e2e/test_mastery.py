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


def test_a_card_of_ones_own_is_made_and_comes_in_the_review(signed_in: SignedIn) -> None:
    page = signed_in("student2@example.com")
    page.goto("/me/review/")
    page.get_by_role("link", name="Your cards").click()
    assert in_every_mode(page) == []
    page.get_by_role("link", name="New card").click()
    page.get_by_label("Front").fill("What does **a swift** sleep in?")
    page.get_by_label("Back").fill("The air.")
    assert in_every_mode(page) == []
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("The card is in your queue.").first).to_be_visible()

    page.get_by_role("link", name="Paste cards").click()
    page.get_by_label("Cards").fill("First of all ; 1\nnothing behind")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("1 line makes no card")).to_be_visible()
    assert in_every_mode(page) == []

    page.goto("/me/review/")
    ready = page.locator("[data-module='review-cards'][data-mounted]")
    mine = page.locator(".flashcard-side", has_text="a swift")
    for _turn in range(20):
        expect(ready).to_be_attached()
        if mine.count():
            break
        page.keyboard.press("Space")
        expect(page.locator("[data-review-rating='4']")).to_be_visible()
        expect(ready).to_be_attached()
        page.keyboard.press("4")
        expect(page.locator("[data-review-rating='4']")).to_be_hidden()
    expect(page.get_by_text("The air.")).to_have_count(0)
    page.keyboard.press("Space")
    expect(page.get_by_text("The air.")).to_be_visible()
    assert in_every_mode(page) == []
    expect(ready).to_be_attached()
    page.keyboard.press("3")
    expect(mine).to_have_count(0)
    expect(ready).to_be_attached()
    page.keyboard.press("u")
    expect(page.get_by_text("The last rating is taken back.").first).to_be_visible()
    page.goto("/me/cards/?show=mine")
    page.get_by_role("button", name="Suspend").first.click()
    expect(page.get_by_text("The card is suspended", exact=False).first).to_be_visible()
