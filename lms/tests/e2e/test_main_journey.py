"""The whole main job in browsers, on the product as `make run` starts it.

An instructor writes a lesson from pasted text, has questions generated from it, reviews them,
publishes a quiz and invites a student, who joins, reads, takes the quiz and talks in the room
while the instructor is there too; then the instructor sees results and analytics.
"""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from lms.tests.e2e.conftest import SignedIn
from lms.tests.e2e.stack import Stack

pytestmark = [
    pytest.mark.browser,
    pytest.mark.services,
    pytest.mark.slow,
]

TEXT = """
# The dry stone wall

A dry stone wall is built without mortar. The wall stands because each stone is held by the weight
of the stones above it. The two faces of the wall lean towards each other, and this lean is called
the batter.

## How it is laid

The first course of large stones is called the footing. The footing is laid in a trench about
30 centimetres deep. The space between the two faces is filled with small stones, which are called
the hearting. Every metre a long stone named the through stone ties the two faces together.

The last row of stones is called the coping. The coping presses the wall together and throws off the
rain. A good waller lays about 4 metres of wall in one day. In Yorkshire more than 8,000 kilometres
of dry stone walls still stand.
"""
TITLE = "Walls without mortar"


def test_the_main_job_from_pasted_text_to_analytics(
    signed_in: SignedIn, stack: Stack, tmp_path: Path
) -> None:
    teacher = signed_in("instructor@example.com")
    slug = create_course(teacher)
    write_lesson(teacher)
    generate_and_review(teacher, slug)
    build_quiz(teacher, slug)
    publish_and_invite(teacher, slug)
    student = signed_in("student2@example.com", width=390)
    accept_invitation(student, stack, slug)
    read_and_take_quiz(student, slug)
    talk(teacher, student, slug)
    see_results(teacher, slug)
    see_analytics(teacher, slug)


def create_course(page: Page) -> str:
    page.goto("/teach/new/")
    page.fill("input[name=title]", TITLE)
    page.fill("[name=summary]", "How a wall stands by its own weight.")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile(r"/teach/[\w-]+/$"))
    slug = page.url.rstrip("/").rpartition("/")[2]
    page.fill("#new-section", "Stone on stone")
    page.get_by_role("button", name="Add section").click()
    expect(page.get_by_role("heading", name="Stone on stone")).to_be_visible()
    return slug


def add_lesson(page: Page, title: str, kind: str) -> None:
    page.locator("summary", has_text="Add a lesson").click()
    form = page.locator("form.add-lesson")
    form.locator("input[name=title]").fill(title)
    form.locator("select[name=kind]").select_option(kind)
    form.get_by_role("button", name="Add and write").click()
    page.wait_for_url(re.compile(r"/lessons/\w+/$"))


def write_lesson(page: Page) -> None:
    add_lesson(page, "The dry stone wall", "text")
    page.fill("textarea[name=markdown]", TEXT)
    page.get_by_role("button", name="Save and publish").click()
    expect(page.locator("main")).to_contain_text("publish", ignore_case=True)


def frames_of(page: Page) -> list[str]:
    """Frames that tell of a job, as the page's sockets hear them."""
    heard: list[str] = []

    def keep(payload: str | bytes) -> None:
        text = payload if isinstance(payload, str) else payload.decode()
        if json.loads(text).get("type") == "job":
            heard.append(text)

    page.on("websocket", lambda socket: socket.on("framereceived", keep))
    return heard


def generate_and_review(page: Page, slug: str) -> None:
    """The job ends by a push: after its first look the page may ask again only once told to."""
    told, looks = frames_of(page), 0

    def until_told(route: Route) -> None:
        nonlocal looks
        looks += 1
        if looks == 1 or told:
            route.continue_()
        else:
            route.abort()

    page.route("**/api/v1/jobs/*/", until_told)
    page.goto(f"/teach/{slug}/ai/")
    expect(page.locator("main")).to_contain_text("No model is connected")
    page.select_option("select[name=lesson]", label="The dry stone wall")
    page.select_option("select[name=kind]", "single_choice")
    page.fill("input[name=count]", "4")
    page.get_by_role("button", name="Generate", exact=True).click()
    page.wait_for_url(re.compile(r"/ai/drafts/"), timeout=90_000)
    page.unroute("**/api/v1/jobs/*/")
    assert told, "the page learned of the end without a push"
    cards = page.locator("[data-draft]")
    expect(cards.first).to_be_visible()
    count = cards.count()
    assert 1 <= count <= 4
    for _ in range(count):
        card = page.locator("[data-draft]").filter(has=page.locator("button[value=accept]")).first
        expect(card.locator("mark").first).to_be_visible()
        name = card.get_attribute("id")
        card.locator("button[value=accept]").click()
        expect(page.locator(f"#{name} .badge.ok")).to_be_visible()


def build_quiz(page: Page, slug: str) -> None:
    page.goto(f"/teach/{slug}/")
    add_lesson(page, "Check yourself", "quiz")
    page.get_by_role("link", name="Build the quiz").click()
    for box in page.locator("input[name=question]").all():
        box.check()
    page.get_by_role("button", name="Add the chosen ones").click()
    page.get_by_role("button", name="Open to learners").click()
    expect(page.locator("main .badge.ok").first).to_be_visible()


def publish_and_invite(page: Page, slug: str) -> None:
    page.goto(f"/teach/{slug}/")
    page.get_by_role("button", name="Publish the course").click()
    page.locator("#confirm-dialog [data-confirm-yes]").click()
    expect(page.locator(".badge.ok", has_text="Published").first).to_be_visible()
    page.goto(f"/teach/{slug}/people/")
    page.get_by_role("link", name="Invite people").click()
    page.fill("[name=emails]", "student2@example.com")
    page.locator("dialog[open] button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("student2@example.com")


def accept_invitation(page: Page, stack: Stack, slug: str) -> None:
    """The link from the mail that landed in the trial's folder."""
    mail = page.get_by_role("link").filter(has_text=TITLE).first
    for _ in range(60):
        page.goto("/trial/mail/")
        if mail.count():
            break
        page.wait_for_timeout(500)
    mail.click()
    page.locator("article a[href*='/invitations/']").first.click()
    page.get_by_role("button", name="Accept and join").click()
    page.wait_for_url(re.compile(f"/c/{slug}/"))


def read_and_take_quiz(page: Page, slug: str) -> None:
    page.goto(f"/c/{slug}/learn/")
    expect(page.get_by_role("heading", name="The dry stone wall").first).to_be_visible()
    expect(page.locator(".prose")).to_contain_text("without mortar")
    page.get_by_role("button", name="Mark done and continue").click()
    page.get_by_role("button", name="Start the quiz").click()
    page.wait_for_url(re.compile(r"/attempt/\w+/$"))
    questions = page.locator("fieldset:has(input[type=radio])")
    assert questions.count() >= 1
    for fieldset in questions.all():
        fieldset.locator("label").first.click()
    expect(page.locator("#quiz-state")).to_contain_text("All answers saved")
    page.locator("[data-hand-in]").click()
    page.locator("dialog#hand-in[open] button[type=submit]").click()
    page.wait_for_url(re.compile(r"/review/$"))
    expect(page.locator("main")).to_contain_text("%")


def talk(teacher: Page, student: Page, slug: str) -> None:
    for page in (teacher, student):
        page.goto(f"/c/{slug}/chat/")
        expect(page.locator("[data-chat-state]")).to_have_attribute("data-state", "live")
    student.fill("#chat-body", "Which stones go into the **hearting**?")
    student.keyboard.press("Enter")
    expect(teacher.get_by_role("log")).to_contain_text("Which stones go into the hearting?")
    teacher.fill("#chat-body", "The small ones, packed tight.")
    teacher.keyboard.press("Enter")
    expect(student.get_by_role("log")).to_contain_text("The small ones, packed tight.")


def see_results(page: Page, slug: str) -> None:
    page.goto(f"/teach/{slug}/results/")
    page.get_by_role("link", name="Check yourself").first.click()
    expect(page.locator("main table")).to_contain_text("%")
    expect(page.locator("main table tbody tr")).to_have_count(1)


def see_analytics(page: Page, slug: str) -> None:
    """Figures are folded by a scheduled job, so they are waited for."""
    main = page.locator("main")
    for _ in range(60):
        page.goto(f"/teach/{slug}/analytics/")
        if "have not been counted yet" not in main.inner_text():
            break
        page.wait_for_timeout(2000)
    expect(page.get_by_role("heading", name="Analytics")).to_be_visible()
    expect(main).to_contain_text("Mean completion")
    expect(main).to_contain_text("100%")
    expect(main).to_contain_text("Check yourself")
    page.get_by_role("button", name="Refresh").click()
    expect(main).to_contain_text("need at least 3 learners; there are 1", timeout=60_000)
