"""Who may do what with people and their tokens."""

from django.db.models import QuerySet

from accounts.models import ApiToken, User
from lms.kernel.actors import Actor
from lms.kernel.rules import Rule


def _is_self(actor: Actor, person: User) -> bool:
    return actor.is_system or (actor.user_id == person.pk and person.is_active)


def _self_rows(actor: Actor) -> QuerySet[User]:
    if actor.is_system:
        return User.objects.all()
    return User.objects.filter(pk=actor.user_id or 0, is_active=True)


def _administers(actor: Actor, _person: User) -> bool:
    return actor.is_admin


def _administered(actor: Actor) -> QuerySet[User]:
    return User.objects.all() if actor.is_admin else User.objects.none()


def _owns_token(actor: Actor, token: ApiToken) -> bool:
    return actor.is_system or actor.user_id == token.user_id


def _own_tokens(actor: Actor) -> QuerySet[ApiToken]:
    if actor.is_system:
        return ApiToken.objects.all()
    return ApiToken.objects.filter(user_id=actor.user_id or 0)


# One's own profile, settings and data.
VIEW_SELF: Rule[User] = Rule("accounts.view_self", may=_is_self, rows=_self_rows)
EDIT_SELF: Rule[User] = Rule("accounts.edit_self", may=_is_self, rows=_self_rows, writes=True)

# Other people's roles and accounts.
ADMINISTER_PERSON: Rule[User] = Rule(
    "accounts.administer_person", may=_administers, rows=_administered, writes=True
)

VIEW_TOKEN: Rule[ApiToken] = Rule("accounts.view_token", may=_owns_token, rows=_own_tokens)
REVOKE_TOKEN: Rule[ApiToken] = Rule(
    "accounts.revoke_token", may=_owns_token, rows=_own_tokens, writes=True
)
