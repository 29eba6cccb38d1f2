"""Where connected models are: the environment's, and those of the table with their keys."""

from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from ai.enums import ProviderKind
from ai.gateway.addresses import is_under
from ai.gateway.chat import Endpoint
from ai.gateway.local import running
from ai.gateway.sealing import Unreadable, unseal
from ai.models import Provider
from ai.queries.provider import allowed_urls
from ai.services.shared_breaker import SharedBreaker

# What one worker learned about an endpoint need not be learned by each job, nor by each worker.
BREAKER = SharedBreaker()


def endpoint() -> Endpoint | None:
    """The model that the environment names, None when it names none or the local one is away."""
    ai = settings.AI
    if not ai["model"] or not (ai["base_url"] or ai["api_key"]):
        return running(Path(settings.DATA_DIR), ai["timeout"]) if ai["local_model"] else None
    return Endpoint(ai["base_url"], ai["api_key"], ai["model"], ai["timeout"])


def words_of(found: Endpoint) -> str:
    """Model and host for people. Never the key (I8)."""
    return f"{found.model} ({urlsplit(found.url).hostname})"


def endpoint_of(provider: Provider, model: str) -> Endpoint | None:
    """Where to call; None when it is off, not allowed any more, or its key cannot be read."""
    if not provider.active or provider.kind == ProviderKind.EXTRACTIVE:
        return None
    if provider.kind == ProviderKind.LOCAL:
        return running(Path(settings.DATA_DIR), provider.timeout)
    if not is_under(provider.base_url, allowed_urls()):
        return None
    try:
        key = unseal(provider.sealed_key, secrets()) if provider.sealed_key else ""
    except Unreadable:
        return None
    return Endpoint(
        provider.base_url,
        key,
        model,
        provider.timeout,
        without=frozenset(provider.without),
    )


def secrets() -> list[str]:
    """The site's secrets, newest first."""
    return [str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
