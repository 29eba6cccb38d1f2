"""A site of its own in a thread, and people who visit it with a browser."""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from channels.routing import get_default_application
from django.conf import settings as live
from django.test import Client
from playwright.sync_api import Browser, Page

from lms.kernel.push.publisher import PUBLISHER
from lms.kernel.tests.push_server import free_port, serve
from realtime.tests.factories import Cast
from realtime.tests.factories import cast as make_cast

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium on this machine")
    return {**browser_type_launch_args, "executable_path": path, "args": FLAGS}


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def site(transactional_db: None, port: int) -> Iterator[Cast]:
    with serve(get_default_application(), port):
        yield make_cast()
    PUBLISHER.flush()


@pytest.fixture
def visit(site: Cast, browser: Browser, port: int) -> Iterator[Open]:
    contexts = []

    def open_page(who: str, path: str = "", **options: Any) -> Page:
        client = Client()
        client.force_login(site.people[who])
        address = f"http://127.0.0.1:{port}"
        context = browser.new_context(base_url=address, **options)
        contexts.append(context)
        value = client.cookies[live.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": live.SESSION_COOKIE_NAME, "value": value, "url": address}])
        page = context.new_page()
        page.goto(path or f"/c/{site.course.slug}/chat/")
        return page

    yield open_page
    for context in contexts:
        context.close()
