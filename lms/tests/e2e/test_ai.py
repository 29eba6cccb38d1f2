"""AI in a browser: a learner asks the tutor, a teacher reviews drafts, an admin caps the spend."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from ai.tests.assistant import QUESTIONS, TEXT
from lms.tests.e2e.api import Api
from lms.tests.e2e.conftest import Assisted
from lms.tests.e2e.screenshots import sign_in
from lms.tests.e2e.test_axe import in_every_mode, problems
from lms.tests.e2e.test_faults import fresh_quiz

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
COURSE = "thinking-with-data"
TUTOR = f"/c/{COURSE}/tutor/"
ASKED = "What does the standard deviation measure, the distance from the mean?"
# Counts how often the place that screen readers listen to was given words.
LISTEN = """() => {
    window.heard = [];
    const place = document.querySelector("[data-tutor-said]");
    new MutationObserver(() => { if (place.textContent) window.heard.push(place.textContent); })
        .observe(place, { childList: true, characterData: true, subtree: true });
}"""
MOUNTED = "[data-module~='tutor'][data-mounted]"
Visit = Callable[[str], Page]


@pytest.fixture
def visit(browser: Browser, assisted: Assisted) -> Iterator[Visit]:
    """`visit("student@example.com")`: a signed-in page of a browser of their own."""
    opened: list[BrowserContext] = []

    def come(email: str) -> Page:
        size = {"width": 1440, "height": 900}
        context = browser.new_context(base_url=assisted.stack.url, viewport=size)  # type: ignore[arg-type]
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        sign_in(page, email)
        return page

    yield come
    assisted.model.pause = 0.0
    for context in opened:
        context.close()


def ask(page: Page, words: str) -> Locator:
    """Type a question and send it by Enter; the answer's box.

    Before its script is there the page would take Enter for a new line.
    """
    page.wait_for_selector(MOUNTED, state="attached")
    page.get_by_label("Your question").fill(words)
    page.get_by_label("Your question").press("Enter")
    return page.locator("[data-tutor-log] > div.msg").last


def text_of(answer: Locator) -> Locator:
    return answer.locator("[data-text]")


def at_top(page: Page, look: Callable[[Page], list[str]] = problems) -> list[str]:
    """What is wrong on the page from its top: buttons half under the bar count as too small."""
    page.evaluate("scrollTo(0, 0)")
    return look(page)


def test_a_learner_agrees_asks_stops_and_judges(visit: Visit, assisted: Assisted) -> None:
    page = visit("student2@example.com")
    # Without agreement the course is quoted, and the pane says how to get more.
    page.goto(TUTOR)
    quoted = ask(page, ASKED)
    expect(text_of(quoted)).to_contain_text("The course says, word for word", timeout=60_000)
    assert assisted.model.requests == []
    page.get_by_role("link", name="agree to talk to a language model").click()
    page.get_by_label("I am 16 or older").check()
    assert problems(page) == []
    page.get_by_role("button", name="Agree to talk to an AI").click()
    page.wait_for_url(f"**{TUTOR}")

    # A stream: sentences come one by one, and are announced once, whole.
    assisted.model.pause = 0.03
    page.evaluate(LISTEN)
    answer = ask(page, ASKED)
    expect(text_of(answer)).to_contain_text(re.compile(r"\w+[.!?]"))
    expect(answer).to_have_attribute("aria-busy", "true")
    begun = text_of(answer).inner_text()
    assert page.evaluate("window.heard") == []
    expect(answer).not_to_have_attribute("aria-busy", "true", timeout=30_000)
    whole = text_of(answer).inner_text()
    assert whole.startswith(begun)
    assert len(whole) > len(begun)
    assert page.evaluate("window.heard") == [f"Tutor: {whole}"]
    assert page.locator("[aria-live] [data-tutor-log], [data-tutor-log][aria-live]").count() == 0
    expect(answer.get_by_text("Written by a language model")).to_be_visible()
    names = answer.locator("a.cite").all_inner_texts()
    assert names
    assert len(names) == len(set(names))
    assert at_top(page, in_every_mode) == []
    page.reload()

    # The buttons under it work at once, without a reload.
    again = ask(page, ASKED)
    expect(again).not_to_have_attribute("aria-busy", "true", timeout=30_000)
    again.get_by_role("button", name="This helped").click()
    page.wait_for_load_state()
    judged = page.locator("[data-tutor-log] > div.msg").last
    expect(judged.get_by_role("button", name="This helped")).to_have_attribute(
        "aria-pressed", "true"
    )
    judged.get_by_role("button", name="Ask my teachers").click()
    expect(page.locator("[data-tutor-log]")).to_contain_text("Passed to your teachers")

    # Stop: what came stays to be read, nothing is kept, and the next question is answered.
    before = page.locator("[data-exchange]").count()
    assisted.model.pause = 0.2
    stopped = ask(page, ASKED)
    page.get_by_role("button", name="Stop").click()
    expect(stopped).to_contain_text("Stopped. This answer is not kept.")
    expect(page.get_by_label("Your question")).to_be_focused()
    assert at_top(page) == []
    assisted.model.pause = 0.0
    expect(ask(page, ASKED)).to_have_attribute("data-exchange", re.compile(r"\w+"))
    page.reload()
    assert page.locator("[data-exchange]").count() == before + 1


def test_a_citation_leads_to_its_block(visit: Visit) -> None:
    page = visit("student@example.com")
    page.goto(TUTOR)
    answer = ask(page, ASKED)
    link = answer.locator("a.cite").first
    key = link.get_attribute("data-block")
    link.click()
    page.wait_for_url(re.compile(rf"/learn/\w+/#b-{key}$"))
    expect(page.locator(f"#b-{key}")).to_be_in_viewport()
    # Beside the lesson a citation of the same lesson moves there without leaving.
    page.wait_for_selector(MOUNTED, state="attached")
    tab = page.get_by_role("tab", name="Tutor")
    if tab.count():
        tab.click()
    pane = page.locator("#pane-tutor")
    pane.get_by_label("Your question").fill(ASKED)
    before = pane.locator("[data-exchange]").count()
    pane.get_by_label("Your question").press("Enter")
    expect(pane.locator("[data-exchange]")).to_have_count(before + 1, timeout=30_000)
    expect(pane.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    beside = pane.locator(f"[data-tutor-log] > div.msg >> a.cite[data-block='{key}']").last
    beside.press("Enter")
    expect(page.locator(f"#b-{key}")).to_be_focused()
    assert problems(page) == []


def test_the_off_switch_and_an_exam_silence_the_tutor(visit: Visit, assisted: Assisted) -> None:
    teacher = Api(assisted.stack, "instructor@example.com")
    learner = Api(assisted.stack, "student2@example.com")
    page = visit("student2@example.com")
    page.goto("/me/ai/")
    page.get_by_role("button", name="Turn AI off").click()
    page.goto(TUTOR)
    expect(page.get_by_role("note")).to_contain_text("AI is turned off for you.")
    assert page.locator("[data-tutor-form]").count() == 0
    assert in_every_mode(page) == []
    page.goto("/me/ai/")
    page.get_by_role("button", name="Turn AI on").click()
    page.goto(TUTOR)
    expect(page.locator("[data-tutor-form]")).to_be_visible()

    quiz = fresh_quiz(teacher)
    told = {"exam_mode": True, "exam_ai": "off"}
    changed = teacher.patiently("PATCH", f"/quizzes/{quiz['id']}/", told)
    assert changed.status_code == 200, changed.text
    attempt = learner.patiently("POST", "/attempts/", {"quiz": quiz["id"]}).json()
    # The page was open before the exam began: asking is refused in words.
    refused = ask(page, ASKED)
    expect(refused).to_have_class(re.compile("is-failed"))
    expect(text_of(refused)).to_contain_text("exam")
    page.reload()
    expect(page.get_by_role("note")).to_contain_text("AI help is off while your exam runs.")
    assert problems(page) == []
    learner.patiently("POST", f"/attempts/{attempt['id']}/submit/")
    page.reload()
    expect(page.locator("[data-tutor-form]")).to_be_visible()


def test_a_teacher_generates_reviews_by_keyboard_and_publishes(visit: Visit) -> None:
    page = visit("instructor@example.com")
    page.goto(f"/teach/{COURSE}/ai/")
    page.get_by_label("Or from a text").fill(TEXT)
    page.get_by_label("How many").fill("5")
    page.get_by_role("button", name="Generate").press("Enter")
    # The page goes to the drafts by itself when the job is done; then to those of this job alone.
    page.wait_for_url("**/ai/drafts/**", timeout=60_000)
    page.goto(f"/teach/{COURSE}/ai/")
    asked = page.get_by_role("listitem").filter(has_text="5 questions asked for").first
    asked.get_by_role("link", name="Its drafts").click()
    cards = page.locator("[data-draft]")
    expect(cards).to_have_count(5)
    # Side by side: the sentence that proves the answer is marked beside the question.
    expect(cards.first.locator("mark")).to_contain_text(QUESTIONS[0][1])
    assert in_every_mode(page) == []

    keys = page.keyboard
    keys.press("j")
    expect(cards.nth(0)).to_be_focused()
    keys.press("e")
    keys.press("End")
    keys.type(" ")
    keys.press("Control+a")
    keys.type("Which dark rock forms when lava cools quickly?")
    keys.press("Tab")
    cards.nth(0).focus()
    keys.press("a")
    expect(cards.nth(0).locator(".badge.ok")).to_contain_text("Accepted")
    expect(cards.nth(0)).to_be_focused()
    keys.press("j")
    keys.press("r")
    keys.type("Too easy for this course.")
    keys.press("Enter")
    expect(cards.nth(1)).to_contain_text("Too easy for this course.")
    keys.press("j")
    keys.press("x")
    keys.press("j")
    keys.press("x")
    page.get_by_role("button", name="Accept ticked").press("Enter")
    expect(page.get_by_text("2 questions accepted.")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert problems(page) == []

    page.goto(f"/teach/{COURSE}/bank/?search=Which+dark+rock")
    row = page.get_by_role("listitem").filter(has_text="Which dark rock forms")
    expect(row).to_contain_text("Generated")
    expect(row).not_to_contain_text("Draft")


def test_pieces_come_into_the_editor_while_it_is_written_in(
    visit: Visit, assisted: Assisted
) -> None:
    page = visit("instructor@example.com")
    api = Api(assisted.stack, "instructor@example.com")
    course = api.get(f"/courses/?slug={COURSE}")["results"][0]["id"]
    lessons = api.get(f"/lessons/?course={course}")["results"]
    # Not the first: another test decides upon pieces of that one.
    lesson = [one["id"] for one in lessons if one["kind"] == "text"][1]
    assisted.model.pause = 4.0
    api.patiently(
        "POST", "/ai/generate-content/", {"lesson": lesson, "kind": "examples"}
    ).raise_for_status()
    page.goto(f"/teach/{COURSE}/lessons/{lesson}/")
    panel = page.locator("#pieces")
    expect(panel).to_contain_text("so far, more to come")
    waiting = panel.get_by_role("button", name=re.compile("^Accept"))
    before = waiting.count()
    page.fill("#id_markdown", page.input_value("#id_markdown") + "\n\nTyped meanwhile.")
    page.evaluate(
        "document.addEventListener('cairn:told', () => { window.told = true }, { capture: true })"
    )
    assisted.model.pause = 0.0
    expect(panel).to_contain_text("your decision", timeout=60_000)
    assert waiting.count() > before
    expect(panel).to_contain_text("Retold:")
    # The socket told of them: no reload, and what was typed is there.
    assert page.evaluate("window.told") is True
    assert page.input_value("#id_markdown").endswith("Typed meanwhile.")
    waiting.first.press("Enter")
    expect(page.locator("#id_markdown")).to_have_value(re.compile("Typed meanwhile"))
    expect(page.locator("#id_markdown")).to_have_value(re.compile("Retold:"))


def test_an_admin_sets_a_budget_and_sees_the_spend(visit: Visit, assisted: Assisted) -> None:
    page = visit("admin@example.com")
    page.goto("/admin/ai/budget/add/")
    page.locator("[name=scope]").select_option("site")
    page.locator("[name=period]").select_option("month")
    page.locator("[name=tokens]").fill("200000")
    page.locator("[name=_save]").click()
    page.goto("/ai/spend/")
    expect(page.locator("#ai-budgets").locator("xpath=../..")).to_contain_text("200,000")
    expect(page.get_by_role("row").filter(has_text="Tutor")).to_contain_text("Thinking")
    assert in_every_mode(page) == []
