"""Which models a call may use, in order, and why there may be none."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from ai.enums import Purpose, Use
from ai.gateway.chat import TEMPERATURE, Endpoint
from ai.queries.budget import role_of
from ai.queries.consent import consented, needs_consent, off_for, purpose_off
from ai.queries.provider import profiles_for
from ai.services.consent import consent_words, off_words, purpose_words
from ai.services.endpoints import endpoint, endpoint_of
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
    busy, unavailable, rules_only.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason, code=code)

    @property
    def reason(self) -> str:
        """Why, in words for people."""
        return self.detail


@dataclass(frozen=True, slots=True)
class Line:
    """On whose behalf and what for: what a call is booked on.

    `about` is the id of whoever wrote the text or is judged by it, when that is not the actor.
    """

    actor: Actor
    purpose: Purpose
    course: Course | None = None
    job_id: int | None = None
    about: int | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """One model to try.

    `keeps_form`: whether it kept to a form of answers when it was tried; None: it was not tried.
    """

    endpoint: Endpoint = field(repr=False)
    provider: str = "openai_compatible"
    temperature: float = TEMPERATURE
    most: int | None = None
    keeps_form: bool | None = None

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
    require_on(line)
    found = connected(line)
    if not found:
        raise NoModel("none_connected", _("No AI model is connected."))
    if line.purpose == Purpose.CHECKING:
        return _formal(found)
    return found


def _formal(routes: list[Route]) -> list[Route]:
    """Those that are not known to answer in a form of their own. Raises NoModel."""
    found = [route for route in routes if route.keeps_form is not False]
    if not found:
        words = _("The connected model does not keep to a form of answers, so it judges nothing.")
        raise NoModel("none_connected", words)
    return found


def require_on(line: Line) -> None:
    """Pass where AI is on for everybody it concerns and they agreed. Raises NoModel `off`."""
    people = [pk for pk in (line.actor.user_id, line.about) if pk is not None]
    where = off_for(people, line.course)
    if where:
        raise NoModel("off", off_words(where))
    where = purpose_off(line.purpose, line.course)
    if where:
        raise NoModel("off", purpose_words(where))
    role = role_of(line.actor, line.course)
    asker = line.actor.user_id
    if asker is None:
        return
    if needs_consent(role, line.purpose, line.course) and not consented(asker):
        raise NoModel("off", consent_words())


def lacks_consent(line: Line) -> bool:
    """Whether a model would be asked if only the asker agreed to talk to one."""
    asker, role = line.actor.user_id, role_of(line.actor, line.course)
    if asker is None or not needs_consent(role, line.purpose, line.course):
        return False
    if purpose_off(line.purpose, line.course):
        return False
    return not consented(asker) and bool(connected(line))


def connected(line: Line) -> list[Route]:
    """The models of the profiles that fit, else the one that the environment names."""
    rows = profiles_for(line.purpose, line.course, role_of(line.actor, line.course))
    found = []
    for row in rows:
        where = endpoint_of(row.provider, row.model)
        if where is not None:
            form = row.provider.found.get("schema")
            known = (row.provider.name, row.temperature, row.max_tokens, form)
            found.append(Route(where, *known))
    if rows:
        return found
    default = endpoint()
    return [] if default is None else [Route(default)]
