"""What people do with pointer and keys on pages: move, delete and undo, search, go on by key."""

import pytest
from playwright.sync_api import Page

from lms.tests.e2e.conftest import SignedIn

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
COURSE = "thinking-with-data"


def _titles(page: Page) -> list[str]:
    return page.locator(".builder-items").first.locator("a.title").all_inner_texts()


def test_outline_moves_by_button_and_by_drag(signed_in: SignedIn) -> None:
    page = signed_in("instructor@example.com")
    page.goto(f"/teach/{COURSE}/")
    before = _titles(page)
    button = page.locator(".builder-items li button[id^=down-]").first
    pressed = button.get_attribute("id")
    button.click()
    moved = "first => document.querySelector('a.title').innerText !== first"
    page.wait_for_function(moved, arg=before[0])
    assert _titles(page)[:2] == before[1::-1]
    assert page.evaluate("document.activeElement.id") == pressed  # focus stays on the row
    page.reload()
    _drag(page, 0, 2)
    page.reload()
    assert _titles(page) == [before[0], before[2], before[1], *before[3:]]


def _drag(page: Page, first: int, last: int) -> None:
    """Pull a row below another, as slowly as a hand does."""
    page.wait_for_function("document.documentElement.dataset.ready")
    page.wait_for_load_state("networkidle")
    grips = page.locator(".builder-items").first.locator(".drag-lesson")
    source, target = grips.nth(first).bounding_box(), grips.nth(last).bounding_box()
    assert source is not None
    assert target is not None
    steps = 15
    with page.expect_response("**/order/") as answer:
        page.mouse.move(source["x"] + 8, source["y"] + 8)
        page.mouse.down()
        for step in range(1, steps + 1):
            way = (target["y"] - source["y"] + 14) * step / steps
            page.mouse.move(source["x"] + 8, source["y"] + 8 + way)
            page.wait_for_timeout(40)
        page.mouse.up()
    assert answer.value.status == 204


def test_delete_offers_undo(signed_in: SignedIn) -> None:
    page = signed_in("instructor@example.com")
    page.goto(f"/teach/{COURSE}/")
    before = _titles(page)
    page.locator(".builder-items li summary").first.click()
    page.get_by_role("button", name="Delete, with undo").click()
    page.get_by_role("button", name="Undo").click()
    page.wait_for_load_state()
    assert _titles(page) == before


def test_palette_opens_by_key_and_leaves_by_escape(signed_in: SignedIn) -> None:
    page = signed_in("student@example.com")
    page.wait_for_function("document.documentElement.dataset.ready")
    page.keyboard.press("Control+k")
    page.keyboard.type("cata")
    palette = page.locator("#palette")
    assert palette.is_visible()
    page.keyboard.press("Control+a")
    page.keyboard.type("thinking")
    found = palette.locator("[data-palette-found] a")
    found.wait_for()
    assert found.all_inner_texts() == ["Thinking with Data\nYour course"]
    page.keyboard.press("Control+a")
    page.keyboard.type("cata")
    page.keyboard.press("Escape")
    assert palette.is_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/courses/?search=cata")


def test_player_goes_by_key_unless_switched_off(signed_in: SignedIn) -> None:
    page = signed_in("student@example.com")
    page.goto(f"/c/{COURSE}/learn/")
    here = page.url
    page.wait_for_function("document.documentElement.dataset.ready")
    page.keyboard.press("f")
    assert page.locator("#contents").is_hidden()
    page.keyboard.press("f")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_label("Single-key shortcuts on").uncheck()
    page.get_by_role("button", name="Close", exact=True).click()
    page.keyboard.press("j")
    page.wait_for_timeout(300)
    assert page.url == here  # WCAG 2.1.4


def test_theme_of_a_person_is_kept(signed_in: SignedIn) -> None:
    page = signed_in("student2@example.com", color_scheme="light")
    page.wait_for_function("document.documentElement.dataset.ready")
    page.locator("details.avatar-menu summary").click()
    with page.expect_response("**/api/v1/me/") as answer:
        page.locator(".avatar-menu [data-theme-choice=dark]").click()
    assert answer.value.status == 200
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
