"""Who asks through the API: a bearer token, or the session with CSRF."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone, translation
from rest_framework.authentication import BaseAuthentication
from rest_framework.authentication import SessionAuthentication as DrfSessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from lms.kernel import actors, clock
from lms.kernel.actors import Actor
from lms.kernel.web.address import address_of
from lms.kernel.web.middleware import actor_of as session_actor

TokenReader = Callable[[str], "tuple[Any, frozenset[str], str] | None"]
_reader: list[TokenReader] = []


def read_tokens_with(reader: TokenReader) -> None:
    """Set how a token becomes (user, scopes, credential); `accounts` calls this when ready."""
    _reader[:] = [reader]


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer …`."""

    def authenticate(self, request: Request) -> tuple[Any, Actor] | None:
        """(user, actor), or None without a bearer header; raises AuthenticationFailed."""
        header = request.META.get("HTTP_AUTHORIZATION", "")
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer":
            return None
        found = _reader[0](token.strip()) if _reader and token.strip() else None
        if found is None:
            raise AuthenticationFailed("This token is unknown, revoked or expired.")
        user, scopes, credential = found
        # As for a session; the middleware around the view puts back what was there before.
        timezone.activate(clock.zone_named(user.time_zone))
        if user.language in dict(settings.LANGUAGES):
            translation.activate(user.language)
        actor = actors.for_token(user, scopes, credential)
        return user, actor.at(address_of(request._request))

    def authenticate_header(self, request: Request) -> str:
        """What 401 asks for."""
        return "Bearer"


class SessionAuthentication(DrfSessionAuthentication):
    """The session cookie, with CSRF on writes."""

    def authenticate(self, request: Request) -> tuple[Any, Actor] | None:
        """(user, actor) of the session, or None."""
        found = super().authenticate(request)
        if found is None:
            return None
        return found[0], session_actor(request._request)


def actor_of(request: Request | HttpRequest) -> Actor:
    """The actor of an API request."""
    actor = getattr(request, "auth", None)
    return actor if isinstance(actor, Actor) else actors.ANONYMOUS
