"""Reading API tokens."""

from django.db.models import QuerySet

from accounts.models import ApiToken
from accounts.rules import VIEW_TOKEN
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.rules import fetch


def live_tokens(actor: Actor) -> QuerySet[ApiToken]:
    """The actor's own tokens that still work, newest first (A7)."""
    rows = VIEW_TOKEN.rows(actor).filter(revoked_at=None, expires_at__gt=clock.now())
    return rows.order_by("-created_at", "-pk")


def own_token(actor: Actor, public_id: str) -> ApiToken:
    """One of the actor's own tokens that still work. Raises NotFound, SignInRequired."""
    return fetch(
        actor, VIEW_TOKEN, public_id=public_id, revoked_at=None, expires_at__gt=clock.now()
    )
