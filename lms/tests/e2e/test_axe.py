"""No page breaks WCAG 2.2 AA where a machine can see it: light, dark on a phone, right to left."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from lms.tests.e2e.conftest import SignedIn

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
MODES: list[tuple[str, int, dict[str, Any]]] = [
    ("light", 1440, {"color_scheme": "light"}),
    ("dark", 390, {"color_scheme": "dark"}),
    ("rtl", 1440, {"color_scheme": "light"}),
]
COURSE = "thinking-with-data"
PAGES = {
    "": [
        "/",
        "/courses/",
        "/courses/?search=nothing-like-this",
        "/c/{course}/",
        "/nowhere/",
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/styleguide/",
        "/trial/mail/",
    ],
    "student@example.com": [
        "/me/",
        "/me/settings/",
        "/me/tokens/",
        "/me/notifications/",
        "/c/{course}/",
        "/c/{course}/learn/",
        "/c/{course}/grades/",
        "/c/{course}/chat/",
        "/c/{course}/announcements/",
        "/teach/{course}/",
    ],
    "instructor@example.com": [
        "/teach/",
        "/teach/new/",
        "/teach/{course}/",
        "/teach/{course}/people/",
        "/teach/{course}/settings/",
        "/teach/{course}/quizzes/",
        "/teach/{course}/bank/",
        "/teach/{course}/results/",
        "/teach/{course}/ai/",
        "/teach/{course}/ai/drafts/",
        "/teach/{course}/analytics/",
        "/teach/{course}/announcements/",
    ],
}


# What moves in has half its contrast on the way; what turns for ever is not waited for.
SETTLED = """() => Promise.race([
    new Promise((resolve) => setTimeout(resolve, 3000, true)),
    Promise.all(document.getAnimations()
        .filter((one) => one.playState === "running"
            && one.effect.getComputedTiming().endTime !== Infinity)
        .map((one) => one.finished.catch(() => null))).then(() => true),
])"""


def problems(page: Page) -> list[str]:
    """Each violation with the first places where it stands; a scroll bar sideways is one too."""
    page.evaluate(SETTLED)
    found = [
        f"{rule['id']}: {[node['target'] for node in rule['nodes'][:3]]}"
        for rule in Axe().run(page, options=RULES).response["violations"]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*found, *(["the page scrolls sideways"] if wide else [])]


@pytest.mark.parametrize(("mode", "width", "options"), MODES, ids=[mode[0] for mode in MODES])
@pytest.mark.parametrize("who", PAGES, ids=["visitor", "student", "instructor"])
def test_pages_have_no_axe_violation(
    signed_in: SignedIn, who: str, mode: str, width: int, options: dict[str, Any]
) -> None:
    page = signed_in(who, width=width, **options)
    wrong: dict[str, list[str]] = {}
    for path in PAGES[who]:
        address = path.format(course=COURSE)
        page.goto(address)
        page.wait_for_function("document.documentElement.dataset.ready")
        if mode == "rtl":
            page.evaluate("document.documentElement.dir = 'rtl'")
        found = problems(page)
        if found:
            wrong[address] = found
    assert wrong == {}


def test_forms_with_errors_have_no_axe_violation(signed_in: SignedIn) -> None:
    page = signed_in("instructor@example.com")
    page.goto("/teach/new/")
    page.fill("[name=summary]", "No title")
    page.click("main button[type=submit]")
    page.wait_for_selector("[aria-invalid=true]")
    assert problems(page) == []
    assert page.locator("#id_title").get_attribute("aria-describedby") == "id_title_error"
