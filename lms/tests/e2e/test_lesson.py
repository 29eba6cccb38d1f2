"""Lessons in a browser: pictures in a text, texts and films that go on where one stopped."""

import base64
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from lms.tests.e2e.conftest import SignedIn

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
COURSE = "thinking-with-data"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5Erk"
    "Jggg=="
)
# A film of two seconds, drawn by the browser itself.
FILM = """async () => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 64, height: 36});
  const pen = canvas.getContext("2d");
  const film = new MediaRecorder(canvas.captureStream(25), {mimeType: "video/webm"});
  const parts = [];
  film.ondataavailable = (event) => parts.push(event.data);
  const ended = new Promise((done) => (film.onstop = done));
  film.start();
  for (let frame = 0; frame < 50; frame += 1) {
    pen.fillStyle = `hsl(${frame * 7} 80% 50%)`;
    pen.fillRect(0, 0, 64, 36);
    await new Promise((next) => setTimeout(next, 40));
  }
  film.stop();
  await ended;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return Array.from(bytes);
}"""


def _ready(page: Page) -> None:
    page.wait_for_function("() => document.documentElement.dataset.ready")
    page.wait_for_load_state("networkidle")


def _lessons(page: Page) -> list[str]:
    """Addresses of the text lessons of the course in the player."""
    page.goto(f"/teach/{COURSE}/")
    links = page.locator(".builder-items a.title:has(svg)").all()
    return [str(link.get_attribute("href")) for link in links]


def _add(page: Page, name: str, kind: str, content: bytes) -> None:
    page.set_input_files("#id_file", {"name": name, "mimeType": kind, "buffer": content})
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".file-item").filter(has_text=name)).to_be_visible()
    _ready(page)


def test_picture_goes_into_the_text_at_the_cursor(signed_in: SignedIn) -> None:
    page = signed_in("instructor@example.com")
    page.goto(_lessons(page)[0])
    _ready(page)
    page.fill("#id_markdown", "Before after")
    _add(page, "curve.png", "image/png", PNG)
    assert page.input_value("#id_markdown") == "Before after"
    page.evaluate("document.getElementById('id_markdown').setSelectionRange(6, 6)")
    page.get_by_role("button", name=re.compile(r"^Insert into the text.*curve\.png")).click()
    found = re.fullmatch(
        r"Before !\[curve\]\(attachment:(\w{22})\) after", page.input_value("#id_markdown")
    )
    assert found is not None
    shown = page.locator(f"#preview img[src='/attachments/{found[1]}/']")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.naturalWidth") == 1


def _percent(page: Page) -> int:
    return int(
        page.evaluate(
            "Math.round(scrollY / (document.documentElement.scrollHeight - innerHeight) * 100)"
        )
    )


def _text_lesson(page: Page) -> str:
    """A text lesson that is longer than the screen, opened in the player."""
    page.goto(f"/c/{COURSE}/")
    for link in page.locator("a[href*='/learn/']").all():
        address = str(link.get_attribute("href"))
        page.goto(address)
        if page.locator("[data-resumed]").count():
            return address
        page.goto(f"/c/{COURSE}/")
    pytest.fail("the demo has no text lesson")


def test_text_is_resumed_at_the_place_where_it_was_left(signed_in: SignedIn) -> None:
    page = signed_in("student2@example.com", reduced_motion="reduce")
    address = _text_lesson(page)
    _ready(page)
    page.evaluate("scrollTo(0, (document.documentElement.scrollHeight - innerHeight) * 0.6)")
    with page.expect_response("**/progress/"):
        page.evaluate("dispatchEvent(new Event('pagehide'))")
    page.goto("/me/")
    page.goto(address)
    expect(page.get_by_text("You are back where you stopped.")).to_be_visible()
    page.wait_for_load_state()
    assert abs(_percent(page) - 60) <= 2
    page.goto("/me/")
    page.goto(f"{address}#main")
    _ready(page)
    assert page.evaluate("scrollY") < 200
    page.goto(address)
    page.get_by_role("button", name="To the top").click()
    assert page.evaluate("scrollY") == 0


def test_film_goes_on_when_its_address_has_run_out(signed_in: SignedIn, tmp_path: Path) -> None:
    page = signed_in("instructor@example.com")
    editor = _lessons(page)[1]
    page.goto(editor)
    _ready(page)
    film = tmp_path / "film.webm"
    film.write_bytes(bytes(page.evaluate(FILM)))
    _add(page, "film.webm", "video/webm", film.read_bytes())
    doors: list[str] = []
    page.on("request", lambda asked: doors.append(asked.url))
    expired = {"left": 1}

    def refuse_once(route: Route) -> None:
        if expired["left"]:
            expired["left"] -= 1
            route.fulfill(status=404)
        else:
            route.continue_()

    # The signed address itself cannot be refused: routes do not see where a redirect leads.
    page.route("**/c/*/files/**", refuse_once)
    page.goto(editor.replace("/teach/", "/c/").replace("/lessons/", "/learn/"))
    page.wait_for_function("() => document.querySelector('video').readyState >= 1")
    assert expired["left"] == 0
    assert len([door for door in doors if "again=" in door]) == 1
    assert page.locator("video").evaluate("film => film.error") is None
