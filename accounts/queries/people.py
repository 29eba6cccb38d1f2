"""Reading people."""

from accounts.models import User
from accounts.rules import VIEW_SELF
from lms.kernel.actors import Actor
from lms.kernel.rules import fetch


def own_person(actor: Actor) -> User:
    """The person behind the actor. Raises SignInRequired for nobody."""
    return fetch(actor, VIEW_SELF, pk=actor.user_id)
