"""A Redis cache that fails open: without Redis a read misses and a write is forgotten."""

import logging
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


class CacheAway(Exception):
    """Redis did not answer; only callers that count (throttles) ask to know."""


class OpenRedisCache(RedisCache):
    """Django's RedisCache whose failures are misses."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, or the default when missing or Redis is away."""
        try:
            return super().get(key, default, version)
        except RedisError:
            return self._away(default)

    def get_many(self, keys: Any, version: int | None = None) -> dict[Any, Any]:
        """The values found; none when Redis is away."""
        try:
            return super().get_many(keys, version)
        except RedisError:
            return dict(self._away({}))

    def set(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> None:
        """Store, or forget when Redis is away."""
        try:
            super().set(key, value, *args, **kwargs)
        except RedisError:
            self._away(None)

    def add(self, key: Any, value: Any, *args: Any, **kwargs: Any) -> bool:
        """Store if missing; True when Redis is away, so that the caller goes on."""
        try:
            return bool(super().add(key, value, *args, **kwargs))
        except RedisError:
            return bool(self._away(True))

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Remove if there."""
        try:
            return bool(super().delete(key, version))
        except RedisError:
            return bool(self._away(False))

    def clear(self) -> None:
        """Remove the keys under this cache's own prefix, and nobody else's."""
        try:
            client = self._cache.get_client(None, write=True)
            keys = list(client.scan_iter(match=f"{self.key_prefix}:*", count=500))
            if keys:
                client.delete(*keys)
        except RedisError:
            self._away(None)

    def count_hit(self, key: str, seconds: int) -> int:
        """Hits on a key in its window, this one too; raises CacheAway when Redis is away."""
        try:
            full = self.make_and_validate_key(key)
            client = self._cache.get_client(full, write=True)
            with client.pipeline() as pipe:
                pipe.incr(full)
                pipe.expire(full, seconds, nx=True)
                return int(pipe.execute()[0])
        except RedisError as problem:
            raise CacheAway from problem

    @staticmethod
    def _away(answer: Any) -> Any:
        log.warning("the cache does not answer")
        return answer
