"""Which providers a request may use, in order."""

from contextlib import suppress
from dataclasses import dataclass, field

from django.db import DatabaseError
from django.utils.translation import gettext as _

from ai.enums import Purpose, Use
from ai.gateway.embeddings import Embedder, best_embedder
from ai.gateway.extractive.analysis import language_model
from ai.gateway.extractive.generator import ExtractiveProvider
from ai.gateway.provider import Provider, ProviderUnavailable
from ai.gateway.surroundings import Judge
from ai.services.booked import Booked
from ai.services.endpoints import BREAKER, words_of
from ai.services.judging import NoJudge, judge_for
from ai.services.routes import Line, NoModel, connected, require_on
from courses.models import Course
from lms.kernel.actors import Actor

__all__ = [
    "BREAKER",
    "Choice",
    "choose",
    "choose_to_measure",
    "connected_words",
    "load_early",
]


@dataclass(frozen=True, slots=True)
class Choice:
    """Providers in order, the embedder their questions are compared with, and remarks in words.

    `judge` says of a question that passed whether it needs its passage.
    """

    providers: tuple[Provider, ...]
    embedder: Embedder
    remarks: tuple[str, ...] = field(default=())
    judge: Judge | None = None


def connected_words(actor: Actor, course: Course | None, purpose: Purpose) -> str:
    """Model and host that would be asked first, for people; empty when none is connected."""
    found = connected(Line(actor, purpose, course))
    return words_of(found[0].endpoint) if found else ""


def choose(
    actor: Actor, use: Use, *, course: Course | None = None, job_id: int | None = None
) -> Choice:
    """Connected models first, rules last; rules alone when asked, or where AI is off (I7, I9)."""
    embedder = best_embedder()
    rules = ExtractiveProvider(embedder)
    if use == Use.RULES:
        return Choice((rules,), embedder, judge=judge_for(actor, use))
    line = Line(actor, Purpose.QUESTIONS, course, job_id)
    try:
        require_on(line)
    except NoModel as off:
        return Choice((rules,), embedder, (off.reason,), NoJudge(off.reason))
    models = [Booked(line, route) for route in connected(line)]
    judge = judge_for(actor, use, course=course, job_id=job_id)
    return Choice((*models, rules), embedder, judge=judge)


def choose_to_measure(actor: Actor, use: Use) -> Choice:
    """As `choose`; without a migrated database rules alone, since no call could be booked."""
    try:
        return choose(actor, use)
    except DatabaseError:
        embedder = best_embedder()
        why = _("There is no database: what a model costs could not be booked.")
        return Choice((ExtractiveProvider(embedder),), embedder, (why,), NoJudge(why))


def load_early() -> None:
    """Import the heavy libraries and read the language model; what is not installed is left out.

    The embedding session is not made here: its native state must not be shared by a fork.
    """
    with suppress(ImportError):
        import onnxruntime  # noqa: F401
        import sklearn.feature_extraction.text  # noqa: F401
    with suppress(ProviderUnavailable):
        language_model()
