"""One request of a person at a time, where something is counted before it is added to."""

from accounts.models import User
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock


def take_own_turn(actor: Actor) -> None:
    """Wait for the person's other requests that came here; held until the transaction ends.

    The caller opened the transaction. What it counts of theirs after this stays true until it has
    added its own: as many requests at once are not as many jobs.
    """
    list(lock(User.objects.filter(pk=actor.user_id or 0)).values_list("pk"))
