"""Run as a script: do PostgreSQL and Redis answer here? It says so in one line."""

import os
import sys

POSTGRES = "postgresql://postgres@127.0.0.1:5432/postgres"
REDIS = "redis://127.0.0.1:6379/0"


def missing(postgres: str, redis_url: str) -> list[str]:
    """The services that do not answer within two seconds, each with its reason."""
    import psycopg
    import redis

    found = []
    try:
        psycopg.connect(postgres, connect_timeout=2).close()
    except psycopg.Error as problem:
        found.append(f"PostgreSQL ({str(problem).splitlines()[0]})")
    try:
        with redis.Redis.from_url(redis_url, socket_connect_timeout=2, socket_timeout=2) as client:
            client.ping()
    except redis.RedisError as problem:
        found.append(f"Redis ({problem})")
    return found


def main() -> int:
    """0 when both answer; else 1, after a line that names what is left out and why."""
    away = missing(os.environ.get("DATABASE_URL") or POSTGRES, os.environ.get("REDIS_URL") or REDIS)
    if away:
        words = " and ".join(away)
        print(f"Not run: the tests on PostgreSQL and Redis, since there is no answer of {words}.")
    return 1 if away else 0


if __name__ == "__main__":
    sys.exit(main())
