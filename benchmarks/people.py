"""API tokens for people of the benchmark's database, written straight into it."""

import hashlib
import json
import secrets

import psycopg


def tokens(url: str, count: int) -> list[str]:
    """A reading token for each of `count` people who learn."""
    texts = [f"cairn_{secrets.token_urlsafe(32)}" for _person in range(count)]
    query = """
        INSERT INTO accounts_apitoken
            (public_id, user_id, name, prefix, digest, scopes, created_at, expires_at)
        SELECT %s, id, 'benchmark', %s, %s, %s, now(), now() + interval '1 day'
        FROM accounts_user WHERE email = %s
    """
    with psycopg.connect(url, autocommit=True) as database:
        for number, text in enumerate(texts):
            digest = hashlib.sha256(text.encode()).hexdigest()
            person = f"person{1_000 + number}@example.com"
            values = (f"t{number:021d}", text[:12], digest, json.dumps(["read"]), person)
            database.execute(query, values)
    return texts
