"""No page breaks WCAG 2.2 AA where a machine can see it: light, dark on a phone, right to left."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from playwright.sync_api import Page, ViewportSize, expect

from assessments.gateway.sandbox import check
from lms.tests.e2e.api import Api
from lms.tests.e2e.conftest import SignedIn
from lms.tests.e2e.stack import Stack
from lms.tests.e2e.test_faults import fresh_quiz
from lms.tests.e2e.test_quiz import open_quiz
from lms.tests.matrix.doors import braces
from lms.tests.matrix.test_matrix import PAGE_ROWS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
# Without `resultTypes` what passed is written down too, which takes longer than to check it.
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}
COURSE = "thinking-with-data"
AWAY = check()
# The direction of a page moves its parts; their names, roles and colours stay what they were.
MOVED = {
    "runOnly": {"type": "rule", "values": ["target-size", "scrollable-region-focusable"]},
    "resultTypes": ["violations"],
}
WIDE = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=900)
# Where each visitor's walk begins; it follows links to one page of each address there is.
STARTS = {
    "": ["/", "/courses/?search=nothing-like-this", "/nowhere/", "/accounts/login/"],
    "student@example.com": [
        "/me/",
        "/c/{course}/",
        "/teach/{course}/",
        "/c/{course}/chat/search/?q=the",
    ],
    "instructor@example.com": [
        "/teach/",
        "/teach/new/",
        "/teach/{course}/",
        "/teach/{course}/bank/bulk/?verb=difficulty&all=1",
        "/me/",
    ],
    # Learns and teaches nothing: their own pages stand empty.
    "analyst@example.com": ["/institution/", "/me/"],
}
# What answers with a file or sends on, and pages whose links are only in mails.
NOT_WALKED = {
    "/attachments/{file_id}/",
    "/pictures/{file_id}/",
    "/c/{slug}/files/{file_id}/",
    "/covers/{course_id}/{version}/",
    "/files/{token}/",
    "/calendars/reviews/{token}.ics",
    "/calendars/{token}.ics",
    "/teach/{slug}/results/{quiz_id}/export.csv",
    "/teach/{slug}/chat/export/",
    "/teach/{slug}/discuss/export/",
    "/c/{slug}/discuss/t/{thread_id}/news/",
    "/teach/{slug}/analytics/exports/{export_id}/",
    # Led to by mails alone.
    "/reports/off/{token}/",
    # Offered for a quarter of an hour: the room's own browser test walks it.
    "/c/{slug}/chat/{message_id}/edit/",
    "/me/messages/said/{message_id}/edit/",
    # Its links are in mails: the browser test of notifications walks it.
    "/mail/off/{token}/",
    "/me/export/",
    "/me/profile/",
    "/submission-files/{token}/",
    "/answer-files/{token}/",
    "/message-files/{file_id}/",
    "/message-files/signed/{token}/",
    "/reports/files/{token}/",
    "/answers/{part_id}/files/{file_id}/",
    "/c/{slug}/learn/{item}/submission/files/{file_id}/",
    # The demo has no such job: walked with its pieces in test_writing.
    "/teach/{slug}/ai/content/{job_id}/",
    # Where a sandbox holds, the test of a run of code walks it.
    "/teach/{slug}/bank/trials/{job_id}/",
    # Answers to scripts.
    "/push/worker.js",
    "/teach/{slug}/ai/lessons/{lesson_id}/",
    "/courses/found/",
    "/c/{slug}/learn/{item}/attempt/{attempt_id}/checked/{part_id}/",
    "/c/{slug}/learn/{item}/peer/{task_id}/files/{file_id}/",
    "/teach/{slug}/marking/{assignment_id}/{submission_id}/files/{file_id}/",
}
NO_PAGE = {"export", "teach-quiz-export", "account_logout"}


# What moves in has half its contrast on the way. What turns for ever is not waited for, nor what
# moves with scrolling: it runs without an end while nobody scrolls.
SETTLED = """() => new Promise((resolve) => {
    const until = performance.now() + 3000;
    const look = () => {
        const moving = document.getAnimations().some((one) => one.playState === "running"
            && one.timeline === document.timeline
            && one.effect.getComputedTiming().endTime !== Infinity);
        if (moving && performance.now() < until) setTimeout(look, 20);
        else resolve(!moving);
    };
    look();
})"""


def problems(page: Page, options: dict[str, Any] = RULES) -> list[str]:
    """Each violation with the first places where it stands; a scroll bar sideways is one too."""
    page.evaluate(SETTLED)
    # What a sticky bar covers in part is no small target: it scrolls out from under the bar.
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    found = [
        f"{rule['id']}: {[node['target'] for node in rule['nodes'][:3]]}"
        for rule in Axe().run(page, options=options).response["violations"]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [*found, *(["the page scrolls sideways"] if wide else [])]


@pytest.fixture(scope="module")
def walked() -> set[str]:
    """The addresses seen by all walks of this file, as the actor matrix writes them."""
    return set()


@pytest.mark.parametrize("who", STARTS, ids=["visitor", "student", "instructor", "analyst"])
def test_pages_have_no_axe_violation(signed_in: SignedIn, who: str, walked: set[str]) -> None:
    page = signed_in(who)
    wrong: dict[str, list[str]] = {}
    seen: set[str] = set()
    waiting = [path.format(course=COURSE) for path in STARTS[who]]
    while waiting:
        address = waiting.pop(0)
        name = door(address)
        alike = not name.startswith(("/c/", "/teach/", "/me/"))
        if name in {"", *NOT_WALKED, *seen} or (alike and name in walked):
            continue
        seen.add(name)
        page.goto(address)
        page.wait_for_function("() => document.documentElement.dataset.ready")
        waiting += page.eval_on_selector_all("a[href^='/']", "all => all.map((a) => a.pathname)")
        found = in_every_mode(page)
        if found:
            wrong[address] = found
    walked |= seen
    assert not wrong, "\n".join(f"{address}: {found}" for address, found in wrong.items())


def door(address: str) -> str:
    """The address with its changing parts in braces; the same for what is no page of ours."""
    path = urlsplit(address).path
    try:
        found = resolve(path)
    except Resolver404:
        return address
    file = path.endswith((".csv", ".xlsx", ".pdf", "/file/"))
    if file or found.view_name in NO_PAGE or path.startswith(("/admin/", "/api/")):
        return ""
    return f"/{braces(found.route)}"


def in_every_mode(page: Page) -> list[str]:
    """What is wrong on the open page in light, in dark on a phone, and from right to left."""
    found = [f"light {line}" for line in problems(page)]
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    found += [f"dark {line}" for line in problems(page)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)
    page.evaluate("document.documentElement.dir = 'rtl'")
    return found + [f"rtl {line}" for line in problems(page, MOVED)]


def test_a_quiz_under_way_has_no_axe_violation(signed_in: SignedIn, walked: set[str]) -> None:
    page = signed_in("student2@example.com")
    open_quiz(page)
    walked.add(door(page.url))
    assert in_every_mode(page) == []


def test_a_mail_of_the_trial_has_no_axe_violation(signed_in: SignedIn, walked: set[str]) -> None:
    page = signed_in("")
    page.goto("/accounts/password/reset/")
    page.fill("input[name=email]", "student@example.com")
    page.click("main button[type=submit]")
    expect(page.locator("main")).to_contain_text("mail")
    page.goto("/trial/mail/")
    page.locator("main a[href^='/trial/mail/']").first.click()
    page.wait_for_url("**/trial/mail/*/")
    walked.add(door(page.url))
    assert in_every_mode(page) == []


def test_the_ways_into_a_course_have_no_axe_violation(
    signed_in: SignedIn, walked: set[str]
) -> None:
    teacher = signed_in("instructor@example.com")
    teacher.goto(f"/teach/{COURSE}/people/")
    teacher.get_by_role("link", name="Invite people").click()
    teacher.fill("[name=emails]", "newcomer@example.com")
    teacher.locator("dialog[open] button[type=submit]").first.click()
    teacher.wait_for_load_state()
    switch = teacher.get_by_role("button", name="Switch on")
    if switch.count():
        switch.click()
    link = teacher.locator("#join-link").input_value()
    guest = signed_in("student2@example.com")
    mail = guest.get_by_role("link").filter(has_text="You are invited to").first
    for _try in range(60):
        guest.goto("/trial/mail/")
        if mail.count():
            break
        guest.wait_for_timeout(500)
    mail.click()
    invitation = guest.locator("article a[href*='/invitations/']").first.get_attribute("href")
    for address in (urlsplit(link).path, urlsplit(invitation or "").path):
        guest.goto(address)
        walked.add(door(address))
        assert in_every_mode(guest) == [], address


def lead_to(page: Page, link: str) -> str:
    """The address to which the first such link of the page leads, in sight or not."""
    return str(page.locator(link).first.get_attribute("href"))


def test_a_work_about_to_be_handed_in_has_no_axe_violation(
    signed_in: SignedIn, walked: set[str]
) -> None:
    page = signed_in("student2@example.com")
    page.goto(f"/c/{COURSE}/learn/")
    page.goto(lead_to(page, "a:has-text('A week of counting')"))
    page.locator("textarea[name=text]").fill("Gulls on the roof: 4, 6, 5.")
    page.locator("button[name=act][value=check]").click()
    page.wait_for_url("**/submission/hand-in/")
    walked.add(door(page.url))
    assert in_every_mode(page) == []


@pytest.mark.parametrize(
    ("who", "start", "links"),
    [
        (
            "student",
            "/c/{course}/learn/",
            [
                "a:has-text('A plan, read by others')",
                "main a[href$='/peer/']",
                "main a[href*='/peer/']:has-text('Review')",
            ],
        ),
        (
            "instructor",
            "/teach/{course}/quizzes/",
            [
                "main a:has-text('Say it to a friend')",
                "main a[href$='/dates/']",
                "main a[href*='/dates/']:has-text('Change')",
            ],
        ),
        (
            "instructor",
            "/teach/{course}/assignments/",
            [
                "main .table a:has-text('A week of counting')",
                "main a[href$='/dates/']",
                "main a[href*='/dates/']:has-text('Change')",
            ],
        ),
        ("instructor", "/teach/{course}/gradebook/?view=plain", ["main a[href*='/cells/']"]),
    ],
    ids=["peers", "dates", "work-dates", "cell"],
)
def test_pages_of_one_lesson_have_no_axe_violation(
    signed_in: SignedIn, walked: set[str], who: str, start: str, links: list[str]
) -> None:
    page = signed_in(f"{who}@example.com")
    page.goto(start.format(course=COURSE))
    for link in links:
        page.goto(lead_to(page, link))
        if door(page.url) not in walked:
            walked.add(door(page.url))
            assert in_every_mode(page) == [], page.url


def test_the_structure_of_a_quiz_has_no_axe_violation(
    signed_in: SignedIn, stack: Stack, walked: set[str]
) -> None:
    teacher = Api(stack, "instructor@example.com")
    quiz = fresh_quiz(teacher)
    at = f"/quizzes/{quiz['id']}"
    section = teacher.patiently("POST", f"{at}/sections/", {"title": "Drawn"}).json()
    wish = {"count": 1, "points": "1", "kinds": ["numeric"], "section": section["id"]}
    draw = teacher.patiently("POST", f"{at}/draws/", wish).json()
    page = signed_in("instructor@example.com")
    build = f"/teach/{COURSE}/quizzes/{quiz['lesson']}/"
    for address in (
        build,
        f"{build}sections/{section['id']}/",
        f"{build}draws/{draw['id']}/",
    ):
        page.goto(address)
        walked.add(door(page.url))
        assert in_every_mode(page) == [], address


@pytest.mark.skipif(bool(AWAY), reason=f"no sandbox on this machine: {AWAY}")
def test_a_run_of_code_has_no_axe_violation(signed_in: SignedIn) -> None:
    page = signed_in("instructor@example.com")
    page.goto(f"/teach/{COURSE}/bank/?kind=code")
    page.get_by_role("link", name=re.compile("mean_without_largest")).click()
    with page.expect_request(re.compile("/bank/trials/")) as asked:
        page.get_by_role("button", name="Run all tests", exact=True).click()
    expect(page.locator("#trial")).to_contain_text("tests passed", timeout=60_000)
    assert in_every_mode(page) == []
    page.goto(asked.value.url)
    assert in_every_mode(page) == []


def test_an_admins_pages_have_no_axe_violation(signed_in: SignedIn, walked: set[str]) -> None:
    page = signed_in("admin@example.com")
    for address in ("/ai/settings/", "/ai/spend/", "/institution/", "/institution/fairness/"):
        page.goto(address)
        assert in_every_mode(page) == [], address
        walked.add(address)


# Without a browser it would be put behind the tests of other files, where nothing was walked.
@pytest.mark.usefixtures("signed_in")
def test_no_page_was_passed_by(walked: set[str]) -> None:
    if not walked:
        pytest.skip("runs after the walks of this file, in the same process")
    pages = {row.door for row in PAGE_ROWS if row.method in {"", "GET"}}
    missed = {
        one
        for one in pages - walked - NOT_WALKED
        if not one.endswith((".csv", ".xlsx", ".pdf", "/file/"))
    }
    assert not missed, "\n".join(sorted(missed))


def test_forms_with_errors_have_no_axe_violation(signed_in: SignedIn) -> None:
    page = signed_in("instructor@example.com")
    page.goto("/teach/new/")
    page.fill("[name=summary]", "No title")
    page.click("main button[type=submit]")
    page.wait_for_selector("[aria-invalid=true]")
    assert problems(page) == []
    assert page.locator("#id_title").get_attribute("aria-describedby") == "id_title_error"
