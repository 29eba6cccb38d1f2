"""Answers survive what happens to browsers: no network, a reload, a second tab, no scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from lms.tests.e2e.conftest import SignedIn
from lms.tests.world import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
SAVED = "All answers saved"


def open_quiz(page: Page) -> None:
    """An attempt at the first quiz that still can be taken."""
    quizzes = page.request.get("/api/v1/quizzes/?page_size=200").json()["results"]
    courses = page.request.get("/api/v1/courses/?page_size=200").json()["results"]
    slugs = {course["id"]: course["slug"] for course in courses}
    for quiz in quizzes:
        page.goto(f"/c/{slugs[quiz['course']]}/learn/{quiz['lesson']}/")
        button = page.get_by_role("button", name=re.compile("Start"))
        if button.count():
            button.click()
            page.wait_for_url(re.compile(r"/attempt/\w+/$"))
            return
    pytest.fail("the demo has no quiz that this student can take")


def stored(page: Page) -> int:
    return int(
        page.evaluate(
            "Object.keys(localStorage).filter((k) => k.startsWith('cairn-attempt')).length"
        )
    )


def test_answers_survive_a_lost_connection_and_a_reload(signed_in: SignedIn) -> None:
    page = signed_in("student@example.com", width=390)
    open_quiz(page)
    state, choices = page.locator("#quiz-state"), page.locator("input[type=radio][data-answer]")
    choices.first.check()
    expect(state).to_contain_text(SAVED)
    page.context.set_offline(True)
    choices.nth(1).check()
    expect(state).to_contain_text("Offline, kept on this device")
    assert stored(page) == 1
    page.context.set_offline(False)
    expect(state).to_contain_text(SAVED)
    assert stored(page) == 0
    page.route("**/answers/**", lambda route: route.abort())
    choices.first.check()
    expect(state).not_to_contain_text(SAVED)
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute("**/answers/**")
    page.reload()
    expect(choices.first).to_be_checked()
    expect(state).to_contain_text(SAVED)
    page.reload()
    expect(choices.first).to_be_checked()
    assert stored(page) == 0


def test_a_quiz_without_scripts(signed_in: SignedIn) -> None:
    page = signed_in("", java_script_enabled=False)
    page.goto("/accounts/login/")
    page.fill("input[name=login]", "student2@example.com")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    open_quiz(page)
    page.locator("input[type=radio]").first.check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("input[type=radio]").first).to_be_checked()
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator("main")).to_contain_text("You cannot change them afterwards.")
    page.locator("main").get_by_role("button", name="Hand in").click()
    page.wait_for_url(re.compile(r"/review/$"))
