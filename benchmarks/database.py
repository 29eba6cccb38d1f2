"""A PostgreSQL database with 2,000 courses, 20,000 people and 200,000 enrolments."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

SERVER = os.environ.get("DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
COURSES, PEOPLE, ENROLMENTS = 2_000, 20_000, 200_000

FILL = """
INSERT INTO accounts_user (public_id, email, name, password, site_role, time_zone, language, theme,
                           is_active, date_joined)
SELECT 'u' || lpad(i::text, 21, '0'), 'person' || i || '@example.com', 'Person ' || i, '!',
       CASE WHEN i <= 200 THEN 'instructor' ELSE 'student' END, 'UTC', 'en', 'system', true, now()
FROM generate_series(1, %(people)s) i;

INSERT INTO courses_tag (name, slug) SELECT 'Subject ' || i, 'subject-' || i
FROM generate_series(1, 40) i;

INSERT INTO courses_course (public_id, slug, title, summary, description, description_html,
    pipeline_version, language, level, cover, price_minor, currency, state, enrolment_policy,
    join_code, join_link_on, learner_count, lesson_count, minutes, version, created_at, updated_at,
    published_at, created_by_id)
SELECT 'c' || lpad(i::text, 21, '0'), 'course-' || i, 'Course number ' || i,
       'What the course number ' || i || ' is about, in one sentence.', '', '', '', 'en',
       (ARRAY['beginner','intermediate','advanced'])[1 + i %% 3], '', (i %% 5) * 1000, 'EUR',
       'published', 'open', 'join' || i, false, 100, 12, 240, 1, now(), now(),
       now() - (i || ' minutes')::interval,
       (SELECT min(id) FROM accounts_user) + i %% 200
FROM generate_series(1, %(courses)s) i;

INSERT INTO courses_course_tags (course_id, tag_id)
SELECT c.id, t.id FROM courses_course c
CROSS JOIN LATERAL (SELECT id FROM courses_tag WHERE (id + c.id) %% 20 = 0) t;

INSERT INTO courses_enrolment (public_id, course_id, user_id, role, state, source, created_at,
                               completed_lessons, seconds, completion)
SELECT 'e' || lpad(row_number() OVER ()::text, 21, '0'), c.id, u.id,
       CASE WHEN n.i = 0 THEN 'instructor' ELSE 'learner' END, 'active', 'self', now(),
       3, 4000, 0.25
FROM courses_course c
CROSS JOIN generate_series(0, %(each)s - 1) n(i)
JOIN accounts_user u ON u.id = (SELECT min(id) FROM accounts_user)
    + ((c.id * 97 + n.i * 193) %% %(people)s)
ON CONFLICT DO NOTHING;
"""


@contextmanager
def empty(name: str) -> Iterator[str]:
    """The URL of a migrated database without rows; it is removed afterwards."""
    parts = urlsplit(SERVER)
    url = urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name}")
    try:
        migrate(url)
        yield url
    finally:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def filled(name: str = "cairn_bench") -> Iterator[str]:
    """The URL of a filled database; it is removed afterwards."""
    parts = urlsplit(SERVER)
    url = urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name}")
    try:
        migrate(url)
        with psycopg.connect(url, autocommit=True) as database:
            values = {"people": PEOPLE, "courses": COURSES, "each": ENROLMENTS // COURSES}
            for statement in FILL.split(";\n"):
                if statement.strip():
                    database.execute(statement, values)
            database.execute("VACUUM ANALYZE")
        yield url
    finally:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def migrate(url: str) -> None:
    """Bring an empty database to the newest tables."""
    environment = {**os.environ, "LMS_MODE": "trial", "DATABASE_URL": url}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"], check=True, env=environment
    )


def inside(url: str, *command: str) -> str:
    """The last line that a module prints, run on a database in a process of its own, no Redis."""
    environment = {
        "LMS_MODE": "trial",
        "DJANGO_SETTINGS_MODULE": "lms.settings",
        "DATABASE_URL": url,
        "REDIS_URL": "",
        "PYTHONPATH": str(Path.cwd()),
    }
    done = subprocess.run(
        [sys.executable, "-m", *command, "--inside"],
        env={**os.environ, **environment},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout.splitlines()[-1]
