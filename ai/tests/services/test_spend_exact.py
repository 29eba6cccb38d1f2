"""What the ledger says was spent is what the model server charged, whatever goes wrong (I7)."""

import contextlib

import pytest

from ai.enums import Purpose
from ai.models import AiCall, Reservation, Window
from ai.services.asking import CutOff, NoModel, ask, stream
from ai.services.endpoints import BREAKER
from ai.tests.fake_model import FakeModel
from ai.tests.fault_proxy import FaultProxy
from ai.tests.services.test_asking import Verdict, prompt, provider
from courses.models import Course
from courses.tests.factories import CourseFactory
from lms.kernel import actors
from lms.kernel.actors import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def course() -> Course:
    return CourseFactory()


@pytest.fixture
def teacher(course: Course) -> Actor:
    return actors.for_user(course.created_by)


def booked() -> tuple[int, int]:
    rows = AiCall.objects.values_list("tokens_in", "tokens_out")
    return sum(row[0] for row in rows), sum(row[1] for row in rows)


def assert_books_are_right(model: FakeModel) -> None:
    assert booked() == (model.tokens_in, model.tokens_out)
    assert Window.objects.get(key="site", period="day").tokens == sum(booked())
    assert not Reservation.objects.exists()


def test_a_mix_of_calls_adds_up_to_what_was_charged(
    model: FakeModel, proxy: FaultProxy, teacher: Actor, course: Course
) -> None:
    provider("first", proxy.url, 1)
    proxy.upstream = model.url.removesuffix("/v1")
    model.usage = "each"
    model.replies = ["one two three four five six"]
    faults = ["too_many", "broken", "none", "garbage", "huge", "cut", "tool_loop", "none"]
    for fault in faults:
        proxy.faults = [fault]
        with contextlib.suppress(NoModel):
            ask(actor=teacher, purpose=Purpose.CONTENT, prompt=prompt(), course=course)
    for stop in (1, 3, 5):
        model.break_after = stop
        with contextlib.suppress(CutOff):
            list(stream(actor=teacher, purpose=Purpose.TUTOR, prompt=prompt(), course=course))
    model.break_after = None
    BREAKER.forget()
    list(stream(actor=teacher, purpose=Purpose.TUTOR, prompt=prompt(), course=course))
    model.replies = ["no JSON", {"word": "good", "points": 1}]
    ask(actor=teacher, purpose=Purpose.MARKING, prompt=prompt(), schema=Verdict, course=course)
    # What a spoilt answer itself claimed is not the model's charge.
    claimed = AiCall.objects.filter(outcome="bad_answer")
    estimates = sum(row.tokens_in + row.tokens_out for row in claimed)
    spoilt = [row.exact for row in claimed]
    assert not any(spoilt)
    claimed.delete()
    assert booked() == (model.tokens_in, model.tokens_out)
    assert Window.objects.get(key="site", period="day").tokens == sum(booked()) + estimates


@pytest.mark.parametrize("told", ["each", "last"])
@pytest.mark.parametrize("stop", [1, 2, 3])
def test_a_stream_cut_in_the_middle_is_charged_what_came(
    model: FakeModel, teacher: Actor, told: str, stop: int
) -> None:
    model.replies, model.usage, model.break_after = ["one two three four"], told, stop
    with pytest.raises(CutOff):
        list(stream(actor=teacher, purpose=Purpose.TUTOR, prompt=prompt()))
    call = AiCall.objects.get()
    assert (call.outcome, call.tokens_out) == ("cut", stop)
    assert call.exact == (told == "each")
    if told == "each":
        assert_books_are_right(model)
    else:
        # The prompt's tokens were never told: the estimate is on the safe side.
        assert call.tokens_in >= model.tokens_in


def test_silence_ends_at_the_timeout_and_is_booked(
    model: FakeModel, proxy: FaultProxy, teacher: Actor
) -> None:
    row = provider("first", proxy.url, 1)
    row.timeout = 1.0
    row.save()
    proxy.faults = ["slow", "slow"]
    for _ in range(2):
        with pytest.raises(NoModel, match="did not answer in time"):
            ask(actor=teacher, purpose=Purpose.CONTENT, prompt=prompt())
    calls = AiCall.objects.values_list("outcome", "tokens_out", flat=False)
    assert list(calls) == [("unavailable", 0)] * 2
    assert all(
        milliseconds < 3_000
        for milliseconds in AiCall.objects.values_list("milliseconds", flat=True)
    )


def test_ten_megabytes_are_not_read_to_the_end(
    model: FakeModel, proxy: FaultProxy, teacher: Actor
) -> None:
    provider("first", proxy.url, 1)
    proxy.faults = ["ten_megabytes"]
    with pytest.raises(NoModel):
        ask(actor=teacher, purpose=Purpose.CONTENT, prompt=prompt())
    call = AiCall.objects.get()
    assert (call.outcome, call.tokens_out) == ("unavailable", 0)


def test_a_model_that_only_calls_tools_is_no_answer(
    model: FakeModel, proxy: FaultProxy, teacher: Actor
) -> None:
    provider("first", proxy.url, 1)
    proxy.faults = ["tool_loop"] * 9
    with pytest.raises(NoModel, match="reply is empty"):
        ask(actor=teacher, purpose=Purpose.CONTENT, prompt=prompt())
    with pytest.raises(NoModel):
        ask(actor=teacher, purpose=Purpose.MARKING, prompt=prompt(), schema=Verdict)
    assert len(proxy.requests) == 3
    assert all("tools" not in request for request in proxy.requests)


def test_retry_after_is_obeyed_and_costs_nothing(
    model: FakeModel, proxy: FaultProxy, teacher: Actor
) -> None:
    provider("first", proxy.url, 1)
    proxy.upstream = model.url.removesuffix("/v1")
    proxy.faults = ["too_many"]
    answer = ask(actor=teacher, purpose=Purpose.CONTENT, prompt=prompt())
    assert answer.usage.attempts == 2
    assert answer.usage.milliseconds >= 1_000
    assert_books_are_right(model)
