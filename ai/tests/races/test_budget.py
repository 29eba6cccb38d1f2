"""Two hundred calls at once against one cap, on both databases (I7)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.tests.factories import UserFactory
from ai.enums import CallOutcome, Purpose
from ai.gateway.provider import Usage
from ai.models import AiCall, Budget, Reservation, Window
from ai.services.budget import Asked, reserve, settle, sweep
from ai.services.routes import Line, NoModel
from lms.kernel import actors, clock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
THREADS, EACH = 20, 10


def test_two_hundred_calls_never_spend_more_than_the_cap() -> None:
    people = [actors.for_user(UserFactory()) for _ in range(THREADS)]
    Budget.objects.create(scope="site", period="day", tokens=50)
    start = Barrier(THREADS)

    def call(number: int) -> str:
        line = Line(people[number], Purpose.TUTOR)
        try:
            held = reserve(line, Asked("p", "m", "t-1", 0, 1, 60.0))
        except NoModel as refused:
            return refused.code
        settle(held, Usage(0, 1), CallOutcome.ANSWERED)
        return "spent"

    def run(number: int) -> list[str]:
        start.wait(30)
        try:
            return [call(number) for _ in range(EACH)]
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        found = Counter(code for codes in pool.map(run, range(THREADS)) for code in codes)
    assert found == {"spent": 50, "over_budget": 150}
    assert AiCall.objects.count() == 50
    assert Window.objects.get(key="site", period="day").tokens == 50
    assert sum(row.tokens for row in Window.objects.filter(key__startswith="person:")) == 2 * 50


def test_settling_and_sweeping_at_once_book_a_call_once() -> None:
    line = Line(actors.for_user(UserFactory()), Purpose.CONTENT)
    held = [reserve(line, Asked("p", "m", "t-1", 5, 5, 60.0)) for _ in range(8)]
    Reservation.objects.update(expires_at=clock.now())
    start = Barrier(2)

    def run(act: int) -> None:
        start.wait(30)
        try:
            if act:
                sweep()
            else:
                for one in held:
                    settle(one, Usage(5, 0), CallOutcome.ANSWERED)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, range(2)))
    assert AiCall.objects.count() == 8
    assert Window.objects.get(key="site", period="day").tokens == 8 * 5


def test_one_person_has_two_answers_of_the_tutor_under_way_at_most() -> None:
    line = Line(actors.for_user(UserFactory()), Purpose.TUTOR)
    start = Barrier(THREADS)

    def run(_number: int) -> str:
        start.wait(30)
        try:
            reserve(line, Asked("p", "m", "t-1", 5, 5, 60.0))
        except NoModel as refused:
            return refused.code
        finally:
            connection.close()
        return "held"

    with ThreadPoolExecutor(THREADS) as pool:
        found = Counter(pool.map(run, range(THREADS)))
    assert found == {"held": 2, "busy": THREADS - 2}
    assert Window.objects.get(key="site", period="day").tokens == 2 * 10
    reserve(Line(line.actor, Purpose.CONTENT), Asked("p", "m", "t-1", 5, 5, 60.0))
    Reservation.objects.update(expires_at=clock.now())
    reserve(line, Asked("p", "m", "t-1", 5, 5, 60.0))
