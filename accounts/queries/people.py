"""Reading people."""

from accounts.enums import SiteRole
from accounts.models import User
from accounts.rules import VIEW_SELF
from lms.kernel.actors import Actor
from lms.kernel.rules import fetch


def own_person(actor: Actor) -> User:
    """The person behind the actor. Raises SignInRequired for nobody."""
    return fetch(actor, VIEW_SELF, pk=actor.user_id)


def active_admins() -> list[int]:
    """Ids of everybody who runs the site."""
    rows = User.objects.filter(site_role=SiteRole.ADMIN, is_active=True)
    return list(rows.order_by("pk").values_list("pk", flat=True))
