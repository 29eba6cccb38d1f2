"""Switch push on in a browser, and off."""

from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.rules import require_write
from lms.kernel.text import require_line
from realtime.gateway.web_push import MAX_ENDPOINT, are_keys, may_push_to
from realtime.models import PushSubscription
from realtime.queries.browsers import browsers_of, push_is_set_up

MAX_NAME: Final = 60
MOST_BROWSERS: Final = 10


@transaction.atomic
def add_browser(
    *, actor: Actor, endpoint: str, p256dh: str, auth: str, name: str = ""
) -> PushSubscription:
    """Push to a browser of the actor; again is the same, and the oldest of more than ten goes.

    A browser belongs to whoever switched it on last. Raises Invalid with the field, Conflict
    `push_not_set_up` on a site without a key.
    """
    require_write(actor)
    if not push_is_set_up():
        raise Conflict(_("Push is not set up on this site."), code="push_not_set_up")
    if not may_push_to(endpoint, settings.PUSH_HOSTS):
        raise Invalid(_("This is no push service that this site knows."), field="endpoint")
    if not are_keys(p256dh, auth):
        raise Invalid(_("These are not the keys of a browser."), field="keys")
    name = require_line(name.strip(), field="name", max_length=MAX_NAME)
    held = {"p256dh": p256dh.rstrip("="), "auth": auth.rstrip("="), "name": name}
    PushSubscription.objects.filter(endpoint=endpoint).exclude(user=actor.user_id or 0).delete()
    row, _made = PushSubscription.objects.update_or_create(
        endpoint=endpoint, user_id=actor.user_id or 0, defaults=held
    )
    kept = list(browsers_of(actor).values_list("pk", flat=True)[:MOST_BROWSERS])
    browsers_of(actor).exclude(pk__in=kept).delete()
    return row


def remove_browser(*, actor: Actor, browser_id: str) -> None:
    """Push no more to one of the actor's browsers. Raises NotFound for any other."""
    require_write(actor)
    row = browsers_of(actor).filter(public_id=browser_id).first()
    if row is None:
        raise NotFound
    row.delete()


def forget_browser(*, user_id: int, browser_id: str = "", endpoint: str = "") -> None:
    """Push no more to the browser in which somebody signs out, known by its id or its address.

    Whoever sits there next must not read what the last one is told. Without such a browser nothing
    happens.
    """
    here = Q(public_id=browser_id[:40]) | Q(endpoint=endpoint[:MAX_ENDPOINT])
    PushSubscription.objects.filter(here, user=user_id).delete()


def forget_browsers(*, user_id: int) -> None:
    """Whoever loses their other ways in loses these, too (A3)."""
    PushSubscription.objects.filter(user=user_id).delete()
