"""API tokens: issued once in the clear, kept as a hash, scoped and expiring (A7)."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.events import TokenIssued, TokenRevoked
from accounts.models import ApiToken, User
from accounts.rules import EDIT_SELF, REVOKE_TOKEN
from accounts.services.access import close_sockets
from accounts.services.sign_in import check_credentials
from lms.kernel import actors, clock
from lms.kernel.actors import Actor, ActorKind
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Denied, Invalid
from lms.kernel.events import publish
from lms.kernel.rules import require
from lms.kernel.text import require_line

MARK = "cairn_"
RANDOM_BYTES = 32
PREFIX_LENGTH = 12
MAX_NAME = 100
MAX_DAYS = 365
MAX_LIVE = 50
SIGN_IN_NAME = "Signed in by password"
SIGN_IN_DAYS = 30
MAX_SIGN_INS = 500
USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token with its text, which nobody can read again."""

    token: ApiToken
    text: str


def issue_token(
    *, actor: Actor, person: User, name: str, scopes: frozenset[str], days: int
) -> Issued:
    """A token for one's own programs.

    Only a session may issue one, so that a leaked token cannot outlive itself. Raises Invalid
    naming the field, Denied for tokens, NotFound for somebody else, Conflict at 50 live tokens.
    """
    if actor.kind is ActorKind.TOKEN:
        raise Denied(_("Create tokens in a browser, not with a token."), code="session_required")
    require(actor, EDIT_SELF, person)
    named = name.strip()
    _check(named, scopes, days)
    with transaction.atomic():
        lock(User.objects.filter(pk=person.pk)).get()
        if _live(person).exclude(name=SIGN_IN_NAME).count() >= MAX_LIVE:
            words = _("You have %(most)d tokens. Revoke one first.") % {"most": MAX_LIVE}
            raise Conflict(words, code="too_many_tokens")
        return _create(person, actor, name=named, scopes=scopes, days=days)


def sign_in_for_token(*, email: str, password: str, address: str) -> Issued:
    """A token for whoever proves the password; the oldest of too many such tokens is revoked.

    Raises what `check_credentials` raises.
    """
    person = check_credentials(email=email, password=password, address=address)
    actor = actors.for_user(person)
    with transaction.atomic():
        lock(User.objects.filter(pk=person.pk)).get()
        older = _live(person).filter(name=SIGN_IN_NAME).order_by("-created_at", "-pk")
        stale = list(older.values_list("pk", flat=True)[MAX_SIGN_INS - 1 :])
        ApiToken.objects.filter(pk__in=stale).update(revoked_at=clock.now())
        return _create(
            person, actor, name=SIGN_IN_NAME, scopes=actors.ALL_SCOPES, days=SIGN_IN_DAYS
        )


@transaction.atomic
def revoke_token(*, actor: Actor, token: ApiToken) -> None:
    """Stop a token at once, and sockets opened with it; again does nothing.

    Raises NotFound, Denied.
    """
    require(actor, REVOKE_TOKEN, token)
    changed = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now())
    if changed:
        close_sockets(token.user_id)
        publish(TokenRevoked(token_id=token.pk, person_id=token.user_id), actor=actor)


def read_token(text: str) -> tuple[User, frozenset[str], str] | None:
    """The person, scopes and credential of a token's text.

    None when it is unknown, revoked or expired, or the account is closed.

    Its last use is noted once a minute at most.
    """
    found = (
        ApiToken.objects.select_related("user")
        .filter(digest=_digest(text), revoked_at=None, expires_at__gt=clock.now())
        .first()
    )
    if found is None or not found.user.is_active:
        return None
    now = clock.now()
    if found.last_used_at is None or now - found.last_used_at >= USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=found.pk).update(last_used_at=now)
    return found.user, frozenset(found.scopes), f"token:{found.pk}"


def forget_dead_tokens() -> int:
    """Remove tokens that ended 30 days ago; returns how many (V3)."""
    before = clock.now() - timedelta(days=30)
    gone, _by_model = ApiToken.objects.filter(
        Q(expires_at__lt=before) | Q(revoked_at__lt=before)
    ).delete()
    return gone


def _live(person: User) -> QuerySet[ApiToken]:
    return ApiToken.objects.filter(user=person, revoked_at=None, expires_at__gt=clock.now())


def _create(person: User, actor: Actor, *, name: str, scopes: frozenset[str], days: int) -> Issued:
    text = MARK + secrets.token_urlsafe(RANDOM_BYTES)
    token = ApiToken.objects.create(
        user=person,
        name=name,
        prefix=text[:PREFIX_LENGTH],
        digest=_digest(text),
        scopes=sorted(scopes),
        expires_at=clock.now() + timedelta(days=days),
    )
    publish(TokenIssued(token_id=token.pk, person_id=person.pk), actor=actor)
    return Issued(token, text)


def _digest(text: str) -> str:
    """256 random bits need no salt and no slow hash."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _check(name: str, scopes: frozenset[str], days: int) -> None:
    errors: dict[str, list[str]] = {}
    if not name or len(name) > MAX_NAME:
        errors["name"] = [_("Name it in 1 to %(most)d characters.") % {"most": MAX_NAME}]
    elif name == SIGN_IN_NAME:
        errors["name"] = [_("This name is taken by tokens of the sign-in.")]
    if actors.READ not in scopes or not scopes <= actors.ALL_SCOPES:
        errors["scopes"] = [_("Choose read, or read and write.")]
    if not 1 <= days <= MAX_DAYS:
        errors["days"] = [_("Choose 1 to %(most)d days.") % {"most": MAX_DAYS}]
    if errors:
        raise Invalid(_("The token cannot be made."), errors=errors)
    require_line(name, field="name")
