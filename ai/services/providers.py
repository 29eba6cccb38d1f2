"""Which providers a request may use, in order."""

from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from ai.enums import Use
from ai.gateway.breaker import Breaker
from ai.gateway.embeddings import Embedder, best_embedder
from ai.gateway.extractive.analysis import language_model
from ai.gateway.extractive.generator import ExtractiveProvider
from ai.gateway.openai_compatible import Endpoint, OpenAiCompatible
from ai.gateway.provider import Provider, ProviderUnavailable
from ai.queries.ledger import tokens_since_midnight
from lms.kernel.actors import Actor

# One per process: what one worker learned about an endpoint need not be learned by each job.
BREAKER = Breaker()


@dataclass(frozen=True, slots=True)
class Choice:
    """Providers in order, the embedder their questions are compared with, and remarks in words."""

    providers: tuple[Provider, ...]
    embedder: Embedder
    remarks: tuple[str, ...] = field(default=())


def endpoint() -> Endpoint | None:
    """The connected model, None when the installation names none."""
    ai = settings.AI
    if not ai["model"] or not (ai["base_url"] or ai["api_key"]):
        return None
    return Endpoint(ai["base_url"], ai["api_key"], ai["model"], ai["timeout"])


def connected_words() -> str:
    """Model and host for people; empty when no model is connected. Never the key (I8)."""
    found = endpoint()
    return "" if found is None else f"{found.model} ({urlsplit(found.url).hostname})"


def choose(actor: Actor, use: Use) -> Choice:
    """The connected model first, rules last; rules alone when asked or the budget is spent (I7)."""
    embedder = best_embedder()
    rules = ExtractiveProvider(embedder)
    found = endpoint()
    if found is None or use == Use.RULES:
        return Choice((rules,), embedder)
    if _budget_is_spent(actor):
        words = _("Today's budget of model tokens is used up; rules made the questions.")
        return Choice((rules,), embedder, (words,))
    return Choice((OpenAiCompatible(found), rules), embedder)


def load_early() -> None:
    """Import the heavy libraries and read the language model; what is not installed is left out.

    The embedding session is not made here: its native state must not be shared by a fork.
    """
    with suppress(ImportError):
        import onnxruntime  # noqa: F401
        import sklearn.feature_extraction.text  # noqa: F401
    with suppress(ProviderUnavailable):
        language_model()


def _budget_is_spent(actor: Actor) -> bool:
    if actor.user_id is None:
        return False
    return tokens_since_midnight(actor.user_id) >= daily_tokens()


def daily_tokens() -> int:
    """Tokens that one person may use a day (UTC) unless a budget says otherwise."""
    return int(settings.AI["daily_tokens"])
