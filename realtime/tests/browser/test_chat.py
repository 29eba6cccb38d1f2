"""The room in a browser: live, after a restart, without sockets, and for everybody."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from channels.routing import get_default_application
from django.conf import settings as live
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from ai.services.faq import add_faq
from courses.models import Enrolment
from lms.kernel import push
from lms.kernel.testing import run_jobs
from lms.kernel.tests.push_server import serve
from realtime.models import Message
from realtime.queries.way_out import way_out
from realtime.services.announcements import announce
from realtime.services.chat import send_message
from realtime.services.direct import report_direct, send_direct
from realtime.services.editing import react
from realtime.services.moderation import pin_message, report_message, restrict_member
from realtime.tests.factories import Cast
from realtime.tests.factories import cast as make_cast

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
LIVE = "[data-chat-state][data-state=live]"
Open = Callable[..., Page]


def write(page: Page, words: str) -> None:
    page.fill("#chat-body", words)
    page.press("#chat-body", "Enter")


def test_two_people_talk_see_each_other_and_staff_deletes(visit: Open) -> None:
    learner, teacher = visit("learner"), visit("instructor")
    for page in (learner, teacher):
        expect(page.locator(LIVE)).to_be_visible()
        expect(page.locator("[data-chat-members] li")).to_have_count(2)
    learner.fill("#chat-body", "So")
    expect(teacher.locator("[data-chat-typing]")).to_contain_text("Lea Learner")
    write(learner, "So **what**?")
    said = teacher.locator(".msg[data-seq='1']")
    expect(said.locator("strong")).to_have_text("what")
    expect(learner.locator(".unsent")).to_have_count(0)
    expect(learner.locator("#chat-body")).to_be_focused()
    expect(learner.locator(".room-day")).to_have_text("Today")
    said.hover()
    said.get_by_role("link", name="Reply", exact=True).focus()
    teacher.keyboard.press("Enter")
    write(teacher, "Not like that.")
    quotes = [page.locator(".msg-parent") for page in (learner, teacher)]
    for quote in quotes:
        expect(quote).to_contain_text("So what?")
    said.locator("[data-tool=more] summary").click()
    said.get_by_role("button", name="Delete this message").click()
    teacher.locator("[data-confirm-yes]").click()
    expect(learner.locator(".msg.gone")).to_contain_text("This message was deleted.")
    for quote in quotes:
        expect(quote).to_contain_text("This message was deleted.")
    teacher.context.close()
    expect(learner.locator("[data-chat-members] li")).to_have_count(1)


def test_states_of_messages_reach_who_was_away_and_a_ban_ends_it(site: Cast, visit: Open) -> None:
    """Reply, emoji, edit and pin by keyboard and pointer; a cut network; then the door."""  # R4 R5
    learner, teacher = visit("learner"), visit("instructor")
    for page in (learner, teacher):
        expect(page.locator(LIVE)).to_be_visible()
    write(learner, "First words")
    said = teacher.locator(".msg[data-seq='1']")
    said.hover()
    said.get_by_role("link", name="Reply", exact=True).focus()
    teacher.keyboard.press("Enter")
    expect(teacher.locator("[data-chat-about]")).to_contain_text("Reply to Lea Learner")
    write(teacher, "An answer")
    own = learner.locator(".msg[data-seq='1']")
    expect(own.locator(".msg-thread")).to_have_text("1 reply")
    expect(learner.locator(".msg-parent")).to_contain_text("First words")
    learner.context.set_offline(True)
    said.locator("[data-tool=react] summary").click()
    said.locator(".msg-emoji [value=heart]").click()
    expect(said.locator(".chip-emoji")).to_have_attribute("aria-pressed", "true")
    said.locator("[data-tool=more] summary").click()
    said.locator("[data-tool=pin] button").click()
    expect(said.locator(".msg-pinned")).to_be_visible()
    learner.context.set_offline(False)
    expect(own.locator(".msg-pinned")).to_be_visible(timeout=20_000)
    expect(own.locator(".chip-emoji [data-count]")).to_have_text("1")
    expect(own.locator(".chip-emoji")).to_have_attribute("aria-pressed", "false")
    own.locator("[data-tool=more] summary").click()
    own.locator("[data-tool=edit]").click()
    write(learner, "Second words")
    expect(teacher.locator(".msg-edited")).to_be_visible()
    expect(teacher.locator(".msg[data-seq] .msg-text")).to_have_text(["Second words", "An answer"])
    restrict_member(
        actor=site.actor("instructor"),
        course=site.course,
        person=site.people["learner"],
        kind="ban",
    )
    expect(learner.locator("[data-chat-state]")).to_have_text(
        "You are no longer in this room.", timeout=15_000
    )
    write(teacher, "After it")
    expect(teacher.locator(".msg[data-seq]", has_text="After it")).to_be_visible()
    expect(learner.locator(".msg[data-seq]")).to_have_count(2)


def test_message_written_while_the_server_is_away_is_sent_when_it_is_back(
    transactional_db: None, browser: Browser, port: int
) -> None:  # R4 R7
    application = get_default_application()
    with serve(application, port):
        cast = make_cast()
        client = Client()
        client.force_login(cast.people["learner"])
        context = browser.new_context(base_url=f"http://127.0.0.1:{port}")
        value = client.cookies[live.SESSION_COOKIE_NAME].value
        cookie = {"name": live.SESSION_COOKIE_NAME, "value": value}
        context.add_cookies([{**cookie, "url": f"http://127.0.0.1:{port}"}])  # type: ignore[typeddict-item]
        page = context.new_page()
        page.goto(f"/c/{cast.course.slug}/chat/")
        expect(page.locator(LIVE)).to_be_visible()
    expect(page.locator(LIVE)).to_have_count(0)
    write(page, "Written meanwhile")
    expect(page.locator(".unsent")).to_contain_text("Not sent yet")
    for body in ("one", "two"):
        send_message(
            actor=cast.actor("assistant"), course=cast.course, client_id=uuid.uuid4(), body=body
        )
    with serve(application, port):
        expect(page.locator(LIVE)).to_be_visible(timeout=30_000)
        expect(page.locator(".unsent")).to_have_count(0)
        texts = page.locator(".msg[data-seq] .msg-text")
        expect(texts).to_have_text(["one", "two", "Written meanwhile"])
        page.reload()
        expect(texts).to_have_text(["one", "two", "Written meanwhile"])
        context.close()
    assert Message.objects.count() == 3


def test_room_works_by_polling_where_no_socket_opens(site: Cast, visit: Open) -> None:  # R7
    page = visit("learner", "/courses/")
    page.context.add_init_script(
        "window.WebSocket = class extends EventTarget { constructor() { super();"
        " this.readyState = 3;"
        " setTimeout(() => this.dispatchEvent(new CloseEvent('close', {code: 1006})), 10); }"
        " close() {} }; WebSocket.OPEN = 1;"
    )
    page.goto(f"/c/{site.course.slug}/chat/")
    write(page, "By request")
    expect(page.locator(".msg[data-seq] .msg-text")).to_have_text(["By request"], timeout=20_000)
    send_message(
        actor=site.actor("assistant"), course=site.course, client_id=uuid.uuid4(), body="Heard"
    )
    expect(page.locator(".msg[data-seq] .msg-text")).to_have_text(
        ["By request", "Heard"], timeout=12_000
    )
    state = page.locator("[data-chat-state]")
    expect(state).to_have_attribute("data-state", "polling", timeout=12_000)
    # Each try at a socket ends at once; what the badge says does not flicker with it.
    page.evaluate("window.sockets = 0; window.said = []")
    state.evaluate(
        "badge => new MutationObserver(() => window.said.push(badge.dataset.state))"
        ".observe(badge, {attributes: true})"
    )
    page.evaluate(
        "() => { const Old = window.WebSocket; window.WebSocket = class extends Old {"
        " constructor() { super(); window.sockets += 1; } }; }"
    )
    page.evaluate("window.dispatchEvent(new Event('online'))")  # tries at once
    page.wait_for_function("() => window.sockets > 0")
    page.wait_for_function("() => window.said.length > 0")  # asked once more
    page.wait_for_timeout(100)  # the socket closes after 10 ms
    assert set(page.evaluate("window.said")) == {"polling"}


def test_room_closes_for_who_was_removed(site: Cast, visit: Open) -> None:  # R5
    page = visit("learner")
    expect(page.locator(LIVE)).to_be_visible()
    Enrolment.objects.filter(user=site.people["learner"]).update(state="removed")
    push.close_room_member(f"course:{site.course.pk}", site.people["learner"].pk, 4403)
    expect(page.locator("[data-chat-state]")).to_have_text(
        "You are no longer in this room.", timeout=15_000
    )


def test_earlier_messages_are_fetched_above(site: Cast, visit: Open) -> None:
    for number in range(1, 62):
        send_message(
            actor=site.actor("learner2"),
            course=site.course,
            client_id=uuid.uuid4(),
            body=f"m{number}",
        )
    page = visit("learner")
    expect(page.locator(".msg[data-seq]")).to_have_count(50)
    page.get_by_role("button", name="Earlier messages").click()
    expect(page.locator(".msg[data-seq]")).to_have_count(61)
    expect(page.locator(".msg[data-seq] .msg-text").first).to_have_text("m1")
    expect(page.get_by_role("button", name="Earlier messages")).to_be_hidden()


def test_bell_counts_and_says_what_happened(site: Cast, visit: Open) -> None:
    page = visit("learner", "/courses/")
    bell = page.locator(".bell a")
    expect(bell).to_have_attribute("aria-label", "Notifications")
    announce(actor=site.actor("instructor"), course=site.course, title="Big news", body="x")
    run_jobs()
    expect(bell).to_have_attribute("aria-label", "1 new notification")
    toast = page.locator(".toast", has_text="Big news")
    toast.get_by_role("button", name="Open").click()
    page.wait_for_url(f"**/c/{site.course.slug}/announcements/**")
    expect(page.locator(".bell a")).to_have_attribute("aria-label", "Notifications")


MODES: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1440, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 768, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 800}},
    "small": {"viewport": {"width": 320, "height": 640}},
    "rtl": {"viewport": {"width": 1440, "height": 900}},
}


@pytest.mark.parametrize("mode", MODES)
def test_pages_have_no_accessibility_violation_and_fit(site: Cast, visit: Open, mode: str) -> None:
    if mode == "rtl":
        type(site.people["learner"]).objects.update(language="ar")
    said = send_message(
        actor=site.actor("learner"), course=site.course, client_id=uuid.uuid4(), body="`code` " * 30
    ).message
    add_faq(
        actor=site.actor("instructor"), course=site.course, question="What is it?", answer="Chalk."
    )
    send_message(
        actor=site.actor("learner2"),
        course=site.course,
        client_id=uuid.uuid4(),
        body="@tutor What is it?",
        reply_to=said.public_id,
    )
    run_jobs()
    react(actor=site.actor("learner"), message=said, emoji="heart", on=True)
    pin_message(actor=site.actor("instructor"), message=said, on=True)
    report_message(actor=site.actor("learner2"), message=said, reason="Loud")
    announce(actor=site.actor("instructor"), course=site.course, title="News", body="# Big\n\nx")
    told = send_direct(
        actor=site.actor("instructor"),
        person=site.people["learner"],
        client_id=uuid.uuid4(),
        body="Alone " * 40,
    ).message
    mine = send_direct(
        actor=site.actor("learner"),
        person=site.people["instructor"],
        client_id=uuid.uuid4(),
        body="Words",
    ).message
    report_direct(actor=site.actor("learner"), message=told, course=site.course)
    pages = {
        "learner": [
            f"/c/{site.course.slug}/chat/",
            f"/c/{site.course.slug}/announcements/",
            "/me/notifications/",
            "/me/notifications/settings/",
            way_out(site.people["learner"], ["announcement"]),
            f"/c/{site.course.slug}/chat/{said.public_id}/thread/",
            f"/c/{site.course.slug}/chat/{said.public_id}/edit/",
            f"/c/{site.course.slug}/chat/search/?q=code",
            "/me/messages/",
            "/me/messages/?q=alone",
            f"/me/messages/{told.conversation.public_id}/",
            f"/me/messages/to/{site.people['assistant'].public_id}/",
            f"/me/messages/said/{told.public_id}/report/",
            f"/me/messages/said/{mine.public_id}/edit/",
        ],
        "instructor": [
            f"/teach/{site.course.slug}/announcements/",
            f"/teach/{site.course.slug}/chat/",
            f"/c/{site.course.slug}/chat/{said.public_id}/faq/",
            f"/c/{site.course.slug}/chat/{said.public_id}/report/",
        ],
    }
    for who, paths in pages.items():
        page = visit(who, paths[0], **MODES[mode])
        for path in paths:
            page.goto(path)
            page.wait_for_selector("html[data-ready=true]")
            if path == f"/c/{site.course.slug}/chat/":
                expect(page.locator(LIVE)).to_be_visible()
            found = Axe().run(page, options=RULES)
            violations = [(v["id"], v["nodes"][0]["html"]) for v in found.response["violations"]]
            assert violations == [], (mode, path)
            wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not wide, (mode, path)
