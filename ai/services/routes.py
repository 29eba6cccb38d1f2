"""Which models a call may use, in order, and why there may be none."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from ai.enums import Purpose, Use
from ai.gateway.chat import TEMPERATURE, Endpoint
from ai.queries.ledger import tokens_since_midnight
from ai.services.providers import daily_tokens, endpoint
from assessments.queries.exam import require_ai
from courses.models import Course
from lms.kernel.actors import Actor
from lms.kernel.errors import Unavailable

MAX_TOKENS = 800
# Who asks the tutor while an exam allows hints gets no further than the tutor lets them.
_HINTS = frozenset({Purpose.TUTOR, Purpose.EMBEDDING, Purpose.MODERATION})


class NoModel(Unavailable):
    """No model may be asked, or none answers; do what can be done without.

    `reason` is a sentence for people. `code` is one of none_connected, off, over_budget,
    unavailable, rules_only.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason, code=code)

    @property
    def reason(self) -> str:
        """Why, in words for people."""
        return self.detail


@dataclass(frozen=True, slots=True)
class Line:
    """On whose behalf and what for: what a call is booked on."""

    actor: Actor
    purpose: Purpose
    course: Course | None = None
    job_id: int | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """One model to try."""

    endpoint: Endpoint = field(repr=False)
    provider: str = "openai_compatible"
    temperature: float = TEMPERATURE

    @property
    def model(self) -> str:
        """The model's name at its endpoint."""
        return self.endpoint.model

    @property
    def key(self) -> str:
        """What the circuit breaker counts failures under."""
        return f"{self.provider}:{self.model}"


def routes_for(line: Line, use: Use) -> list[Route]:
    """At least one route. Raises NoModel, or Denied `exam_mode`."""
    require_ai(line.actor, hints=line.purpose in _HINTS)
    if use == Use.RULES:
        raise NoModel("rules_only", _("No model was asked, as you wished."))
    found = endpoint()
    if found is None:
        raise NoModel("none_connected", _("No AI model is connected."))
    if line.actor.user_id and tokens_since_midnight(line.actor.user_id) >= daily_tokens():
        raise NoModel("over_budget", _("Today's budget of model tokens is used up."))
    return [Route(found)]
