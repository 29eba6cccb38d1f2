"""Pictures of the product's main pages: two widths, light and dark, into a folder.

`make screenshots` starts the trial with its demo in a folder of its own and writes
`<page>-<width>-<theme>.png` into `screenshots/`.
"""

import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from lms.tests.e2e.conftest import FLAGS
from lms.tests.e2e.stack import Stack, running
from lms.tests.world import PASSWORD

COURSE = "thinking-with-data"
WIDTHS = (390, 1440)
THEMES = ("light", "dark")
STUDENT, TEACHER = "student@example.com", "instructor@example.com"
ANALYST = "analyst@example.com"
PAGES = {
    "landing": ("", "/"),
    "catalogue": (STUDENT, "/courses/"),
    "course": (STUDENT, f"/c/{COURSE}/"),
    "player": (STUDENT, f"/c/{COURSE}/learn/"),
    "dashboard": (STUDENT, "/me/"),
    "grades": (STUDENT, f"/c/{COURSE}/grades/"),
    "chat": (STUDENT, f"/c/{COURSE}/chat/"),
    "mastery": (STUDENT, f"/c/{COURSE}/mastery/"),
    "discuss": (STUDENT, f"/c/{COURSE}/discuss/"),
    "progress": (STUDENT, "/me/progress/"),
    "review": (STUDENT, "/me/review/"),
    "cards": (STUDENT, "/me/cards/"),
    "messages": (STUDENT, "/me/messages/"),
    "notifications": (STUDENT, "/me/notifications/"),
    "calendar": (STUDENT, "/me/calendar/"),
    "teach": (TEACHER, "/teach/"),
    "outline": (TEACHER, f"/teach/{COURSE}/"),
    "bank": (TEACHER, f"/teach/{COURSE}/bank/"),
    "quizzes": (TEACHER, f"/teach/{COURSE}/quizzes/"),
    "review-queue": (TEACHER, f"/teach/{COURSE}/ai/drafts/"),
    "results": (TEACHER, f"/teach/{COURSE}/results/"),
    "gradebook": (TEACHER, f"/teach/{COURSE}/gradebook/"),
    "analytics": (TEACHER, f"/teach/{COURSE}/analytics/"),
    "class-mastery": (TEACHER, f"/teach/{COURSE}/analytics/mastery/"),
    "early-warning": (TEACHER, f"/teach/{COURSE}/analytics/early-warning/"),
    "people": (TEACHER, f"/teach/{COURSE}/people/"),
    "institution": (ANALYST, "/institution/"),
}


def sign_in(page: Page, email: str) -> None:
    """Sign in as one of the demo's people."""
    page.goto("/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/me/**")


def quiz_page(page: Page) -> str:
    """The address of an attempt that is under way, begun when there is none."""
    quizzes = page.request.get("/api/v1/quizzes/?page_size=200").json()["results"]
    for quiz in quizzes:
        page.goto(f"/c/{COURSE}/learn/{quiz['lesson']}/")
        button = page.get_by_role("button", name=re.compile("Start|Continue"))
        if button.count():
            button.first.click()
            page.wait_for_url(re.compile(r"/attempt/\w+/$"))
            return page.url
    msg = "the demo has no quiz that this student can take"
    raise LookupError(msg)


def take(page: Page, name: str, address: str, folder: Path) -> None:
    """One page in both widths and themes, as high as a reader sees at first."""
    page.goto(address)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900 if width > 600 else 844})
        for theme in THEMES:
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            page.wait_for_timeout(700)
            page.screenshot(path=folder / f"{name}-{width}-{theme}.png")


def shoot(browser: Browser, stack: Stack, folder: Path, only: set[str]) -> None:
    """Every page as its visitor."""
    for email in dict.fromkeys(who for who, _address in PAGES.values()):
        page = browser.new_context(base_url=stack.url).new_page()
        page.set_default_timeout(30_000)
        if email:
            sign_in(page, email)
        for name, (who, address) in PAGES.items():
            if who == email and (not only or name in only):
                take(page, name, address, folder)
        if email == STUDENT and (not only or "quiz" in only):
            take(page, "quiz", quiz_page(page), folder)
        page.context.close()


def main(folder: Path, only: set[str]) -> None:
    """Start the product, take the pictures, stop it."""
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        home = Path(data) / "data"
        home.mkdir()
        with running(home, services=False) as stack:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            shoot(browser, stack, folder, only)
            browser.close()


if __name__ == "__main__":
    main(Path("screenshots"), set(sys.argv[1:]))
