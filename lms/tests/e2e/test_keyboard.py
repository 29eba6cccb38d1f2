"""An instructor builds and marks by keyboard alone; a student answers on a phone that goes offline.

Every type of question that is on is written, put into a quiz, answered and scored: by key, by a
person, with a rubric, to the grade and the trace that the student reads.
"""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from assessments.gateway.sandbox import check
from lms.tests.e2e.conftest import SignedIn
from lms.tests.e2e.keys import Keys

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
COURSE = "thinking-with-data"
TITLE = "By keyboard"
SAVED = "All answers saved"
QUESTION = "Question *"
# What is typed into the editor of each type, in the order of its fields.
WRITTEN: dict[str, list[tuple[str, str]]] = {
    "single_choice": [
        (QUESTION, "Keys 1: which stone is volcanic?"),
        ("Option 1 is right", " "),
        ("Text of option 1", "Basalt"),
        ("Text of option 2", "Chalk"),
    ],
    "multiple_choice": [
        (QUESTION, "Keys 2: which are prime?"),
        ("Option 1 is right", " "),
        ("Text of option 1", "two"),
        ("Text of option 2", "four"),
    ],
    "true_false": [(QUESTION, "Keys 3: stones are heavy."), ("True", " ")],
    "short_answer": [
        (QUESTION, "Keys 4: the capital of Ecuador?"),
        ("Accepted answers", "Quito"),
    ],
    "numeric": [(QUESTION, "Keys 5: twice 21?"), ("Right number", "42")],
    "matching": [
        (QUESTION, "Keys 6: what belongs together?"),
        ("Prompt 1", "mean"),
        ("Choice for prompt 1", "balance"),
        ("Prompt 2", "median"),
        ("Choice for prompt 2", "middle"),
    ],
    "ordering": [
        (QUESTION, "Keys 7: from small to large"),
        ("Item 1", "sand"),
        ("Item 2", "stone"),
        ("Item 3", "boulder"),
    ],
    "essay": [(QUESTION, "Keys 8: why do people build cairns?")],
    "cloze": [(QUESTION, "Keys 9: a pile of [[1]]"), ("Accepted in gap 1", "stones")],
    "drag_words": [
        (QUESTION, "Keys 10: one word [[1]]"),
        ("Word for gap 1", "here"),
        ("Word for no gap 1", "there"),
    ],
    "formula": [
        (QUESTION, "Keys 11: twice {a}?"),
        ("Right number", "2*a"),
        ("Name 1", "a"),
        ("From 1", "3"),
        ("To 1", "3"),
        ("Step 1", "1"),
    ],
    "file_upload": [(QUESTION, "Keys 12: hand in your log.")],
}
# Where no sandbox can be built, there are no code questions: the rest is walked without one.
HAS_CODE = not check()
if HAS_CODE:
    WRITTEN["code"] = [
        (QUESTION, "Keys 14: write twice(n)."),
        ("Kind of test 1", "value"),
        ("Given 1", "twice(21)"),
        ("Expected 1", "42"),
        ("Kind of test 2", "value"),
        ("Given 2", "twice(-1)"),
        ("Expected 2", "-2"),
        ("Hidden 2", " "),
        ("A right program", "def twice(n):\n    return 2 * n"),
    ]


def test_a_quiz_of_every_type_by_keyboard_and_on_a_phone(
    signed_in: SignedIn, tmp_path: Path
) -> None:
    teacher = signed_in("instructor@example.com")
    write_questions(teacher, tmp_path)
    address = build_quiz(teacher)
    phone = signed_in("student@example.com", width=390)
    attempt = answer_half(phone, address)
    desk = signed_in("student@example.com")
    answer_the_rest(desk, attempt, tmp_path)
    mark_answers(teacher)
    read_the_results(phone)


def test_an_assignment_with_a_rubric_by_keyboard(signed_in: SignedIn) -> None:
    student = signed_in("student@example.com", width=390)
    student.goto(f"/c/{COURSE}/learn/")
    link = student.locator("a:has-text('A week of counting')").first.get_attribute("href")
    student.goto(str(link))
    student.locator("textarea[name=text]").fill("Gulls on the roof: 4, 6, 5, 9, 2, 4, 5.")
    student.locator("button[name=act][value=check]").click()
    student.locator("main").get_by_role("button", name="Hand in").click()
    expect(student.locator("main")).to_contain_text("Handed in")
    teacher = signed_in("instructor@example.com")
    mark_work(teacher)
    student.reload()
    expect(student.locator("main")).to_contain_text("A good week.")
    student.goto(f"/c/{COURSE}/grades/")
    expect(student.locator("main")).to_contain_text("A week of counting")


def write_questions(page: Page, folder: Path) -> None:
    """One question of each type, from the bank's own menu."""
    keys = Keys(page)
    for kind, fields in WRITTEN.items():
        page.goto(f"/teach/{COURSE}/bank/new/{kind}/")
        keys.fill(fields)
        if kind == "code":
            try_the_program(keys)
        keys.go("Add to the bank", back=True)
        assert "/bank/new/" not in page.url, kind
    picture = folder / "stones.png"
    Image.new("RGB", (200, 100), "grey").save(picture)
    page.goto(f"/teach/{COURSE}/bank/new/hotspot/")
    keys.type(QUESTION, "Keys 13: where is the stone?")
    keys.file("Or bring a new one", str(picture))
    keys.type("What is on the picture", "A grey field")
    keys.type("Numbers of place 1", "0 0 100 100")
    keys.go("Add to the bank", back=True)
    assert "/bank/new/" not in page.url


def try_the_program(keys: Keys) -> None:
    """The author sees that every test passes, the hidden one too, before anything is saved."""
    keys.go("Run all tests")
    expect(keys.page.locator("#trial")).to_contain_text("2 of 2 tests passed", timeout=60_000)
    expect(keys.page.get_by_label("A right program")).to_have_value(re.compile("return 2"))


def build_quiz(page: Page) -> str:
    """A lesson, its quiz, all of those questions, opened to learners; the lesson's address."""
    keys = Keys(page)
    page.goto(f"/teach/{COURSE}/")
    keys.press("Add a lesson")
    keys.type("Title", TITLE)
    keys.choose("Kind", "Quiz")
    keys.go("Add and write")
    lesson = page.url.rstrip("/").rpartition("/")[2]
    keys.go("Build the quiz")
    added = 0
    while added < len(WRITTEN) + 1:  # the bank is offered page by page
        keys.type("Search questions", "Keys")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        offered = page.locator("input[name=question]").count()
        assert offered, f"only {added} questions were offered"
        for _row in range(offered):
            keys.press("Keys ", "Space")
        keys.go("Add the chosen ones")
        added += offered
    keys.go("Open to learners")
    expect(page.locator("main .badge.ok").first).to_be_visible()
    return f"/c/{COURSE}/learn/{lesson}/"


def question(page: Page, words: str) -> Locator:
    """The question that begins so."""
    return page.locator("section.question", has_text=words)


def answer_half(page: Page, address: str) -> str:
    """Seven answers on a phone whose network goes in the middle; the attempt's address."""
    page.goto(address)
    page.get_by_role("button", name=re.compile("Start")).click()
    page.wait_for_url(re.compile(r"/attempt/\w+/$"))
    state = page.locator("#quiz-state")
    question(page, "Keys 1:").get_by_label("Basalt").check()
    question(page, "Keys 2:").get_by_label("two").check()
    expect(state).to_contain_text(SAVED)
    page.context.set_offline(True)
    question(page, "Keys 3:").get_by_label("True").check()
    question(page, "Keys 4:").locator("input[data-answer]").fill("Quito")
    question(page, "Keys 5:").locator("input[data-answer]").fill("42")
    expect(state).to_contain_text("Offline, kept on this device")
    page.context.set_offline(False)
    expect(state).to_contain_text(SAVED)
    return page.url


def answer_the_rest(page: Page, attempt: str, folder: Path) -> None:
    """On another browser: what the phone saved is there; the rest is answered and handed in."""
    page.goto(attempt)
    expect(question(page, "Keys 1:").get_by_label("Basalt")).to_be_checked()
    expect(question(page, "Keys 5:").locator("input[data-answer]")).to_have_value("42")
    for prompt, choice in (("mean", "balance"), ("median", "middle")):
        row = question(page, "Keys 6:").locator(".quiz-match", has_text=prompt)
        row.locator("select").select_option(label=choice)
    put_in_order(question(page, "Keys 7:"), ["sand", "stone", "boulder"])
    question(page, "Keys 8:").locator("textarea").fill("They mark ways over moors.")
    question(page, "a pile of").locator("[data-part]").fill("stones")
    question(page, "one word").locator("select").select_option(label="here")
    question(page, "Keys 11:").locator("input[data-answer]").fill("6")
    log = folder / "log.txt"
    log.write_text("4, 6, 5\n")
    question(page, "Keys 12:").locator("input[type=file]").set_input_files(log)
    expect(question(page, "Keys 12:")).to_contain_text("log.txt")
    for side in ("From the left", "From the top"):
        question(page, "Keys 13:").get_by_label(side).fill("50")
    if HAS_CODE:
        write_a_program(page)
    page.keyboard.press("Tab")
    expect(page.locator("#quiz-state")).to_contain_text(SAVED)
    page.locator("[data-hand-in]").click()
    dialog = page.locator("#hand-in[open]")
    expect(dialog).not_to_contain_text("not answered")
    dialog.get_by_role("button", name="Hand in").click()
    page.wait_for_url(re.compile(r"/review/$"))
    expect(page.locator("main")).to_contain_text("Waiting for marking")


def write_a_program(page: Page) -> None:
    """A program that is wrong at first, which the examples show, and then right."""
    asked = question(page, "Keys 14:")
    editor = asked.get_by_label("Your program")
    editor.fill("def twice(n):\n    return n + 2")
    asked.get_by_role("button", name="Run against the examples").click()
    expect(asked).to_contain_text("0 of 1 examples passed", timeout=60_000)
    editor.fill("def twice(n):\n    return n + n")


def put_in_order(order: Locator, items: list[str]) -> None:
    """Move each item to the top, the last one first."""
    for item in reversed(items):
        up = order.get_by_role("button", name=f"Move up: {item}")
        while up.is_enabled() and not order.locator("li").first.inner_text().startswith(item):
            up.click()
    keep = order.get_by_role("button", name="This order is right")
    if keep.is_visible():
        keep.click()


def mark_answers(page: Page) -> None:
    """Both answers that wait, from the list of what waits."""
    keys = Keys(page)
    page.goto("/teach/")
    keys.go(TITLE)
    keys.go("Start marking")
    for _answer in range(2):  # the essay and the file; programs wait for no person
        keys.type("Points", "1")
        keys.type("Comment for the learner", "Well **said**.")
        keys.go("Keep")
    page.goto("/teach/")
    expect(page.locator("main")).not_to_contain_text(TITLE)


def read_the_results(page: Page) -> None:
    """The score, what the marker said, and how the total came about."""
    page.goto(f"/c/{COURSE}/grades/")
    row = page.locator("tr", has_text=TITLE)
    for _look in range(30):  # a job scores the program
        if "100.00" in row.inner_text():
            break
        page.wait_for_timeout(2_000)
        page.reload()
    expect(row).to_contain_text("100.00 %")
    row.get_by_role("link", name="Review").click()
    expect(page.locator("main")).to_contain_text("Well said.")


def mark_work(page: Page) -> None:
    """The student's work by its rubric, released after a question that a key answers."""
    keys = Keys(page)
    page.goto(f"/teach/{COURSE}/marking/")
    keys.go("A week of counting")
    keys.go("Mark Mika")
    keys.press("Clear", "Space")
    keys.press("Convincing", "Space")
    keys.type("Feedback", "A **good** week.")
    keys.go("Done")
    keys.press("Release")
    dialog = page.locator("#confirm-dialog[open]")
    expect(dialog).to_be_visible()
    keys.go("Release")
    expect(page.locator("main")).to_contain_text("Released")
