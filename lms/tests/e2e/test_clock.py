"""A browser whose clock is two hours wrong: the same countdown, the same answers, the same end."""

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lms.tests.e2e.api import Api
from lms.tests.e2e.conftest import SignedIn
from lms.tests.e2e.stack import Stack
from lms.tests.e2e.test_faults import COURSE, fresh_quiz

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
LIMIT = 1200
SHIFT = """
const shift = %d, Real = Date;
globalThis.Date = class extends Real {
  constructor(...given) { given.length ? super(...given) : super(Real.now() + shift); }
  static now() { return Real.now() + shift; }
};
"""


@pytest.fixture(scope="module")
def quiz(stack: Stack) -> dict[str, Any]:
    """A quiz of twenty minutes."""
    teacher = Api(stack, "instructor@example.com")
    found = fresh_quiz(teacher)
    limited = teacher.patiently(
        "PATCH", f"/quizzes/{found['id']}/", {"time_limit_seconds": LIMIT, "show_review": True}
    )
    assert limited.status_code == 200, limited.text
    return found


def seconds_shown(page: Page) -> int:
    """What the countdown shows."""
    shown = page.locator("[role=timer] [data-time]")
    expect(shown).to_have_text(re.compile(r"\d+:\d\d"))
    minutes, seconds = shown.inner_text().split(":")[-2:]
    return int(minutes) * 60 + int(seconds)


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_wrong_clock_changes_nothing(
    signed_in: SignedIn, quiz: dict[str, Any], stack: Stack, hours: int
) -> None:
    page = signed_in("student@example.com")
    page.context.add_init_script(SHIFT % (hours * 3_600_000))
    page.goto(f"/c/{COURSE}/learn/{quiz['lesson']}/")
    began = time.time()
    assert abs(page.evaluate("Date.now()") / 1000 - began - hours * 3600) < 60
    page.get_by_role("button", name=re.compile("Start")).click()
    page.wait_for_url(re.compile(r"/attempt/\w+/$"))
    assert LIMIT - (time.time() - began) - 3 <= seconds_shown(page) <= LIMIT
    page.locator("input[type=radio][data-answer]").first.check()
    expect(page.locator("#quiz-state")).to_contain_text("All answers saved")
    page.reload()
    expect(page.locator("input[type=radio][data-answer]").first).to_be_checked()
    assert LIMIT - (time.time() - began) - 3 <= seconds_shown(page) <= LIMIT
    attempt = page.url.rstrip("/").rsplit("/", 1)[-1]
    learner = Api(stack, "student@example.com")
    stored = learner.get(f"/attempts/{attempt}/")
    assert [one["answer"] for one in stored["questions"] if one["answer"] is not None] == [True]
    assert learner.patiently("POST", f"/attempts/{attempt}/submit/").status_code == 200


@pytest.mark.parametrize("hours", [-2, 2])
def test_after_the_end_a_wrong_clock_saves_nothing(
    signed_in: SignedIn, stack: Stack, quiz: dict[str, Any], hours: int
) -> None:
    teacher = Api(stack, "instructor@example.com")
    shorter = {"time_limit_seconds": 10}
    assert teacher.patiently("PATCH", f"/quizzes/{quiz['id']}/", shorter).status_code == 200
    page = signed_in("student2@example.com")
    page.context.add_init_script(SHIFT % (hours * 3_600_000))
    page.goto(f"/c/{COURSE}/learn/{quiz['lesson']}/")
    page.get_by_role("button", name=re.compile("Start")).click()
    page.wait_for_url(re.compile(r"/attempt/\w+/$"))
    attempt = page.url.rstrip("/").rsplit("/", 1)[-1]
    page.wait_for_url(re.compile(r"/review/$"), timeout=60_000)
    learner = Api(stack, "student2@example.com")
    stored = learner.get(f"/attempts/{attempt}/")
    assert stored["closed_by_clock"] is True
    path = f"/attempts/{attempt}/answers/{stored['questions'][0]['id']}/"
    refused = learner.patiently("PUT", path, {"answer": True, "seq": 99})
    assert (refused.status_code, refused.json()["code"]) == (409, "deadline_passed")
    again = {"time_limit_seconds": LIMIT}
    assert teacher.patiently("PATCH", f"/quizzes/{quiz['id']}/", again).status_code == 200
