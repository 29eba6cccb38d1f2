"""Two browsers at one attempt, and checks over a line that breaks: nothing is lost or doubled."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from lms.tests.e2e.api import Api
from lms.tests.e2e.conftest import SignedIn
from lms.tests.e2e.stack import Stack
from lms.tests.e2e.test_faults import COURSE, fresh_quiz

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
SAVED = "All answers saved"


def begun(page: Page, quiz: dict[str, Any]) -> None:
    """A new attempt at a quiz."""
    page.goto(f"/c/{COURSE}/learn/{quiz['lesson']}/")
    page.get_by_role("button", name=re.compile("Start")).click()
    page.wait_for_url(re.compile(r"/attempt/\w+/$"))


def choices(page: Page) -> Any:
    """The two choices of the first question."""
    return page.locator("#q1 input[type=radio][data-answer]")


def elsewhere(page: Page) -> Any:
    """What the first question says of an answer elsewhere."""
    return page.locator("#q1 [data-elsewhere-box]")


def test_the_slower_of_two_devices_is_asked_which_answer_stays(
    signed_in: SignedIn, stack: Stack
) -> None:
    quiz = fresh_quiz(Api(stack, "instructor@example.com"))
    desk, phone = signed_in("student@example.com"), signed_in("student@example.com", width=390)
    begun(desk, quiz)
    phone.goto(desk.url)
    choices(desk).nth(0).check()
    expect(desk.locator("#quiz-state")).to_contain_text(SAVED)
    choices(phone).nth(1).check()
    expect(elsewhere(phone)).to_contain_text(re.compile(r"Answered elsewhere \d.*: True"))
    elsewhere(phone).get_by_role("button", name=re.compile("Take that answer")).click()
    expect(choices(phone).nth(0)).to_be_checked()
    expect(elsewhere(phone)).to_be_hidden()
    choices(phone).nth(1).check()
    expect(phone.locator("#quiz-state")).to_contain_text(SAVED)
    desk.evaluate("window.dispatchEvent(new Event('focus'))")  # the desk's tab is looked at again
    expect(elsewhere(desk)).to_contain_text("False")
    elsewhere(desk).get_by_role("button", name=re.compile("Keep my answer")).click()
    expect(desk.locator("#quiz-state")).to_contain_text(SAVED)
    phone.reload()
    expect(choices(phone).nth(0)).to_be_checked()


def test_a_check_whose_answer_is_lost_is_sent_again_and_counts_once(
    signed_in: SignedIn, stack: Stack
) -> None:
    teacher = Api(stack, "instructor@example.com")
    quiz = fresh_quiz(teacher)
    fields = {"behaviour": "interactive", "review": {"preset": "practice"}}
    changed = teacher.patiently("PATCH", f"/quizzes/{quiz['id']}/", fields)
    assert changed.status_code == 200, changed.text
    page = signed_in("student@example.com", width=390)
    begun(page, quiz)
    lost: list[str] = []

    def lose_the_answer(route: Route) -> None:
        """The server hears it, the browser does not hear the server."""
        route.fetch()
        lost.append(route.request.url)
        route.abort()

    page.route("**/checks/**", lose_the_answer, times=1)
    choices(page).nth(1).check()
    page.locator("#q1 [data-check]").click()
    found = page.locator("#q1 [data-checked]")
    expect(found).to_contain_text("Not correct")
    expect(found).to_contain_text("2 tries left")
    assert len(lost) == 1
    attempt = page.url.rstrip("/").rpartition("/")[2]
    steps = teacher.get(f"/attempts/{attempt}/steps/?page_size=200")["results"]
    assert [step["kind"] for step in steps].count("checked") == 1
    choices(page).nth(0).check()
    page.locator("#q1 [data-check]").click()
    expect(found).to_contain_text("Correct")
    expect(found).to_contain_text("0.67 of 1 points so far")
    expect(choices(page).nth(0)).to_be_disabled()
    page.reload()
    expect(choices(page).nth(0)).to_be_disabled()
    expect(found).to_contain_text("This answer stands.")
