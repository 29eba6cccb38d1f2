"""What AI saw of a classmate, and the key of a provider."""

from django.conf import settings

from ai.gateway.sealing import seal
from ai.models import AiCall, CallText, Provider
from lms.tests.leaks.marker import Marker
from lms.tests.world import World

MARKERS = [
    Marker("what AI saw of a classmate", ("zqaisaw",), frozenset()),
    Marker("the address and key of an AI provider", ("zqprovider", "zqkey"), frozenset()),
]


def plant_ai(world: World) -> None:
    """A text of the classmate's, and a provider with a key."""
    call = AiCall.objects.create(
        actor_kind="user",
        person=world.people["peer"],
        course=world.course,
        purpose="tutor",
        provider="openai_compatible",
        outcome="answered",
    )
    CallText.objects.create(
        call=call, person=world.people["peer"], sent="zqaisaw", answer="zqaisaw"
    )
    Provider.objects.create(
        name="zqprovider",
        kind="openai_compatible",
        base_url="https://zqprovider.example/v1",
        sealed_key=seal("zqkey", [settings.SECRET_KEY]),
    )
