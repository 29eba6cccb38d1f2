"""A teacher finds a learner at risk, reads why, acts, sees it followed; takes the report home."""

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lms.tests.e2e.conftest import SignedIn
from lms.tests.e2e.test_axe import in_every_mode

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
COURSE = "/teach/thinking-with-data"
NOTE = "Called: the bus was late, works again from Monday."


def test_a_learner_at_risk_is_found_helped_and_followed(signed_in: SignedIn) -> None:
    page = signed_in("instructor@example.com")
    page.goto(f"{COURSE}/analytics/")
    first = page.locator("#warning li").first
    expect(first).to_contain_text("%")
    name = first.get_by_role("link").first.inner_text()
    first.get_by_role("link").first.click()

    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    why = page.locator("main")
    expect(why).to_contain_text(re.compile("Handed in|Nothing|Mean score|Missed"))
    page.locator("select[name=kind]").select_option("meeting")
    page.locator("[name=note]").fill(NOTE)
    page.locator("form[action$='/contacts/'] button").click()
    expect(page.get_by_text("Noted what you did.").first).to_be_visible()
    followed = page.locator("main").get_by_text(NOTE)
    expect(followed).to_be_visible()
    assert in_every_mode(page) == []

    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{COURSE}/analytics/")
    expect(page.locator("#help, #warning").get_by_text("Contacted").first).to_be_visible()


def test_a_teacher_takes_the_report_home(signed_in: SignedIn, tmp_path: Path) -> None:
    page = signed_in("instructor@example.com")
    page.goto(f"{COURSE}/analytics/exports/")
    page.get_by_label("Without names").check()
    page.get_by_role("button", name="Write the file").click()
    taken = page.get_by_role("link", name="Download").first
    expect(taken).to_be_visible(timeout=60_000)
    with page.expect_download() as waited:
        taken.click()
    path = tmp_path / "report.zip"
    waited.value.save_as(path)
    with zipfile.ZipFile(path) as archive:
        assert "learners.csv" in archive.namelist()
        assert b"@example.com" not in archive.read("learners.csv")
    assert in_every_mode(page) == []


def test_a_teacher_gets_the_report_by_mail(signed_in: SignedIn) -> None:
    page = signed_in("instructor@example.com")
    page.goto(f"{COURSE}/analytics/mail/")
    page.get_by_role("button", name=re.compile("Send it to me|Save")).click()
    expect(page.get_by_text("The next one comes on").first).to_be_visible()
    assert in_every_mode(page) == []
    stop(page)


def stop(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.reload()
    page.get_by_role("button", name="Stop the reports").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop").click()
    expect(page.get_by_text("No more reports of this course come by mail.").first).to_be_visible()
