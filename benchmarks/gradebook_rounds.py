"""The rounds of the gradebook's benchmark, in a process with Django on the filled database."""

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
django.setup()

import orjson  # noqa: E402 - needs Django set up
import psycopg  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.models import User  # noqa: E402
from assessments.services.totals import recount_course  # noqa: E402
from courses.models import Course  # noqa: E402

LEARNERS, COLUMNS, ROUNDS = 1_000, 50, 15
FILL = f"""
INSERT INTO accounts_user (public_id, email, name, password, site_role, time_zone, language, theme,
                           is_active, date_joined)
SELECT 'u' || lpad(i::text, 21, '0'), 'person' || i || '@example.com', 'Person ' || i, '!',
       CASE WHEN i = 1 THEN 'instructor' ELSE 'student' END, 'UTC', 'en', 'system', true, now()
FROM generate_series(1, {LEARNERS} + 1) i;
INSERT INTO courses_course (public_id, slug, title, summary, description, description_html,
    pipeline_version, language, level, cover, price_minor, currency, state, enrolment_policy,
    join_code, join_link_on, learner_count, lesson_count, minutes, version, created_at, updated_at,
    published_at, created_by_id)
SELECT 'c' || lpad('1', 21, '0'), 'book', 'Book', '', '', '', '', 'en', 'beginner', '', 0, 'EUR',
       'published', 'open', 'join', false, 0, 0, 0, 1, now(), now(), now(),
       (SELECT min(id) FROM accounts_user);
INSERT INTO courses_enrolment (public_id, course_id, user_id, role, state, source, created_at,
                               completed_lessons, seconds, completion)
SELECT 'e' || lpad(u.id::text, 21, '0'), (SELECT id FROM courses_course), u.id,
       CASE WHEN u.site_role = 'instructor' THEN 'instructor' ELSE 'learner' END,
       'active', 'self', now(), 0, 0, 0
FROM accounts_user u;
INSERT INTO assessments_gradecategory (public_id, course_id, name, rule, weight, extra, drop_lowest,
    drop_highest, ordinal, version, created_at, updated_at)
SELECT 'k' || lpad(i::text, 21, '0'), (SELECT id FROM courses_course), 'Category ' || i, 'mean', i,
       false, i - 1, 0, i, 1, now(), now() FROM generate_series(1, 5) i;
INSERT INTO assessments_gradeitem (public_id, course_id, kind, title, max_score, ordinal, weight,
    extra, period, version, created_at, updated_at, category_id)
SELECT 'g' || lpad(i::text, 21, '0'), (SELECT id FROM courses_course), 'manual', 'Column ' || i,
       20, i, 1, false, '', 1, now(), now(),
       (SELECT min(id) FROM assessments_gradecategory) + i % 5
FROM generate_series(1, {COLUMNS}) i;
INSERT INTO assessments_grade (public_id, item_id, learner_id, status, score, max_score, released,
    overridden, version, created_at, updated_at)
SELECT 'x' || lpad(row_number() OVER ()::text, 21, '0'), i.id, u.id, 'graded',
       ((i.id * 7 + u.id * 13) % 2001) / 100.0, 20, true, false, 1, now(), now()
FROM assessments_gradeitem i CROSS JOIN accounts_user u WHERE u.site_role = 'student';
ANALYZE;
"""  # noqa: S608 - made of this file's own numbers
PIVOT = "SELECT learner_id, item_id, score, status, released, version FROM assessments_grade"


def timed(act: Callable[[], Any], rounds: int = ROUNDS) -> tuple[float, float]:
    """Median wall and CPU milliseconds of this process, after one round to warm up."""
    act()
    walls, cpus = [], []
    for _round in range(rounds):
        wall, cpu = time.perf_counter(), time.process_time()
        act()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return statistics.median(walls) * 1000, statistics.median(cpus) * 1000


def pivot(raw: "psycopg.Connection[Any]") -> bytes:
    """What a page without a framework would do: long rows, a grid in Python, JSON."""
    rows: dict[int, list[Any]] = {}
    for learner, item, score, status, released, version in raw.execute(PIVOT):
        rows.setdefault(learner, []).append([item, float(score), status, released, version])
    return orjson.dumps([{"id": key, "cells": cells} for key, cells in rows.items()])


def main() -> None:
    """Fill, measure, print rows of a table."""
    with connection.cursor() as cursor:
        cursor.execute(FILL)
    course = Course.objects.get(slug="book")
    recount = timed(lambda: recount_course(course.pk), rounds=1)
    client = Client()
    client.force_login(User.objects.get(site_role="instructor"))
    api, page = f"/api/v1/gradebook/{course.public_id}/", "/teach/book/gradebook/"
    size = len(client.get(api).content) / 1024
    urlparts = connection.get_connection_params()
    raw = psycopg.connect(
        host=urlparts["host"],
        port=urlparts["port"],
        user=urlparts["user"],
        dbname=urlparts["dbname"],
    )
    peer = timed(lambda: pivot(raw))
    grid = timed(lambda: client.get(api))
    shell = timed(lambda: client.get(page))
    one = timed(lambda: client.get(f"{api}totals/{User.objects.get(name='Person 2').public_id}/"))
    print("| what | wall ms | CPU ms of Python |")
    print("|---|---|---|")
    print(f"| peer: rows, grid in Python, JSON | {peer[0]:.0f} | {peer[1]:.0f} |")
    print(f"| the grid's API, {size:.0f} KiB | {grid[0]:.0f} | {grid[1]:.0f} |")
    print(f"| the page around it | {shell[0]:.0f} | {shell[1]:.0f} |")
    print(f"| one total with its trace | {one[0]:.0f} | {one[1]:.0f} |")
    print(f"| every total counted again | {recount[0]:.0f} | {recount[1]:.0f} |")
    print(f"| API by peer, wall and CPU | {grid[0] / peer[0]:.2f} | {grid[1] / peer[1]:.2f} |")


if __name__ == "__main__":
    main()
