"""Settings of notifications, the way out and push in a browser."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lms.kernel.actors import system
from realtime.enums import NotificationKind
from realtime.models import NotificationPreference, PushSubscription
from realtime.queries.way_out import way_out
from realtime.services.notify import notify
from realtime.tests.browser.test_chat import Open
from realtime.tests.factories import Cast
from realtime.tests.push_service import Receiver

pytestmark = pytest.mark.browser
SETTINGS = "/me/notifications/settings/"


def test_the_table_is_saved_and_says_when_the_digest_comes(site: Cast, visit: Open) -> None:
    page = visit("learner", SETTINGS, viewport={"width": 390, "height": 800})
    page.get_by_label("New quizzes: by mail").select_option("Daily digest")
    page.get_by_label("New quizzes: on this site").uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("main")).to_contain_text("Your next daily digest comes on")
    expect(page.get_by_label("New quizzes: by mail")).to_have_value("daily")
    row = NotificationPreference.objects.get(kind="quiz_published")
    assert (row.in_app, row.mail, row.frequency) == (False, True, "daily")


def test_mail_is_left_and_taken_back_without_signing_in(site: Cast, visit: Open) -> None:
    page = visit("learner", "/courses/")
    page.context.clear_cookies()
    page.goto(way_out(site.people["learner"], ["announcement"]))
    page.get_by_role("button", name="Stop this mail").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You get no more of this mail")
    assert not NotificationPreference.objects.get().mail
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You get this mail again")
    assert NotificationPreference.objects.get().mail


FAKE = """({ endpoint, keys }) => {
    const made = { endpoint, toJSON: () => ({ endpoint, keys }), unsubscribe: async () => true };
    let held = null;
    PushManager.prototype.getSubscription = async () => held;
    PushManager.prototype.subscribe = async () => (held = made);
    Notification.requestPermission = async () => "granted";
}"""


def test_push_is_switched_on_and_off_in_this_browser(site: Cast, visit: Open) -> None:
    page = visit("learner", SETTINGS)
    page.wait_for_selector("html[data-ready=true]")
    given = {"endpoint": "https://fcm.googleapis.com/fcm/send/x", "keys": Receiver().keys}
    page.evaluate(FAKE, given)
    page.get_by_role("button", name="Switch on in this browser").click()
    expect(page.get_by_role("button", name="Switch off")).to_be_visible()
    row = PushSubscription.objects.get()
    assert (row.user, row.endpoint) == (site.people["learner"], given["endpoint"])
    page.get_by_role("button", name="Switch off").click()
    expect(page.locator("main")).not_to_contain_text("switched on on")
    assert not PushSubscription.objects.exists()


def test_signing_out_leaves_nothing_typed_and_no_push(site: Cast, visit: Open) -> None:
    page = visit("learner", f"/c/{site.course.slug}/discuss/new/")
    page.locator("form[data-mounted] textarea").fill("Private thoughts")
    page.goto(SETTINGS)
    page.wait_for_selector("html[data-ready=true]")
    given = {"endpoint": "https://fcm.googleapis.com/fcm/send/x", "keys": Receiver().keys}
    page.add_init_script(f"({FAKE})({json.dumps(given)})")
    page.evaluate(FAKE, given)
    page.get_by_role("button", name="Switch on in this browser").click()
    expect(page.get_by_role("button", name="Switch off")).to_be_visible()
    stored = "Object.keys(localStorage).filter((key) => key.startsWith('cairn-forum-')).length"
    assert page.evaluate(stored) == 1
    page.locator(".avatar-menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()
    assert page.evaluate(stored) == 0
    assert not PushSubscription.objects.exists()


REGISTER = """async () => {
    const made = await navigator.serviceWorker.register("/push/worker.js", { scope: "/push/" });
    while (!made.active) await new Promise((go) => setTimeout(go, 50));
}"""
SHOWN = """async () => {
    const registration = await navigator.serviceWorker.getRegistration("/push/");
    const all = await registration.getNotifications();
    return all.map(({ title, body, tag, data }) => ({ title, body, tag, url: data.url }));
}"""


def test_the_worker_shows_what_is_pushed(site: Cast, visit: Open, port: int) -> None:
    page = visit("learner", SETTINGS)
    page.context.grant_permissions(["notifications"])
    page.wait_for_selector("html[data-ready=true]")
    registered: list[dict[str, Any]] = []
    session = page.context.new_cdp_session(page)
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registered.extend(event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    page.evaluate(REGISTER)
    send_push(page, session, registered, port)
    page.wait_for_function(f"async () => (await ({SHOWN})()).length === 1")
    assert page.evaluate(SHOWN) == [
        {"title": "New quizzes", "body": "2 new", "tag": "quiz_published", "url": "/me/"}
    ]


def send_push(page: Page, session: Any, registered: list[dict[str, Any]], port: int) -> None:
    for _try in range(100):
        if registered:
            break
        page.wait_for_timeout(50)
    session.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": f"http://127.0.0.1:{port}/",
            "registrationId": registered[-1]["registrationId"],
            "data": '{"title": "New quizzes", "body": "2 new", "kind": "quiz_published",'
            ' "url": "/me/"}',
        },
    )


def test_a_burst_is_two_toasts(site: Cast, visit: Open) -> None:
    page = visit("learner", "/courses/")
    bell = page.locator(".bell a")
    expect(bell).to_have_attribute("aria-label", "Notifications")
    page.wait_for_timeout(1500)
    for number in range(7):
        notify(
            actor=system("test"),
            kind=NotificationKind.QUIZ_PUBLISHED,
            recipients=[site.people["learner"].pk],
            course=site.course,
            key=f"k{number}",
            args={"course": site.course.title, "subject": f"Quiz {number}"},
            url="/c/x/",
        )
    expect(page.locator(".toast", has_text="6 new notifications")).to_be_visible()
    assert page.locator(".toast").count() == 2
    expect(bell).to_have_attribute("aria-label", "7 new notifications")
