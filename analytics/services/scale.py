"""Millions of events for tests of scale, written as fast as the database takes them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from accounts.models import User
from analytics.scoring.invented import Invented, Plan, invent
from courses.enums import CourseState, EnrolmentPolicy, EnrolmentSource
from courses.models import Course, Enrolment
from lms.kernel import clock
from lms.kernel.actors import Actor, ActorKind
from lms.kernel.errors import Denied, Invalid
from lms.kernel.models import EventRecord

CHUNK = 100_000
ROWS = 2_000
EACH_IN = 3
SLUG = "generated-"
HOST = "generated.invalid"
COLUMNS = "kind, occurred_at, transaction_id, actor_kind, actor_id, course_id, data"


@dataclass(frozen=True, slots=True)
class Made:
    """How much there is now of what was asked for."""

    events: int
    learners: int
    courses: int


def make_events(
    *,
    actor: Actor,
    events: int,
    learners: int,
    courses: int,
    days: int,
    seed: int = 1,
    end: datetime | None = None,
    told: Callable[[int], None] | None = None,
) -> Made:
    """Write `events` invented events of `learners` in `courses` over the `days` before `end`.

    Courses and people are made where they are missing: nobody can sign in as them, and no address
    of theirs exists. The same arguments give the same events, in transactions of 100,000; `told`
    hears after each how many there are. No subscriber is told, so nobody gets a notice.
    Raises Denied for anybody but administrators and Invalid for an impossible number.
    """
    _require_admin(actor)
    for name, value in (("events", events), ("learners", learners), ("courses", courses)):
        _positive(name, value)
    _positive("days", days)
    last = end or clock.now()
    pairs = _members(learners, courses)
    plan = Plan(events, tuple(pairs), last - timedelta(days=days), last, seed)
    for first in range(0, events, CHUNK):
        count = min(CHUNK, events - first)
        _write(invent(plan, first, count))
        if told is not None:
            told(first + count)
    return Made(events, learners, courses)


def forget_generated(*, actor: Actor) -> int:
    """Remove generated courses, people and events; returns how many events went.

    The roll-ups of these courses go with them. Raises Denied for anybody but administrators.
    """
    _require_admin(actor)
    made = Course.objects.filter(slug__startswith=SLUG, created_by__email__endswith=f"@{HOST}")
    with transaction.atomic():
        ids = list(made.values_list("pk", flat=True))
        gone, _kinds = EventRecord.objects.filter(course_id__in=ids).delete()
        made.delete()
        User.objects.filter(email__endswith=f"@{HOST}").delete()
    return gone


def _require_admin(actor: Actor) -> None:
    if not (actor.is_admin and actor.can_write):
        raise Denied


def _positive(name: str, value: int) -> None:
    if value < 1:
        raise Invalid(f"{name} must be at least 1", field=name)


def _members(learners: int, courses: int) -> list[tuple[int, int]]:
    """Pairs of (course, learner): everybody in up to three courses, spread evenly."""
    with transaction.atomic():
        people = _people(learners + 1)
        teacher, rest = people[0], people[1:]
        places = _courses(courses, teacher)
        pairs = [
            (places[(number + step * (1 + number // courses)) % courses], person)
            for number, person in enumerate(rest)
            for step in range(min(EACH_IN, courses))
        ]
        once = list(dict.fromkeys(pairs))
        Enrolment.objects.bulk_create(
            [
                Enrolment(course_id=course, user_id=person, source=EnrolmentSource.STAFF)
                for course, person in once
            ],
            ignore_conflicts=True,
            batch_size=ROWS,
        )
        for course in places:
            there = Enrolment.objects.filter(course=course).count()
            Course.objects.filter(pk=course).update(learner_count=there)
    return once


def _people(count: int) -> list[int]:
    addresses = [f"person-{number}@{HOST}" for number in range(count)]
    User.objects.bulk_create(
        [
            User(email=address, name=f"Person {number}", password="!", is_active=False)  # noqa: S106
            for number, address in enumerate(addresses)
        ],
        ignore_conflicts=True,
        batch_size=ROWS,
    )
    known = dict(User.objects.filter(email__endswith=f"@{HOST}").values_list("email", "pk"))
    return [known[address] for address in addresses]


def _courses(count: int, teacher: int) -> list[int]:
    slugs = [f"{SLUG}{number}" for number in range(count)]
    Course.objects.bulk_create(
        [
            Course(
                slug=slug,
                title=f"Generated course {number}",
                state=CourseState.PUBLISHED,
                enrolment_policy=EnrolmentPolicy.INVITATION,
                created_by_id=teacher,
            )
            for number, slug in enumerate(slugs)
        ],
        ignore_conflicts=True,
        batch_size=ROWS,
    )
    known = dict(Course.objects.filter(slug__startswith=SLUG).values_list("slug", "pk"))
    return [known[slug] for slug in slugs]


def _write(rows: Iterator[Invented]) -> None:
    with transaction.atomic():
        if connection.vendor == "postgresql":
            _copy(rows)
        else:
            _insert(rows)


def _copy(rows: Iterator[Invented]) -> None:
    """By COPY, under the id of this transaction, as readers of events expect."""
    table = EventRecord._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute("SELECT pg_current_xact_id()::text")
        (here,) = cursor.fetchone()
        with cursor.copy(f"COPY {table} ({COLUMNS}) FROM STDIN") as into:
            lines: list[str] = []
            for one in rows:
                who = f"user\t{one.learner}" if one.by_person else "system\t\\N"
                lines.append(f"{one.kind}\t{one.at}+00\t{here}\t{who}\t{one.course}\t{one.data}\n")
                if len(lines) == ROWS:
                    into.write("".join(lines))
                    lines.clear()
            into.write("".join(lines))


def _insert(rows: Iterator[Invented]) -> None:
    table = EventRecord._meta.db_table
    statement = f"INSERT INTO {table} ({COLUMNS}) VALUES (%s, %s, 0, %s, %s, %s, %s)"  # noqa: S608 - our own names
    with connection.cursor() as cursor:
        cursor.executemany(
            statement,
            [
                (
                    one.kind,
                    one.at.replace("T", " "),
                    ActorKind.USER if one.by_person else ActorKind.SYSTEM,
                    one.learner if one.by_person else None,
                    one.course,
                    one.data,
                )
                for one in rows
            ],
        )
