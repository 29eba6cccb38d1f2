"""One throttle by person or address and class of operation.

It counts in the cache, and in the database while the cache is away. Tries at a password or code are
always counted in the database: one stall of the cache would split the count and let more through.
"""

import hashlib
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from lms.kernel import clock
from lms.kernel.db.cache import CacheAway, OpenRedisCache
from lms.kernel.models import ThrottleCount
from lms.kernel.web.address import address_of

# class of operation -> (hits, seconds)
LIMITS: dict[str, tuple[int, int]] = {
    "read": (1200, 60),
    "write": (300, 60),
    "answer": (600, 60),
    "ai": (30, 60),
    "run_code": (10, 60),
    "invite": (20, 60),
    "sign_in_address": (30, 900),
    "sign_in_account": (10, 900),
    "anonymous": (300, 60),
    "access_code": (10, 900),
}
DURABLE = {"sign_in_address", "sign_in_account", "access_code"}


def hit(scope: str, who: str) -> int | None:
    """Count one hit; the seconds to wait when the limit is passed, else None."""
    most, seconds = LIMITS[scope]
    hits = _count(scope, who)
    if hits <= most:
        return None
    return seconds - _second() % seconds


def take_back(scope: str, who: str) -> None:
    """Uncount one hit of a durable scope: what turned out to be no failure. Never below nothing."""
    _count_durably(_key(scope, who), LIMITS[scope][1], by=-1)


def _second() -> int:
    return int(clock.now().timestamp())


def _key(scope: str, who: str) -> str:
    window = _second() // LIMITS[scope][1]
    digest = hashlib.sha256(who.encode()).hexdigest()[:32]
    return f"throttle:{scope}:{digest}:{window}"


def _count(scope: str, who: str) -> int:
    key, seconds = _key(scope, who), LIMITS[scope][1]
    backend = caches["default"]
    if isinstance(backend, OpenRedisCache) and scope not in DURABLE:
        try:
            return backend.count_hit(key, seconds)
        except CacheAway:
            pass
    return _count_durably(key, seconds)


def _count_durably(key: str, seconds: int, by: int = 1) -> int:
    rows = ThrottleCount.objects.filter(key=key)
    until = clock.now() + timedelta(seconds=seconds)
    with transaction.atomic():
        if not rows.exists():
            fresh = ThrottleCount(key=key, expires_at=until)
            ThrottleCount.objects.bulk_create([fresh], ignore_conflicts=True)
        # The update holds the row until the commit, so that the number read is this hit's own.
        rows.update(hits=Greatest(F("hits") + by, 0))
        return rows.values_list("hits", flat=True).get()


class OperationThrottle(BaseThrottle):
    """Limit by the view's `throttle_scope`, else by reading or writing."""

    retry_after: int | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        """Whether the request may go on."""
        if not settings.THROTTLE:
            return True
        scope = self._scope(request, view)
        if scope == "read":
            return True
        person = getattr(request.user, "pk", None)
        who = f"u{person}" if person else f"a{address_of(request._request)}"
        self.retry_after = hit(scope, who)
        return self.retry_after is None

    def wait(self) -> float | None:
        """Seconds until the next try."""
        return self.retry_after

    @staticmethod
    def _scope(request: Request, view: Any) -> str:
        named = getattr(view, "throttle_scope", None)
        if named and request.method not in {"GET", "HEAD", "OPTIONS"}:
            return str(named)
        return "read" if request.method in {"GET", "HEAD", "OPTIONS"} else "write"
