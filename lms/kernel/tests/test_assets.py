from typing import Any

import pytest

from lms.kernel.web.assets import Assets


async def passed_on(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": b"django"})


async def ask(
    app: Assets, path: str, method: str = "GET", headers: dict[bytes, bytes] | None = None
) -> tuple[int, dict[bytes, bytes], bytes]:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "path": path,
        "method": method,
        "headers": list((headers or {}).items()),
    }
    await app(scope, None, send)  # type: ignore[arg-type]
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


async def test_assets_are_served_with_type_and_tag() -> None:
    app = Assets(passed_on, "/static/")
    status, headers, body = await ask(app, "/static/css/tokens.css")
    assert (status, headers[b"content-type"]) == (200, b"text/css; charset=utf-8")
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert int(headers[b"content-length"]) == len(body) > 0
    again = await ask(app, "/static/css/tokens.css", headers={b"if-none-match": headers[b"etag"]})
    assert (again[0], again[2]) == (304, b"")
    assert (await ask(app, "/static/css/tokens.css", "HEAD"))[2] == b""


@pytest.mark.parametrize(
    "path",
    [
        "/static/nothing.css",
        "/static/../pyproject.toml",
        "/static/%2e%2e/pyproject.toml",
        "/static/css",
        "/static/a\x00b",
    ],
)
async def test_assets_outside_the_folders_are_missing(path: str) -> None:
    assert (await ask(Assets(passed_on, "/static/"), path))[0] == 404


async def test_assets_take_no_other_method_and_pass_the_rest_on() -> None:
    app = Assets(passed_on, "/static/")
    assert (await ask(app, "/static/css/tokens.css", "POST"))[0] == 404
    assert (await ask(app, "/courses/"))[0] == 299
