"""The forum in a browser: asked, answered, solved, locked; drafts; no name of who hides it."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from realtime.models import ForumPost, ForumThread
from realtime.services.forum_keeping import set_forum
from realtime.tests.factories import Cast, answer, begin

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
READY = "() => document.documentElement.dataset.ready"
Open = Callable[..., Page]


def discuss(site: Cast, path: str = "") -> str:
    return f"/c/{site.course.slug}/discuss/{path}"


def opened(page: Page) -> Page:
    page.wait_for_function(READY)
    return page


def menu(page: Page, post: ForumPost) -> None:
    page.locator(f"#p-{post.public_id} summary[aria-label=More]").click()


def test_a_question_is_asked_answered_solved_and_locked(site: Cast, visit: Open) -> None:
    learner = opened(visit("learner", discuss(site)))
    learner.get_by_role("link", name="New thread").first.click()
    learner.select_option("#id_kind", "question")
    learner.fill("#id_title", "Why do rivers bend?")
    learner.fill("#id_body", "I tried a **straight** one.")
    learner.locator(".forum-preview summary").click()
    expect(learner.locator("#preview strong")).to_have_text("straight")
    learner.get_by_role("button", name="Publish").click()
    learner.wait_for_url("**/discuss/t/*/")
    thread = ForumThread.objects.get()
    url = discuss(site, f"t/{thread.public_id}/")

    peer = opened(visit("learner2", url))
    peer.fill("#reply-body", "Water is *lazy*.")
    peer.press("#reply-body", "Control+Enter")
    expect(peer.locator(".post", has_text="Water is lazy.")).to_be_visible()
    reply = ForumPost.objects.get(seq=2)

    note = learner.locator("[data-forum-news] a")
    expect(note).to_have_text("1 new reply, show", timeout=20_000)
    note.click()
    learner.locator(f"#p-{reply.public_id}").get_by_role("button", name="This solved it").click()
    expect(learner.locator(f"#p-{reply.public_id} .badge.ok")).to_have_text("Solution")

    staff = opened(visit("assistant", url))
    staff.locator("summary", has_text="Moderate").click()
    staff.get_by_role("button", name="Lock").click()
    expect(staff.locator(".page-head .badge", has_text="Locked")).to_be_visible()
    peer.goto(url)
    expect(peer.locator("main")).to_contain_text("This thread is locked")
    expect(peer.locator("#reply-body")).to_have_count(0)
    assert Axe().run(peer, options=RULES).response["violations"] == []


def test_a_peer_never_sees_who_posts_without_a_name(site: Cast, visit: Open) -> None:
    set_forum(actor=site.actor("instructor"), course=site.course, anonymous_allowed=True)
    learner = opened(visit("learner", discuss(site, "new/")))
    learner.fill("#id_title", "I am afraid to ask")
    learner.fill("#id_body", "What is a delta?")
    learner.get_by_label("Do not show my name to other learners").check()
    learner.get_by_role("button", name="Publish").click()
    learner.wait_for_url("**/discuss/t/*/")
    expect(learner.locator(".post-root")).to_contain_text("Anonymous 1")
    expect(learner.locator(".post-root .badge")).to_have_text("You")
    post = ForumPost.objects.get()
    person = site.people["learner"]
    url = discuss(site, f"t/{post.thread.public_id}/")

    peer = opened(visit("learner2", discuss(site)))
    assert person.name not in peer.content()
    peer.goto(url)
    expect(peer.locator(".post-root")).to_contain_text("Anonymous 1")
    assert person.name not in peer.content()
    assert person.public_id not in peer.content()

    staff = opened(visit("instructor", url))
    assert person.name not in staff.content()
    menu(staff, post)
    staff.get_by_role("button", name="Who wrote this?").click()
    staff.locator("[data-confirm-yes]").click()
    expect(staff.locator("main")).to_contain_text(person.name)
    assert Axe().run(staff, options=RULES).response["violations"] == []


def test_a_draft_is_kept_and_a_reply_is_aimed_by_keyboard(site: Cast, visit: Open) -> None:
    root = begin(site)
    first = answer(site, "learner2", root, "The first answer")
    url = discuss(site, f"t/{root.thread.public_id}/")
    page = opened(visit("learner", url))
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(f"#p-{first.public_id}")).to_be_focused()
    page.locator(f"#p-{first.public_id} [data-reply]").click()
    expect(page.locator("[data-about]")).to_have_text(
        f"Reply to {site.people['learner2'].display_name}"
    )
    page.fill("#reply-body", "Half a thought")
    page.reload()
    expect(page.locator("#reply-body")).to_have_value("Half a thought")
    page.locator(f"#p-{first.public_id} [data-reply]").click()
    page.get_by_role("button", name="Reply", exact=True).click()
    expect(page.locator(".post.depth-1")).to_contain_text("Half a thought")
    expect(page.locator("#reply-body")).to_have_value("")
    assert ForumPost.objects.get(seq=3).parent == first
