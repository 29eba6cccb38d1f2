"""One running stack and one Chromium for all browser tests of a process."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from ai.tests.assistant import speaking
from ai.tests.fake_model import FakeModel
from conftest import LEG
from lms.tests.e2e.stack import Stack, running
from lms.tests.world import PASSWORD

SignedIn = Callable[..., Page]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    assert path, "Chromium is missing: .ci/run installs it from Debian"
    return {**browser_type_launch_args, "executable_path": path, "args": FLAGS}


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("stack") / "data"
    folder.mkdir()
    with running(folder, services=LEG == "services") as started:
        yield started


@dataclass(frozen=True)
class Assisted:
    """A running product with a connected model, and the model."""

    stack: Stack
    model: FakeModel


@pytest.fixture(scope="session")
def assisted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assisted]:
    """Started once for all files that need a model which answers by the protocol."""
    folder = tmp_path_factory.mktemp("assisted") / "data"
    folder.mkdir()
    with speaking() as model, ExitStack() as until:
        # Other stacks, which may start later, have no model.
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AI_BASE_URL", model.url)
            patch.setenv("AI_MODEL", "assistant")
            started = until.enter_context(running(folder, services=False))
        yield Assisted(started, model)


@pytest.fixture
def contexts(browser: Browser) -> Iterator[list[BrowserContext]]:
    opened: list[BrowserContext] = []
    yield opened
    for context in opened:
        context.close()


@pytest.fixture
def signed_in(browser: Browser, stack: Stack, contexts: list[BrowserContext]) -> SignedIn:
    """`signed_in("student@example.com", width=390)`: a page of a browser of their own."""

    def sign_in(email: str, *, width: int = 1440, **options: Any) -> Page:
        context = browser.new_context(
            base_url=stack.url, viewport={"width": width, "height": 900}, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        if email:
            page.goto("/accounts/login/")
            page.fill("input[name=login]", email)
            page.fill("input[name=password]", PASSWORD)
            page.click("main button[type=submit]")
            page.wait_for_url("**/me/**")
        return page

    return sign_in
