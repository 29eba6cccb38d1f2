"""Ten million learning events: folding, a day's fold, the dashboard, and counting from zero again.

`python -m benchmarks.events [--events 10000000]`: invented events of 10,000 learners in 50 courses
over 180 days on PostgreSQL, folded by the product's own fold. The dashboard is the page of a course
of 600 learners with 40 lessons, learning patterns, and an early warning for everybody. Its peer in
the same run is what a page costs that counts the raw events of its course, with an index for it.
Fails unless rebuilding from zero gives every roll-up row by row.
"""

import argparse
import gc
import json
import os
import sys
import time
from statistics import median
from typing import Any

from benchmarks import database

LEARNERS, COURSES, DAYS, LESSONS = 10_000, 50, 180, 40
SLUG, TEACHER = "generated-7", "teacher@bench.example"
BARS = {"page_ms": 50.0, "day_seconds": 10.0}
PEER = """
SELECT date_trunc('day', occurred_at) AS day, count(*), count(DISTINCT actor_id)
FROM kernel_eventrecord WHERE course_id = %s GROUP BY day ORDER BY day
"""


def measure(events: int) -> dict[str, Any]:
    """The figures; runs in a process of its own with Django set up for the benchmark's database."""
    import django

    django.setup()
    from datetime import timedelta

    from django.db import connection

    from analytics.services.fold import fold, rebuild
    from analytics.services.scale import make_events
    from lms.kernel import actors, clock
    from lms.kernel.models import EventRecord

    actor, end = actors.system("benchmark"), clock.now()
    found: dict[str, Any] = {"events": events}
    sizes = {"learners": LEARNERS, "courses": COURSES, "days": DAYS}
    _timed(found, "made", lambda: make_events(actor=actor, events=events, end=end, **sizes))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE kernel_eventrecord")
    last = EventRecord.objects.filter(occurred_at__gte=end - timedelta(days=1)).count()
    found["day_events"] = last
    _timed(found, "folded", lambda: fold(limit=events - last))
    _timed(found, "day_seconds", fold)
    _course()
    # As a web worker has it: a process that folded millions of events has another heap.
    found |= json.loads(database.inside(os.environ["DATABASE_URL"], "benchmarks.events", "--pages"))
    print({name: round(found[name]) for name in ("page_ms", "peer_ms")}, file=sys.stderr)
    before = _sums()
    _timed(found, "rebuilt", lambda: rebuild(actor=actor))
    found["same"] = _sums() == before
    found["rows"] = before
    return found


def _timed(found: dict[str, Any], name: str, work: Any) -> None:
    began = time.perf_counter()
    work()
    found[name] = time.perf_counter() - began
    print(f"{name}: {found[name]:.1f} s", file=sys.stderr, flush=True)


def _course() -> None:
    """Give one of the courses a teacher and what a course has that runs."""
    from django.db import connection

    from accounts.models import User
    from courses.enums import CourseRole
    from courses.models import Course, Enrolment

    course = Course.objects.get(slug=SLUG)
    teacher = User.objects.create_user(TEACHER, site_role="instructor", name="Teacher")
    Enrolment.objects.create(course=course, user=teacher, role=CourseRole.INSTRUCTOR)
    _taught(course, teacher)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as autovacuum does within a minute
        cursor.execute("CHECKPOINT")  # so that nothing of it is being written meanwhile


def pages() -> dict[str, Any]:
    """Medians of the course's analytics page for its teacher, and of the peer's query, in ms."""
    import django

    django.setup()
    from django.db import connection
    from django.test import Client

    from accounts.models import User
    from courses.models import Course

    course = Course.objects.get(slug=SLUG)
    client = Client()
    client.force_login(User.objects.get(email=TEACHER))
    address = f"/teach/{course.slug}/analytics/"

    def page() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(answer.status_code)

    def peer() -> None:
        with connection.cursor() as cursor:
            cursor.execute(PEER, [course.pk])
            cursor.fetchall()

    first = _milliseconds(page, 1)
    gc.collect()
    gc.freeze()  # as `lms.preload` does before a web worker serves
    return {
        "page_ms": _milliseconds(page, 40),
        "first_ms": first,
        "peer_ms": _milliseconds(peer, 5),
    }


def _taught(course: Any, teacher: Any) -> None:
    """Give a generated course what one has that runs: lessons, totals, patterns, early warnings.

    No work of these learners is marked, so that the warnings are invented: every second is raised.
    """
    from datetime import timedelta

    from analytics.models import LearnerRisk
    from analytics.scoring.risk.figures import THEMES, Theme
    from analytics.services.patterns import patterns_of_course
    from analytics.services.risk import tell_risks
    from courses.models import Enrolment, Lesson, Section
    from lms.kernel import actors, clock
    from lms.kernel.models import Job

    since = clock.now() - timedelta(days=DAYS - 10)
    Enrolment.objects.filter(course=course).update(created_at=since)
    section = Section.objects.create(course=course, title="Week by week")
    for number in range(LESSONS):
        Lesson.objects.create(
            course=course,
            section=section,
            title=f"Lesson {number}",
            ordinal=number,
            published=True,
        )
    job = Job.objects.create(kind="analytics.learning_patterns")
    actor = actors.for_user(teacher)
    patterns_of_course(actor=actor, course=course, k=None, job_id=job.pk)
    tell_risks(course)
    told = {
        "base": -0.5,
        "rest": 0.0,
        "reasons": [[theme.value, 0.4] for theme in list(Theme)[:3]],
        "figures": dict.fromkeys(THEMES, 1.0),
    }
    rows = list(LearnerRisk.objects.filter(course=course))
    for place, row in enumerate(rows):
        row.chance, row.told = place % 100 / 100, told
    LearnerRisk.objects.bulk_update(rows, ["chance", "told"], batch_size=500)


def _milliseconds(work: Any, times: int) -> float:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


def _sums() -> dict[str, tuple[int, str]]:
    """Rows and a sum of hashes of each roll-up, whatever the order and the keys of its rows."""
    from django.db import connection

    from analytics.models import CourseHour, CourseWeek, DailyActivity, LearnerFeature

    found = {}
    for model in (DailyActivity, LearnerFeature, CourseWeek, CourseHour):
        columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
        row = f"ROW({', '.join(columns)})::text"
        query = f"SELECT count(*), coalesce(sum(hashtextextended({row}, 0)::numeric), 0)::text"
        with connection.cursor() as cursor:
            cursor.execute(f"{query} FROM {model._meta.db_table}")
            found[model.__name__] = cursor.fetchone()
    return found


def main(given: list[str] | None = None) -> list[str]:
    """Run it; lines of Markdown for docs/performance.md. Raises SystemExit when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--pages", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(given)
    if options.pages:
        return [json.dumps(pages())]
    if options.inside:
        return [json.dumps(measure(options.events))]
    with database.empty("cairn_bench_events") as url:
        count = str(options.events)
        found = json.loads(database.inside(url, "benchmarks.events", "--events", count))
    lines = _table(found)
    missed = [name for name, bar in BARS.items() if found[name] > bar]
    if missed or not found["same"]:
        raise SystemExit("\n".join([*lines, f"Missed: {missed}, rebuild equal: {found['same']}"]))
    return lines


def _table(found: dict[str, Any]) -> list[str]:
    rate = found["events"] / 1000
    ratio = found["peer_ms"] / found["page_ms"]
    return [
        f"| {found['events']:,} events | |",
        "| --- | --- |",
        f"| written | {found['made']:.0f} s |",
        f"| folded | {found['folded']:.0f} s, {1000 * found['folded'] / rate:.0f} µs an event |",
        f"| one day, {found['day_events']:,} events | {found['day_seconds']:.1f} s |",
        f"| the course's page | {found['page_ms']:.0f} ms, first {found['first_ms']:.0f} |",
        f"| peer: count the raw events | {found['peer_ms']:.0f} ms, {ratio:.0f} times the page |",
        f"| rebuilt from zero | {found['rebuilt']:.0f} s, equal: {found['same']} |",
        *(f"| rows of {name} | {count:,} |" for name, (count, _sum) in found["rows"].items()),
    ]


if __name__ == "__main__":
    print("\n".join(main()))
