"""Questions worded once: the rows are those of the ORM, and what cannot be asked so is refused."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, F, Q, QuerySet

from lms.kernel import clock
from lms.kernel.db.prepared import rows_of
from lms.kernel.db.worded import Worded, WordedObjects, padded
from lms.kernel.models import EventRecord, Job
from lms.kernel.testing import count_queries

pytestmark = pytest.mark.django_db
on_postgres = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="elsewhere the ORM words each question anew"
)


@pytest.fixture(autouse=True)
def jobs() -> list[Job]:
    return [
        Job.objects.create(
            kind=f"kernel.{number % 2}",
            actor_kind="user",
            created_by_id=number,
            course_id=number % 3,
            params={"number": [number]},
        )
        for number in range(1, 7)
    ]


def test_rows_are_those_of_the_orm_whatever_the_values() -> None:
    def build(kind: str, course: int, since: datetime) -> QuerySet[Any, Any]:
        rows = Job.objects.filter(kind=kind, course_id=course, created_at__gte=since)
        return rows.order_by("-pk").values_list("created_by_id", "params", "created_at", "state")

    asked = Worded(build)
    long_ago, soon = clock.now() - timedelta(days=1), clock.now() + timedelta(days=1)
    found = {}
    for values in [("kernel.0", 1, long_ago), ("kernel.1", 2, long_ago), ("kernel.1", 2, soon)]:
        found[values] = asked.rows(*values)
        assert found[values] == list(build(*values))
        assert all(type(row) is tuple for row in found[values])
    assert [len(rows) for rows in found.values()] == [1, 1, 0]
    assert found["kernel.0", 1, long_ago][0][1] == {"number": [4]}


def test_numbers_of_any_size_and_a_value_twice_find_their_place() -> None:
    asked = Worded(
        lambda user: (
            Job.objects.filter(Q(created_by_id=user) | Q(course_id=user))
            .order_by("pk")
            .values_list("created_by_id")
        )
    )
    assert asked.rows(2) == [(2,), (5,)]
    assert asked.rows(40_000) == []
    assert asked.rows(5_000_000_000) == []


def test_totals_and_days_are_asked_too() -> None:
    asked = Worded(
        lambda kind, day: (
            Job.objects.filter(kind=kind, created_at__date__gte=day)
            .order_by()
            .values("kind")
            .annotate(all=Count("pk"), first=Count("pk", filter=Q(course_id=1)))
            .values_list("all", "first")
        )
    )
    assert asked.rows("kernel.1", date(2000, 1, 1)) == [(3, 1)]
    assert asked.rows("kernel.1", date(2999, 1, 1)) == []


def test_each_asking_is_one_query_whose_words_are_logged() -> None:
    asked = Worded(lambda user: Job.objects.filter(created_by_id=user).values_list("pk"))
    asked.rows(1)
    assert count_queries(lambda: asked.rows(2)) == 1
    connection.force_debug_cursor = True
    try:
        asked.rows(3)
        assert "kernel_job" in connection.queries_log[-1]["sql"]
    finally:
        connection.force_debug_cursor = False


@pytest.mark.parametrize("value", [None, True, 1.5, [1]])
def test_values_that_would_change_the_words_are_refused(value: object) -> None:
    asked = Worded(lambda user: Job.objects.filter(created_by_id=user).values_list("pk"))
    with pytest.raises(TypeError, match="takes no"):
        asked.rows(value)  # type: ignore[arg-type]  # what is refused


@on_postgres
def test_value_that_is_worked_into_the_words_is_refused() -> None:
    asked = Worded(lambda user: Job.objects.filter(created_by_id=user + 1).values_list("pk"))
    with pytest.raises(TypeError, match="does not reach"):
        asked.rows(1)


@on_postgres
def test_column_that_cannot_hold_the_value_is_told_of() -> None:
    asked = Worded(lambda user: Job.objects.filter(attempt=user, pk__in=[]).values_list("pk"))
    with pytest.raises(TypeError, match="never holds"):
        asked.rows(1)


def test_flat_lists_and_objects_are_refused() -> None:
    for build in (
        lambda user: Job.objects.filter(created_by_id=user).values_list("pk", flat=True),
        lambda user: Job.objects.filter(created_by_id=user),
    ):
        with pytest.raises(TypeError, match="values_list"):
            Worded(build).rows(1)


@on_postgres
@pytest.mark.django_db(transaction=True)
def test_plan_that_a_migration_spoilt_is_made_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE spoilt (one integer)")
        cursor.execute("INSERT INTO spoilt VALUES (1)")
    try:
        assert rows_of("SELECT one FROM spoilt WHERE one = %s", [1]) == [(1,)]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["%spoilt%"]
            )
            assert cursor.fetchone() == (1,)
            cursor.execute("ALTER TABLE spoilt ALTER COLUMN one TYPE text")
        assert rows_of("SELECT one FROM spoilt WHERE one = %s", ["1"]) == [("1",)]
        assert rows_of("SELECT one FROM spoilt", []) == [("1",)]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE spoilt")


@on_postgres
def test_numbers_of_any_size_are_one_statement() -> None:
    asked = Worded(
        lambda *users: Job.objects.filter(created_by_id__in=users, attempt__lt=7).values_list("pk")
    )
    for users in ([1, 2], [1, 40_000], [70_000, 3_000_000_000], [-(2**63), 2**63 - 1]):
        assert len(asked.rows(*users)) == sum(1 <= user <= 6 for user in users)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s",
            ['%"kernel_job"."attempt" < %'],
        )
        assert cursor.fetchone() == (1,)
    assert asked.rows(2**80, 1) == [(Job.objects.get(created_by_id=1).pk,)]


def test_columns_beside_each_other_are_compared_as_ever() -> None:
    asked = Worded(
        lambda kind: (
            Job.objects.filter(kind=kind, course_id__lt=F("created_by_id"))
            .order_by("pk")
            .values_list("created_by_id")
        )
    )
    assert asked.rows("kernel.1") == [(3,), (5,)]


@on_postgres
def test_times_are_read_as_psycopg_reads_them() -> None:
    moments = [
        "2026-11-29 10:57:51.123456+00",
        "2026-11-29 10:57:51.1+00",
        "1999-12-31 23:59:59.000001+00",
        "0001-01-01 00:00:00+00",
        "9999-12-31 23:59:59.999999+00",
        "2026-03-29 02:30:00+02",
    ]
    with connection.cursor() as cursor:
        for text in moments:
            cursor.execute(
                "SELECT %s::timestamptz, extract(epoch FROM %s::timestamptz)", [text] * 2
            )
            moment, seconds = cursor.fetchone()
            assert moment.tzinfo is not None
            assert moment.utcoffset() == timedelta(0)
            assert moment.timestamp() == pytest.approx(float(seconds), abs=1e-6)
        cursor.execute("SELECT 'infinity'::timestamptz IS NULL, NULL::timestamptz")
        assert cursor.fetchone() == (False, None)
    assert connection.connection.adapters.get_loader(1184, 0).__name__ == "QuickLoader"
    record = EventRecord.objects.create(kind="kernel.test", data={})
    record.refresh_from_db()
    assert record.occurred_at.tzinfo is clock.now().tzinfo


def test_objects_are_those_of_the_orm_with_every_column(jobs: list[Job]) -> None:
    asked = WordedObjects(Job, lambda course: Job.objects.filter(course_id=course).order_by("-pk"))
    found = asked.objects(1)
    assert found == [jobs[3], jobs[0]]
    kept = list(Job.objects.filter(course_id=1).order_by("-pk"))
    names = [field.attname for field in Job._meta.concrete_fields]
    assert [[getattr(one, name) for name in names] for one in found] == [
        [getattr(one, name) for name in names] for one in kept
    ]
    assert found[0].params == {"number": [4]}
    assert not found[0].get_deferred_fields()
    found[0].kind = "kernel.other"
    found[0].save()
    assert Job.objects.get(pk=found[0].pk).kind == "kernel.other"
    assert asked.objects(77) == []


@pytest.mark.parametrize(
    ("keys", "shared"),
    [
        ([], []),
        ([7], [7]),
        ([9, 2], [2, 9]),
        ([3, 1, 2, 1], [1, 2, 3, 3]),
        (range(5), [*range(5), 4, 4, 4]),
    ],
)
def test_padded_repeats_the_last_key_up_to_a_power_of_two(
    keys: list[int], shared: list[int]
) -> None:
    assert padded(keys) == shared


def test_lists_of_any_length_are_asked_in_few_words() -> None:
    asked = Worded(
        lambda *users: (
            Job.objects.filter(created_by_id__in=users).order_by("pk").values_list("created_by_id")
        )
    )
    for users in ([1], [5, 2], [1, 3, 4], [1, 3, 4, 6], [1, 2, 3, 4, 5, 99]):
        assert asked.rows(*padded(users)) == [(user,) for user in sorted(set(users)) if user < 99]
    if connection.vendor == "postgresql":
        assert len(asked._known) == 4
