from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from accounts.models import User
from accounts.tests.factories import UserFactory
from analytics.models import DailyActivity
from analytics.services.scale import CHUNK, forget_generated, make_events
from analytics.tests.factories import drain
from courses.models import Course, Enrolment
from lms.kernel import actors
from lms.kernel.errors import Denied, Invalid
from lms.kernel.models import EventDelivery, EventRecord

pytestmark = [pytest.mark.django_db, pytest.mark.services]
END = datetime(2026, 6, 1, 12, tzinfo=UTC)
ME = actors.system("test")


def make(events: int = 600, seed: int = 1) -> None:
    make_events(actor=ME, events=events, learners=30, courses=2, days=20, seed=seed, end=END)


def rows() -> Iterator[tuple[object, ...]]:
    names = ("kind", "occurred_at", "actor_kind", "actor_id", "course_id", "data")
    return EventRecord.objects.order_by("id").values_list(*names).iterator()


def test_events_are_written_once_each_and_the_same_for_a_seed() -> None:
    make()
    first = list(rows())
    assert len(first) == 600
    EventRecord.objects.all().delete()
    make()
    assert list(rows()) == first
    assert User.objects.filter(email__endswith="@generated.invalid").count() == 31


def test_nobody_generated_can_sign_in_and_nobody_is_told() -> None:
    make()
    people = User.objects.filter(email__endswith="@generated.invalid")
    assert not any(one.is_active or one.has_usable_password() for one in people)
    assert EventDelivery.objects.count() == 0
    counts = Course.objects.order_by("pk").values_list("learner_count", flat=True)
    assert list(counts) == [
        Enrolment.objects.filter(course=c).count() for c in Course.objects.all()
    ]


def test_rows_carry_the_transaction_that_wrote_them() -> None:
    make()
    ids = set(EventRecord.objects.values_list("transaction_id", flat=True))
    if connection.vendor == "postgresql":
        assert len(ids) == 1
        assert ids != {0}
    else:
        assert ids == {0}


@pytest.mark.django_db(transaction=True)
def test_the_fold_reads_them_all_and_counts_as_the_rows_say() -> None:
    make()
    drain()
    seen = EventRecord.objects.filter(kind="courses.lesson_viewed")
    expected = sum(data["seconds"] for data in seen.values_list("data", flat=True))
    assert sum(DailyActivity.objects.values_list("seconds", flat=True)) == expected


def test_removing_takes_what_was_generated_and_nothing_else() -> None:
    kept = UserFactory()
    make()
    assert forget_generated(actor=ME) == 600
    assert EventRecord.objects.count() == 0
    assert list(User.objects.all()) == [kept]
    assert not Course.objects.exists()


def test_each_piece_is_told() -> None:
    heard: list[int] = []
    make_events(
        actor=ME, events=CHUNK + 50, learners=5, courses=1, days=5, end=END, told=heard.append
    )
    assert heard == [CHUNK, CHUNK + 50]


def test_only_administrators_and_sensible_numbers() -> None:
    with pytest.raises(Denied):
        make_events(actor=actors.for_user(UserFactory()), events=1, learners=1, courses=1, days=1)
    with pytest.raises(Denied):
        forget_generated(actor=actors.for_user(UserFactory()))
    with pytest.raises(Invalid) as caught:
        make_events(actor=ME, events=1, learners=1, courses=0, days=1)
    assert caught.value.errors == {"courses": ["courses must be at least 1"]}


def test_the_command_refuses_production_without_the_word(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sizes = ("--events", "50", "--learners", "3", "--courses", "1", "--days", "2")
    with override_settings(PRODUCTION=True):
        with pytest.raises(CommandError, match="--in-production"):
            call_command("make_events", *sizes)
        call_command("make_events", *sizes, "--in-production")
    assert "50 events of 3 learners in 1 courses" in capsys.readouterr().out
    call_command("make_events", "--remove")
    assert "50 events removed" in capsys.readouterr().out
    with pytest.raises(CommandError, match="days must be"):
        call_command("make_events", "--days", "0")
