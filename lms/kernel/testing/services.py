"""Whether PostgreSQL and Redis answer, for the second leg of the tests; exit code 1 when not."""

import os
import sys


def answering() -> list[str]:
    """Names of the services that do not answer."""
    import psycopg
    import redis

    missing = []
    database = os.environ.get("DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
    try:
        psycopg.connect(database, connect_timeout=2).close()
    except psycopg.Error:
        missing.append("PostgreSQL")
    try:
        address = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
        redis.Redis.from_url(address, socket_connect_timeout=2).ping()
    except redis.RedisError:
        missing.append("Redis")
    return missing


if __name__ == "__main__":
    missing = answering()
    if missing:
        names = " and ".join(missing)
        print(f"The leg on PostgreSQL and Redis was left out: no answer from {names}.")
    sys.exit(1 if missing else 0)
