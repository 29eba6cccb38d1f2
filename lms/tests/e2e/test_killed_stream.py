"""The web process killed while the tutor speaks: the page says so, the spend is counted once."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from ai.tests.fake_model import FakeModel, serving
from conftest import LEG
from lms.tests.e2e.stack import database, free_port
from lms.tests.faults.site import HELD, SPENT, USED, Site, kill, until
from lms.tests.world import PASSWORD

pytestmark = [pytest.mark.services, pytest.mark.slow]
SEED = """
from accounts.tests.factories import UserFactory
from ai.services.consent import give_consent
from ai.services.indexing import index_course
from courses.tests.factories import SYSTEM, CourseFactory, EnrolmentFactory, LessonFactory
from lms.kernel.actors import for_user
course = CourseFactory(slug="rocks", title="Rocks")
LessonFactory(course=course, title="Chalk", text=(
    "Chalk is a soft white rock made of the shells of tiny sea animals. "
    "Chalk forms slowly on the floor of warm seas."))
index_course(actor=SYSTEM, course=course)
person = UserFactory(email="learner@example.com", password="%s")
EnrolmentFactory(course=course, user=person)
give_consent(actor=for_user(person), of_age=True)
"""
ASKED = "What is chalk, the soft white rock, made of?"
FIRST = "Chalk is a soft white rock made of the shells of tiny sea animals."
SECOND = "Chalk forms slowly on the floor of warm seas."
KEPT = "select count(*) from ai_exchange"
CALLS = "select outcome, tokens_in, tokens_out, exact from ai_aicall order by id"


@pytest.fixture
def speaker() -> Iterator[FakeModel]:
    """A model that says two sentences, a word each quarter of a second."""
    model = FakeModel(pause=0.25)
    model.replies = [
        {
            "answerable": True,
            "sentences": [{"text": FIRST, "sources": [1]}, {"text": SECOND, "sources": [1]}],
        }
    ]
    with serving(model) as url:
        model.url = url
        yield model


@pytest.fixture
def site(tmp_path: Path, speaker: FakeModel) -> Iterator[Site]:
    with database(services=LEG == "services", redis_url="") as stores:
        made = Site(tmp_path, speaker.url, stores)
        made.manage("migrate", "-v0")
        made.manage("shell", "-v0", "-c", SEED % PASSWORD)
        yield made


def ask(page: Page) -> Any:
    page.get_by_label("Your question").fill(ASKED)
    page.get_by_role("button", name="Ask", exact=True).click()
    return page.locator(".tutor-log .msg:not(.me)").last


def test_a_stream_whose_server_dies_says_so_and_is_charged_once(
    browser: Browser, site: Site, speaker: FakeModel
) -> None:
    port = free_port()
    context = browser.new_context(base_url=f"http://127.0.0.1:{port}")
    page = context.new_page()
    with site.web(port) as web:
        page.goto("/accounts/login/")
        page.fill("input[name=login]", "learner@example.com")
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url("**/me/**")
        page.goto("/c/rocks/tutor/")
        answer = ask(page)
        expect(answer).to_contain_text(FIRST, timeout=20_000)
        # What was noted last is at most a second old; let one more note come.
        until(lambda: site.figure("select seen_out from ai_reservation") > 0, 10)
        kill(web)
        said = speaker.tokens_out
        # In sight and in the live region, beside what came: nobody takes half for the whole.
        expect(answer).to_contain_text("The connection broke off")
        expect(page.get_by_role("status").filter(has_text="broke off")).to_have_count(1)
        expect(answer).to_have_class(re.compile("is-failed"))
        expect(page.get_by_label("Your question")).to_have_value(ASKED)
    assert (site.figure(KEPT), site.figure(HELD)) == (0, 1)
    assert [site.sweep(), site.sweep()] == [1, 0]
    ((outcome, tokens_in, tokens_out, exact),) = site.ask(CALLS)
    assert (outcome, bool(exact)) == ("lost", False)
    assert int(str(tokens_in)) > 0
    # Never more than was said, and at most what a second brings less.
    assert said - 8 <= int(str(tokens_out)) <= said
    speaker.pause = 0
    with site.web(port):
        page.get_by_role("button", name="Ask", exact=True).click()
        answer = page.locator(".tutor-log .msg:not(.me)").last
        expect(answer).to_contain_text(SECOND, timeout=20_000)
        until(lambda: site.figure(KEPT) == 1, 10)
        page.reload()
        expect(page.locator(".tutor-log .msg:not(.me)")).to_have_count(1)
    context.close()
    assert [str(row[0]) for row in site.ask(CALLS)] == ["lost", "answered"]
    assert site.figure(HELD) == 0
    assert site.figure(SPENT) == site.figure(USED)
