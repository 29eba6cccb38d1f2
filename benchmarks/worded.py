"""Small questions worded once and prepared, beside the same through the ORM, in one run.

`python -m benchmarks.worded` on PostgreSQL: the role in a course, and what is unread.
"""

import json
import sys
import time
from collections.abc import Callable
from statistics import median

from benchmarks import database

TIMES, ROUNDS = 500, 7


def measure() -> dict[str, tuple[float, float]]:
    """Microseconds per question, worded and through the ORM; in a process with Django set up."""
    import django

    django.setup()
    from accounts.models import User
    from courses.enums import EnrolmentState
    from courses.models import Course, Enrolment
    from courses.rules.course import stored_role
    from lms.kernel import actors
    from realtime.queries.notifications import unread_count

    user = User.objects.create_user("one@bench.example", name="One")
    course = Course.objects.create(slug="one", title="One", created_by=user)
    Enrolment.objects.create(course=course, user=user, role="instructor")
    actor = actors.for_user(user)
    mine = {"user_id": user.pk, "course_id": course.pk, "state": EnrolmentState.ACTIVE}
    return {
        "role in a course": (
            _each(lambda: stored_role(user.pk, course.pk)),
            _each(lambda: Enrolment.objects.filter(**mine).values_list("role", flat=True).first()),
        ),
        "unread notifications": (
            _each(lambda: unread_count(actor)),
            _each(lambda: _unread_by_orm(user.pk)),
        ),
    }


def _unread_by_orm(user_id: int) -> int:
    from realtime.models import Notification
    from realtime.queries.notifications import COUNT_LIMIT

    rows = Notification.objects.filter(user_id=user_id, in_app=True, read_at=None)
    return rows.order_by()[:COUNT_LIMIT].count()


def _each(ask: Callable[[], object]) -> float:
    ask()
    taken = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        for _time in range(TIMES):
            ask()
        taken.append((time.perf_counter() - began) / TIMES * 1e6)
    return median(taken)


def main() -> list[str]:
    """Lines of a Markdown table, measured in a process of their own on an empty database."""
    with database.empty("cairn_bench_worded") as url:
        found = json.loads(database.inside(url, "benchmarks.worded"))
    rows = [
        f"| {name} | {worded:.0f} | {plain:.0f} | {plain / worded:.1f} |"
        for name, (worded, plain) in found.items()
    ]
    return ["| asked | worded once, µs | ORM, µs | ratio |", "| --- | --- | --- | --- |", *rows]


if __name__ == "__main__":
    print(json.dumps(measure()) if "--inside" in sys.argv else "\n".join(main()))
