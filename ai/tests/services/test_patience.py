"""Who waits for the tutor waits some seconds for a model, not as long as a model may take."""

import time
from collections.abc import Callable

import pytest

from ai.enums import Purpose
from ai.models import AiCall, Reservation
from ai.services import asking, calling
from ai.services.asking import NoModel, ask, stream
from ai.tests.fake_model import FakeModel
from ai.tests.fault_proxy import FaultProxy
from ai.tests.services.test_asking import prompt, provider
from courses.tests.factories import CourseFactory
from lms.kernel import actors
from lms.kernel.actors import Actor

pytestmark = pytest.mark.django_db
FAULTS = {"silence": ["slow"] * 4, "retry after": ["too_many"] * 8}


@pytest.fixture
def teacher() -> Actor:
    return actors.for_user(CourseFactory().created_by)


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A patience of a second, to test in a few; loading the client is no silence of a model."""
    import openai  # noqa: F401

    for module in (asking, calling):
        monkeypatch.setattr(module, "PATIENCE", {Purpose.TUTOR: 1.0})


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("way", [ask, lambda **how: list(stream(**how))], ids=["ask", "stream"])
def test_the_tutor_gives_up_early_and_asks_no_second_silent_model(
    model: FakeModel, proxy: FaultProxy, teacher: Actor, fault: str, way: Callable[..., object]
) -> None:
    for name, ordinal in (("first", 1), ("second", 2)):
        provider(name, proxy.url, ordinal)
    proxy.faults = list(FAULTS[fault])
    began = time.monotonic()
    with pytest.raises(NoModel) as caught:
        way(actor=teacher, purpose=Purpose.TUTOR, prompt=prompt())
    assert time.monotonic() - began < 2.5
    assert caught.value.code == "unavailable"
    assert not Reservation.objects.exists()
    assert set(AiCall.objects.values_list("outcome", flat=True)) == {"unavailable"}


def test_work_that_nobody_waits_for_is_given_its_time(
    model: FakeModel, proxy: FaultProxy, teacher: Actor
) -> None:
    provider("first", proxy.url, 1)
    proxy.upstream = model.url.removesuffix("/v1")
    model.pause = 1.5
    assert ask(actor=teacher, purpose=Purpose.CONTENT, prompt=prompt()).value == "Yes."
