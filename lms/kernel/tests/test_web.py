import json
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings

from lms.kernel.db.cache import CacheAway, OpenRedisCache
from lms.kernel.errors import Denied, NotFound, SignInRequired
from lms.kernel.web import health, slots
from lms.kernel.web.middleware import ErrorPageMiddleware
from lms.settings.env import BadEnvironment, read

pytestmark = pytest.mark.django_db

GOOD = {
    "LMS_SECRET_KEY": "s" * 40,
    "LMS_PUBLIC_URL": "https://learn.example.org/",
    "DATABASE_URL": "postgresql://cairn@db/cairn",
}


def test_healthz_answers_without_anything_else(client: Client) -> None:  # O1
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert response["Content-Length"] == str(len(response.content))


def test_readyz_reports_the_rest_as_degraded_with_200(client: Client) -> None:  # O1
    cache.delete("worker_seen")
    body = client.get("/readyz").json()
    assert (body["database"], body["migrations"], body["worker"]) == ("ok", "ok", "degraded")


@override_settings(REDIS_URL="redis://127.0.0.1:1/0")
def test_readyz_stays_ready_without_redis(client: Client) -> None:  # O1 R7
    response = client.get("/readyz")
    assert (response.status_code, response.json()["broker"]) == (200, "degraded")


def test_readyz_is_503_for_missing_migrations(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:  # O1
    monkeypatch.setattr(health, "_migrations", lambda: False)
    assert client.get("/readyz").status_code == 503


def test_metrics_are_for_loopback_or_the_token(client: Client) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="8.8.8.8").status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "8.8.8.8"}).status_code == 404
    with override_settings(METRICS_TOKEN="abc"):
        assert client.get("/metrics").status_code == 404
        assert client.get("/metrics", headers={"Authorization": "Bearer abc"}).status_code == 200


def test_every_answer_has_a_request_id(client: Client) -> None:  # O7
    assert len(client.get("/healthz")["X-Request-Id"]) == 16
    given = client.get("/healthz", headers={"X-Request-Id": "abcdef-123"})
    assert given["X-Request-Id"] == "abcdef-123"
    bad = client.get("/healthz", headers={"X-Request-Id": "a b"})
    assert bad["X-Request-Id"] != "a b"


def test_nul_in_an_address_is_refused(client: Client) -> None:  # C4
    assert client.get("/courses/?search=%00").status_code == 400


def test_an_unknown_api_address_is_a_problem(client: Client) -> None:  # P6
    response = client.get("/api/v1/nothing/")
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    assert json.loads(response.content)["code"] == "not_found"


def test_kernel_errors_become_pages() -> None:
    request = RequestFactory().get("/c/x/?page=2")
    middleware = ErrorPageMiddleware(lambda _request: HttpResponse())
    signed_out = middleware.process_exception(request, SignInRequired())
    assert signed_out is not None
    assert signed_out["Location"] == "/accounts/login/?next=%2Fc%2Fx%2F%3Fpage%3D2"
    request.htmx = True  # type: ignore[attr-defined]
    pushed = middleware.process_exception(request, SignInRequired())
    assert pushed is not None
    assert pushed["HX-Redirect"] == "/accounts/login/"
    assert middleware.process_exception(request, ValueError()) is None


@pytest.mark.parametrize(("problem", "status"), [(NotFound(), 404), (Denied(), 403)])
def test_error_pages_have_their_status(problem: Exception, status: int, rf: RequestFactory) -> None:
    request = rf.get("/x/")
    request.session = {}  # type: ignore[assignment]
    from django.contrib.auth.models import AnonymousUser

    request.user = AnonymousUser()
    page = ErrorPageMiddleware(lambda _request: HttpResponse()).process_exception(request, problem)
    assert page is not None
    assert page.status_code == status


def test_slots_render_in_order_and_leave_out_what_fails(rf: RequestFactory) -> None:
    def fail(_request: HttpRequest, _context: dict[str, Any]) -> str:
        raise RuntimeError

    slots.register("test.slot", lambda _r, _c: "b", order=20)
    slots.register("test.slot", lambda _r, c: c["x"], order=10)
    slots.register("test.slot", fail, order=15)
    assert slots.render("test.slot", rf.get("/"), {"x": "a"}) == "ab"
    assert slots.render("test.empty", rf.get("/"), {}) == ""


def test_the_cache_fails_open_without_redis() -> None:
    away = OpenRedisCache("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 0.1}})
    away.set("a", 1)
    assert away.get("a", "nothing") == "nothing"
    assert away.get_many(["a"]) == {}
    assert away.add("a", 1) is True
    assert away.delete("a") is False
    with pytest.raises(CacheAway):
        away.count_hit("a", 60)


def test_production_refuses_to_start_without_what_it_needs() -> None:  # O5
    with pytest.raises(BadEnvironment, match="LMS_SECRET_KEY"):
        read({})
    assert read(GOOD)["LMS_PUBLIC_URL"] == "https://learn.example.org"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("LMS_MODE", "prod", "one of trial"),
        ("LMS_SECRET_KEY", "short", "40 characters"),
        ("DATABASE_URL", "sqlite:///x", "PostgreSQL"),
        ("LMS_PUBLIC_URL", "learn.example.org", "must look like"),
        ("DATABASE_POOL_MAX", "many", "DATABASE_POOL_MAX"),
        ("LMS_THROTTLE", "perhaps", "true or false"),
    ],
)
def test_a_bad_variable_is_named(name: str, value: str, words: str) -> None:
    with pytest.raises(BadEnvironment, match=words):
        read({**GOOD, name: value})


def test_trial_needs_nothing() -> None:
    values = read({"LMS_MODE": "trial", "LMS_ALLOWED_HOSTS": "a.example, b.example"})
    assert values["LMS_ALLOWED_HOSTS"] == ["a.example", "b.example"]
    assert values["DATABASE_URL"] == ""


@pytest.mark.services
def test_clearing_the_cache_leaves_what_belongs_to_others() -> None:
    if settings.REDIS_URL is None:
        cache.set("own", 1)
        cache.clear()
        assert cache.get("own") is None
        return
    import redis

    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.set("somebody-elses-key", "kept", ex=60)
        cache.set("own", 1)
        cache.clear()
        assert cache.get("own") is None
        assert client.get("somebody-elses-key") == b"kept"
        client.delete("somebody-elses-key")
