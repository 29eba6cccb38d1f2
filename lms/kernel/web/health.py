"""/healthz: the process lives. /readyz: it can serve. /metrics: figures for Prometheus."""

import hmac
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

LOOPBACK = frozenset({"127.0.0.1", "::1"})
OK, DEGRADED = "ok", "degraded"
_migrated = False
# What apps say of themselves here: a word, or nothing when all is well.
MORE: dict[str, Callable[[], str]] = {}


def answer(request: HttpRequest) -> HttpResponse | None:
    """The answer of a health address, None for any other."""
    doors: dict[str, Callable[[HttpRequest], HttpResponse]] = {
        "/healthz": healthz,
        "/readyz": readyz,
        "/metrics": metrics,
    }
    door = doors.get(request.path)
    if door is None:
        return None
    response = door(request)
    response["Content-Length"] = str(len(response.content))
    return response


def healthz(_request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all."""
    return JsonResponse({"status": OK})


def readyz(_request: HttpRequest) -> HttpResponse:
    """503 for database and migrations only; the rest is reported as ok or degraded with 200."""
    needed = {"database": _probe(_database), "migrations": _probe(_migrations)}
    rest = {
        "broker": _probe(_broker),
        "channel_layer": _probe(_redis),
        "cache": _probe(_cache),
        "storage": _probe(_storage),
        "worker": _probe(_worker),
    }
    ready = all(state == OK for state in needed.values())
    status = OK if ready else "unavailable"
    more = {name: _probe(check) for name, check in MORE.items()}
    body = {"status": status, **needed, **rest, **more}
    return JsonResponse(body, status=200 if ready else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text, for the bearer of LMS_METRICS_TOKEN, or for loopback when none is set."""
    if not _may_read_metrics(request):
        return HttpResponse(status=404)
    from django_prometheus.exports import ExportToDjangoView

    response: HttpResponse = ExportToDjangoView(request)
    return response


def _may_read_metrics(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given, f"Bearer {settings.METRICS_TOKEN}")
    forwarded = "HTTP_X_FORWARDED_FOR" in request.META
    return request.META.get("REMOTE_ADDR") in LOOPBACK and not forwarded


def _probe(check: Callable[[], Any]) -> str:
    try:
        said = check()
        return said if said and isinstance(said, str) else DEGRADED if said is False else OK
    except Exception:  # noqa: BLE001 - whatever a dependency raises means that it is down
        return DEGRADED


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations() -> bool:
    global _migrated  # noqa: PLW0603 - asked until true, then never again
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def _redis() -> bool:
    if settings.REDIS_URL is None:
        return True
    import redis

    with redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=0.3, socket_connect_timeout=0.3
    ) as client:
        return bool(client.ping())


def _broker() -> bool:
    return _redis()


def _cache() -> bool:
    if settings.REDIS_URL is not None:
        return _redis()
    cache.set("readyz", "1", 10)
    return bool(cache.get("readyz") == "1")


def _storage() -> bool:
    default_storage.exists("readyz")
    return True


def _worker() -> bool:
    """Whether a worker reported within a minute (it touches the cache on each reap)."""
    seen = cache.get("worker_seen")
    return seen is not None and time.time() - float(seen) < 60
