"""Files, names, threads and messages of two people in browsers, with a network that is cut."""

import io
import uuid
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, expect
from pytest_django.fixtures import Settings

from realtime.models import DirectMessage, Message, MessageFile
from realtime.services.chat import send_message
from realtime.services.direct import send_direct
from realtime.tests.browser.test_chat import LIVE, Open, write
from realtime.tests.factories import Cast

pytestmark = pytest.mark.browser

MOUNTED = ".talk-room[data-mounted]"


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (80, 60), "teal").save(out, "PNG")
    return out.getvalue()


def given(name: str, kind: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": content}


@pytest.fixture(autouse=True)
def _store(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_files_outlast_a_cut_network_and_arrive_once(visit: Open) -> None:  # R4
    learner, teacher = visit("learner"), visit("instructor")
    for page in (learner, teacher):
        expect(page.locator(LIVE)).to_be_visible()
    learner.context.set_offline(True)
    files = [
        given("hill.png", "image/png", picture()),
        given("notes.txt", "text/plain", b"My notes"),
    ]
    learner.set_input_files("[data-attach-pick]", files)
    expect(learner.locator(".attach-list > li.is-bad")).to_have_count(2)
    write(learner, "With files")
    expect(learner.locator(".msg")).to_have_count(0)  # it waits for its files
    write(teacher, "Meanwhile")
    learner.context.set_offline(False)
    for page in (learner, teacher):
        texts = page.locator(".msg[data-seq] .msg-text")
        expect(texts).to_have_text(["Meanwhile", "With files"], timeout=25_000)
        expect(page.locator(".msg-picture img")).to_have_count(1)
        expect(page.locator(".msg-file")).to_contain_text("notes.txt")
        shown = page.locator(".msg-picture img")
        assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 80
    expect(learner.locator(".unsent")).to_have_count(0)
    assert (Message.objects.count(), MessageFile.objects.exclude(message=None).count()) == (2, 2)


def test_a_refused_file_is_not_lost_in_silence_and_alt_is_told(visit: Open) -> None:
    page = visit("learner")
    expect(page.locator(LIVE)).to_be_visible()
    bad = given("page.html", "text/html", b"<p>x</p>")
    page.set_input_files("[data-attach-pick]", [bad])
    expect(page.locator(".attach-state")).to_contain_text("Files of this kind are not allowed")
    write(page, "Words")
    expect(page.locator(".msg")).to_have_count(0)
    page.get_by_role("button", name="Take out: page.html").click()
    good = given("a.png", "image/png", picture())
    page.set_input_files("[data-attach-pick]", [good])
    page.locator(".attach-list input").fill("A teal wall")
    page.locator("#chat-body").press("Enter")
    expect(page.locator(".msg-picture img")).to_have_attribute("alt", "A teal wall")


def test_a_name_is_chosen_by_keyboard(site: Cast, visit: Open) -> None:
    page = visit("learner")
    expect(page.locator(LIVE)).to_be_visible()
    area = page.locator("#chat-body")
    area.press_sequentially("Ask @ines")
    option = page.get_by_role("option", name=site.people["instructor"].name)
    expect(option).to_have_attribute("aria-selected", "true")
    expect(area).to_have_attribute("aria-activedescendant", "chat-body-names-0")
    area.press("Escape")
    expect(option).to_have_count(0)
    area.press_sequentially(" I")  # "@ines I": a part of the name after what was typed
    area.fill("")
    area.press_sequentially("@ass")
    expect(page.get_by_role("option")).to_have_count(1)
    area.press("Enter")
    expect(area).to_have_value(f"@{site.people['assistant'].name} ")
    area.press("Enter")
    expect(page.locator(".msg[data-seq] .mention")).to_have_count(1)


def test_a_thread_opens_beside_the_room_and_closes_by_escape(site: Cast, visit: Open) -> None:
    said = send_message(
        actor=site.actor("assistant"), course=site.course, client_id=uuid.uuid4(), body="Root"
    ).message
    send_message(
        actor=site.actor("learner2"),
        course=site.course,
        client_id=uuid.uuid4(),
        body="First reply",
        reply_to=said.public_id,
    )
    page = visit("learner")
    expect(page.locator(LIVE)).to_be_visible()
    page.locator(".room-main .msg-thread").click()
    pane = page.locator("[data-chat-thread]")
    expect(pane.locator(".msg")).to_have_count(2)
    expect(page.locator("#thread-body")).to_be_focused()
    page.keyboard.type("Second reply")
    page.keyboard.press("Enter")
    expect(pane.locator(".msg")).to_have_count(3)
    expect(pane.locator(".msg-text")).to_have_text(["Root", "First reply", "Second reply"])
    expect(page.locator(".room-main .msg-thread")).to_have_text("2 replies")
    page.keyboard.press("Escape")
    expect(pane).to_be_hidden()
    expect(page.locator(".room-main .msg-thread")).to_be_focused()


def test_two_people_write_alone_until_one_blocks_the_other(site: Cast, visit: Open) -> None:
    learner = visit("learner", f"/me/messages/to/{site.people['instructor'].public_id}/")
    learner.wait_for_selector(MOUNTED)
    learner.fill("#direct-body", "May I ask?")
    learner.press("#direct-body", "Enter")
    learner.wait_for_url("**/me/messages/*/")
    learner.wait_for_selector(MOUNTED)
    talk = learner.url.partition("/me/messages/")[2]
    teacher = visit("instructor", "/courses/")
    expect(teacher.locator(".envelope .count-dot")).to_have_text("1")
    teacher.goto(f"/me/messages/{talk}")
    teacher.wait_for_selector(MOUNTED)
    learner.context.set_offline(True)
    learner.fill("#direct-body", "Written offline")
    learner.press("#direct-body", "Enter")
    expect(learner.locator(".unsent")).to_contain_text("Not sent yet")
    teacher.fill("#direct-body", "Yes")
    teacher.press("#direct-body", "Enter")
    stored = teacher.locator(".msg[data-seq] .msg-text")
    expect(stored).to_have_text(["May I ask?", "Yes"])  # before the other's is sent
    learner.context.set_offline(False)
    for page in (learner, teacher):
        texts = page.locator(".msg[data-seq] .msg-text")
        expect(texts).to_have_text(["May I ask?", "Yes", "Written offline"], timeout=25_000)
    expect(learner.locator(".unsent")).to_have_count(0)
    assert DirectMessage.objects.count() == 3
    teacher.get_by_role("button", name="Block").click()
    teacher.locator("[data-confirm-yes]").click()
    expect(teacher.locator(".room-form")).to_contain_text("You have blocked this person")
    learner.fill("#direct-body", "Once more")
    learner.press("#direct-body", "Enter")
    unsent = learner.locator(".unsent")
    expect(unsent).to_contain_text("You cannot write to this person now.")
    assert DirectMessage.objects.count() == 3
    learner.reload()
    expect(learner.locator(".msg[data-seq]")).to_have_count(3)  # what was said stays readable


def test_a_message_to_oneself_alone_comes_in_while_one_looks(site: Cast, visit: Open) -> None:
    first = send_direct(
        actor=site.actor("assistant"),
        person=site.people["learner"],
        client_id=uuid.uuid4(),
        body="One",
    ).message
    page = visit("learner", f"/me/messages/{first.conversation.public_id}/")
    expect(page.locator(".msg[data-seq] .msg-text")).to_have_text(["One"])
    page.wait_for_selector(MOUNTED)
    send_direct(
        actor=site.actor("assistant"),
        person=site.people["learner"],
        client_id=uuid.uuid4(),
        body="Two",
    )
    expect(page.locator(".msg[data-seq] .msg-text")).to_have_text(["One", "Two"])


def test_staff_settle_a_report_and_mute_who_wrote_it(site: Cast, visit: Open) -> None:
    learner, reader = visit("learner"), visit("learner2")
    for page in (learner, reader):
        expect(page.locator(LIVE)).to_be_visible()
    write(learner, "Rude words")
    said = reader.locator(".msg[data-seq='1']")
    said.hover()
    said.locator("[data-tool=more] summary").click()
    said.locator("[data-tool=report]").click()
    reader.fill("#report-reason", "It is rude")
    reader.get_by_role("button", name="Report").click()
    expect(reader.locator(LIVE)).to_be_visible()
    desk = visit("assistant", f"/teach/{site.course.slug}/chat/")
    expect(desk.locator("#reported + article")).to_contain_text("It is rude")
    desk.get_by_role("button", name="Leave it").click()
    expect(desk.locator("#settled")).to_be_visible()
    desk.get_by_role("button", name="Open again").click()
    desk.get_by_role("button", name="Take it away").click()
    desk.get_by_role("dialog").get_by_role("button", name="Remove").click()
    for page in (learner, reader):
        expect(page.locator(".msg.gone")).to_contain_text("This message was deleted.")
    desk.locator("#who").select_option(label=site.people["learner"].display_name)
    desk.get_by_role("button", name="Restrict").click()
    expect(desk.locator("#restricted + .card")).to_contain_text(site.people["learner"].name)
    write(learner, "More of it")
    expect(learner.locator(".unsent")).to_contain_text("have muted you in this room")
    expect(reader.locator(".msg[data-seq]")).to_have_count(1)
