"""A teacher has a lesson written by a model and takes it in piece by piece, by keyboard alone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from lms.tests.e2e.conftest import Assisted
from lms.tests.e2e.screenshots import sign_in
from lms.tests.e2e.test_axe import problems

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
COURSE = "thinking-with-data"
SOURCE = (
    "A dry stone wall is a wall built without mortar.\n\n"
    "The two faces of a wall lean inwards.\n\nFrost moves shallow trenches."
)


@pytest.fixture
def page(browser: Browser, assisted: Assisted) -> Iterator[Page]:
    context = browser.new_context(base_url=assisted.stack.url)
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    sign_in(opened, "instructor@example.com")
    yield opened
    context.close()


def test_a_lesson_is_written_and_taken_in_as_a_reviewed_diff(page: Page) -> None:
    lesson = page.request.get(f"/api/v1/lessons/?course={_course(page)}").json()["results"][0]
    editor = f"/teach/{COURSE}/lessons/{lesson['id']}/"
    page.goto(f"/teach/{COURSE}/ai/content/")
    page.get_by_label("What to make").select_option("lesson")
    page.get_by_label("Into the lesson").select_option(lesson["id"])
    page.get_by_label("Or from a text").fill(SOURCE)
    page.get_by_role("button", name="Make it").press("Enter")
    expect(page.locator("article.piece")).to_have_count(3, timeout=60_000)
    assert problems(page) == []

    page.goto(editor)
    box = page.get_by_label(re.compile("Text, in Markdown|Introduction, in Markdown"))
    box.press("Control+End")
    box.press_sequentially("\n\nTyped by hand and not saved.")
    _decide(page, "Accept", "Part 1")
    box = page.get_by_label(re.compile("Text, in Markdown|Introduction, in Markdown"))
    expect(box).to_have_value(re.compile("Typed by hand and not saved."))
    expect(box).to_have_value(re.compile("Retold: A dry stone wall is a wall built without mortar"))
    assert problems(page) == []

    _decide(page, "Reject", "Part 2")
    expect(page.locator("#pieces > article.piece")).to_have_count(1)
    page.locator("#accepted-pieces > summary").press("Enter")
    _decide(page, "Take it back", "Part 1")
    box = page.get_by_label(re.compile("Text, in Markdown|Introduction, in Markdown"))
    expect(box).not_to_have_value(re.compile("Retold: A dry stone wall"))
    expect(box).to_have_value(re.compile("Typed by hand and not saved."))


def _decide(page: Page, verb: str, piece: str) -> None:
    """Press a button of a piece; the editor that comes back is whole, its place scrolled to.

    A key that is pressed before that is lost: going to the place takes the focus away.
    """
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name=re.compile(rf"^{verb}\s?: {piece}$")).press("Enter")


def _course(page: Page) -> str:
    found = page.request.get("/api/v1/courses/?page_size=50").json()["results"]
    return str(next(one["id"] for one in found if one["slug"] == COURSE))
