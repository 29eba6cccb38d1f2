from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from ai.enums import AiRole, BudgetScope, CallOutcome, Period, Purpose
from ai.gateway.provider import Usage
from ai.models import AiCall, Budget, Price, Provider, Reservation, Window
from ai.queries.budget import Cap, price_of
from ai.services.budget import Asked, alert, extend, note, reserve, settle, sweep
from ai.services.routes import Line, NoModel
from courses.models import Course
from courses.tests.factories import CourseFactory, people_around
from lms.kernel import actors, clock
from lms.kernel.actors import Actor
from lms.kernel.testing import events_of

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def course() -> Course:
    return CourseFactory()


@pytest.fixture
def teacher(course: Course) -> Actor:
    return actors.for_user(course.created_by)


def line(actor: Actor, course: Course | None = None) -> Line:
    return Line(actor, Purpose.CONTENT, course)


def asked(tokens_in: int = 10, tokens_out: int = 10, model: str = "m") -> Asked:
    return Asked("p", model, "test-1", tokens_in, tokens_out, 60.0)


def used(key: str, period: Period = Period.DAY) -> tuple[int, int]:
    row = Window.objects.get(key=key, period=period)
    return row.tokens, row.cost


def test_a_call_is_held_in_every_window_and_settled_at_what_it_cost(
    teacher: Actor, course: Course
) -> None:
    held = reserve(line(teacher, course), asked())
    keys = [f"person:{teacher.user_id}", f"course:{course.pk}", "role:instructor", "site"]
    assert {key: used(key) for key in keys} == dict.fromkeys(keys, (20, 0))
    assert Window.objects.count() == 8
    call = settle(held, Usage(7, 5), CallOutcome.ANSWERED)
    assert call is not None
    assert (call.tokens_in, call.tokens_out, call.role) == (7, 5, AiRole.INSTRUCTOR)
    assert {used(key, period) for key in keys for period in Period} == {(12, 0)}
    assert not Reservation.objects.exists()


def test_a_call_is_settled_once(teacher: Actor) -> None:
    held = reserve(line(teacher), asked())
    assert settle(held, Usage(7, 5), CallOutcome.ANSWERED) is not None
    assert settle(held, Usage(7, 5), CallOutcome.ANSWERED) is None
    assert AiCall.objects.count() == 1
    assert used("site") == (12, 0)


def test_money_is_counted_without_rounding_at_the_price_of_the_day(teacher: Actor) -> None:
    provider = Provider.objects.create(name="p", kind="openai_compatible")
    today = clock.now().date()

    def price(days: int, cents: int, of: Provider | None = None) -> None:
        day = today + timedelta(days=days)
        Price.objects.create(
            provider=of, model="m", valid_from=day, per_million_in=cents, per_million_out=4 * cents
        )

    price(-10, 99)
    price(-5, 15, provider)
    price(1, 1_000, provider)
    assert price_of("p", "m") == (15, 60)
    assert price_of("other", "m") == (99, 396)
    assert price_of("p", "unknown") == (0, 0)
    held = reserve(line(teacher), asked(100, 100))
    assert used("site") == (200, 100 * 15 + 100 * 60)
    call = settle(held, Usage(3, 1), CallOutcome.ANSWERED)
    assert call is not None
    assert call.cost == 3 * 15 + 60 == used("site")[1]


@pytest.mark.parametrize("scope", list(BudgetScope))
def test_a_cap_of_each_scope_refuses_what_would_pass_it_and_holds_nothing(  # I7
    teacher: Actor, course: Course, scope: BudgetScope
) -> None:
    role = AiRole.INSTRUCTOR if scope == BudgetScope.ROLE else ""
    Budget.objects.create(scope=scope, period=Period.MONTH, role=role, tokens=39)
    reserve(line(teacher, course), asked())
    before = list(Window.objects.order_by("pk").values_list("tokens", "cost"))
    with pytest.raises(NoModel) as caught:
        reserve(line(teacher, course), asked())
    assert caught.value.code == "over_budget"
    assert list(Window.objects.order_by("pk").values_list("tokens", "cost")) == before
    assert Reservation.objects.count() == 1
    reserve(line(teacher, course), asked(10, 9))


def test_a_cap_in_money_refuses(teacher: Actor) -> None:
    Price.objects.create(
        model="m", valid_from="2020-01-01", per_million_in=1_000_000, per_million_out=1_000_000
    )
    Budget.objects.create(scope="site", period="day", money=39)
    reserve(line(teacher), asked())
    with pytest.raises(NoModel, match="of this site"):
        reserve(line(teacher), asked())


def test_the_most_specific_cap_of_a_person_counts(teacher: Actor, course: Course) -> None:
    learner = people_around(course)["learner"]
    Budget.objects.create(scope="person", period="day", tokens=0)
    Budget.objects.create(scope="person", period="day", role="learner", tokens=20)
    Budget.objects.create(scope="person", period="day", person_id=teacher.user_id, tokens=40)
    reserve(line(learner, course), asked())
    reserve(line(teacher, course), asked())
    reserve(line(teacher, course), asked())
    for actor in (learner, teacher, actors.for_user(UserFactory(site_role="admin"))):
        with pytest.raises(NoModel, match="Today's budget"):
            reserve(line(actor, course), asked())


def test_a_new_day_begins_a_new_window(teacher: Actor) -> None:
    Budget.objects.create(scope="person", period="day", tokens=20)
    with clock.travel(datetime(2026, 5, 1, 23, 59, tzinfo=UTC)):
        held = reserve(line(teacher), asked())
    with clock.travel(datetime(2026, 5, 2, 0, 1, tzinfo=UTC)):
        settle(held, Usage(10, 9), CallOutcome.ANSWERED)
        reserve(line(teacher), asked(1, 0))
    first, second = Window.objects.filter(key="site", period="day").order_by("starts")
    assert (first.tokens, str(first.starts)) == (19, "2026-05-01")
    assert str(second.starts) == "2026-05-02"
    months = Window.objects.filter(key="site", period="month")
    assert [row.tokens for row in months] == [20]


def test_a_window_begins_with_what_the_ledger_knows(teacher: Actor) -> None:
    AiCall.objects.create(
        actor_kind="user", person_id=teacher.user_id, purpose="questions", tokens_in=15
    )
    Budget.objects.create(scope="person", period="day", tokens=30)
    with pytest.raises(NoModel):
        reserve(line(teacher), asked())


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_a_window_begins_at_midnight_utc_wherever_the_asker_lives(
    teacher: Actor, zone: str
) -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    for hours, tokens in ((-13, 100), (-11, 7)):
        AiCall.objects.create(
            actor_kind="user",
            person_id=teacher.user_id,
            purpose="questions",
            tokens_in=tokens,
            created_at=noon + timedelta(hours=hours),
        )
    with timezone.override(zone), clock.travel(noon):
        reserve(line(teacher), asked())
    assert used(f"person:{teacher.user_id}") == (27, 0)
    assert used(f"person:{teacher.user_id}", Period.MONTH) == (127, 0)


def test_more_is_held_for_a_repair_or_refused(teacher: Actor) -> None:
    Budget.objects.create(scope="site", period="day", tokens=50)
    held = reserve(line(teacher), asked())
    extend(held, line(teacher), 20, 5)
    assert used("site") == (45, 0)
    with pytest.raises(NoModel):
        extend(held, line(teacher), 5, 5)
    assert used("site") == (45, 0)
    settle(held, Usage(30, 10), CallOutcome.ANSWERED)
    assert used("site") == (40, 0)


def test_what_a_dead_process_left_is_charged_once_at_what_was_seen(teacher: Actor) -> None:
    silent = reserve(line(teacher), asked())
    talking = reserve(line(teacher), asked())
    note(talking, Usage(8, 3))
    running = reserve(line(teacher), asked())
    late = clock.now() - timedelta(seconds=1)
    Reservation.objects.exclude(pk=running.pk).update(expires_at=late)
    assert sweep() == 2
    assert sweep() == 0
    rows = AiCall.objects.order_by("pk").values_list("tokens_in", "tokens_out", "outcome", "exact")
    assert list(rows) == [(10, 0, "lost", False), (8, 3, "lost", False)]
    assert used("site") == (10 + 11 + 20, 0)
    assert settle(silent, Usage(1, 1), CallOutcome.ANSWERED) is None


def test_people_are_told_once_at_80_and_once_at_100_percent(teacher: Actor, course: Course) -> None:
    Budget.objects.create(scope="course", period="month", tokens=100)

    def spend(tokens: int) -> list[int]:
        held = reserve(line(teacher, course), asked(tokens, 0))
        settle(held, Usage(tokens, 0), CallOutcome.ANSWERED)
        alert(line(teacher, course))
        return [row["percent"] for row in events_of("ai.budget_reached")]

    assert spend(79) == []
    assert spend(1) == [80]
    assert spend(10) == [80]
    assert spend(10) == [80, 100]
    with pytest.raises(NoModel):
        spend(1)
    (first, _) = events_of("ai.budget_reached")
    assert (first["course_id"], first["scope"]) == (course.pk, "course")


def test_a_refusal_counts_as_reached(teacher: Actor) -> None:
    Budget.objects.create(scope="site", period="day", tokens=10)
    with pytest.raises(NoModel):
        reserve(line(teacher), asked())
    assert [row["percent"] for row in events_of("ai.budget_reached")] == [100]


def test_the_share_is_that_of_the_nearer_cap() -> None:
    assert Cap(100, 1_000).share(50, 900) == 90
    assert Cap(None, None).share(50, 900) == 0
    assert Cap(0, None).share(0, 0) == 100
