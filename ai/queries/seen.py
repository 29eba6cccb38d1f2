"""What AI saw about somebody: for themselves."""

from django.db.models import QuerySet

from ai.models import CallText
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound, SignInRequired


def own_texts(actor: Actor) -> QuerySet[CallText]:
    """One's own texts, newest first, with call and course. Raises SignInRequired."""
    if actor.user_id is None:
        raise SignInRequired
    rows = CallText.objects.filter(person_id=actor.user_id)
    return rows.select_related("call__course").order_by("-id")


def own_text(actor: Actor, public_id: str) -> CallText:
    """One of one's own. Raises SignInRequired, NotFound."""
    found = own_texts(actor).filter(public_id=public_id[:40].replace("\x00", "")).first()
    if found is None:
        raise NotFound
    return found
