"""Connecting models: allowed addresses, providers with their keys, and what they can do (I8).

Admins alone. A key goes in and never comes out again: it is sealed when it is saved and unsealed
for a call.
"""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from ai.enums import CallOutcome, ProviderKind, Purpose
from ai.gateway.addresses import is_under, plain_url
from ai.gateway.chat import DEFAULT_BASE_URL
from ai.gateway.probing import LIMIT, Found, probe
from ai.gateway.sealing import Unreadable, reseal, seal
from ai.models import AllowedAddress, Provider
from ai.queries.provider import allowed_urls
from ai.services.budget import Asked, reserve, settle
from ai.services.endpoints import endpoint_of, secrets
from ai.services.routes import Line
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied, Invalid
from lms.kernel.rules import require_write

PROBE_TOKENS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderFields:
    """What an admin says of a provider. `key` None keeps the stored one, empty removes it."""

    name: str
    kind: ProviderKind
    base_url: str = ""
    key: str | None = None
    timeout: float = 60.0
    active: bool = True


def allow_address(*, actor: Actor, url: str) -> AllowedAddress:
    """Let providers be under an address. Raises Denied, Invalid on `url`."""
    _require_admin(actor)
    try:
        plain = plain_url(url)
    except ValueError as problem:
        raise Invalid(_(str(problem)), field="url") from None
    return AllowedAddress.objects.get_or_create(url=plain)[0]


def forget_address(*, actor: Actor, address: AllowedAddress) -> None:
    """No longer allow an address; providers under it are not called any more. Raises Denied."""
    _require_admin(actor)
    address.delete()


def save_provider(
    *, actor: Actor, fields: ProviderFields, provider: Provider | None = None
) -> Provider:
    """Make or change a provider. Raises Denied, Invalid by field.

    A new address forgets the stored key unless one is given: a key must not follow to a stranger.
    """
    _require_admin(actor)
    url = check_url(fields)
    with transaction.atomic():
        row = provider or Provider()
        moved = row.pk is not None and row.base_url != url
        row.name, row.kind, row.base_url = fields.name, fields.kind, url
        row.timeout, row.active = fields.timeout, fields.active
        if fields.key is not None:
            row.sealed_key = seal(fields.key, secrets()) if fields.key else ""
        elif moved:
            row.sealed_key = ""
        row.found, row.without, row.probed_at = {}, [], None
        row.save()
    return row


def delete_provider(*, actor: Actor, provider: Provider) -> None:
    """Forget a provider, its key and its profiles; the ledger keeps its name. Raises Denied."""
    _require_admin(actor)
    provider.delete()


def probe_provider(*, actor: Actor, provider: Provider, model: str) -> Found:
    """See what a model of a provider can do and keep it. A few dozen tokens; they are booked.

    Raises Denied, NoModel `over_budget`.
    """
    _require_admin(actor)
    endpoint = endpoint_of(provider, model)
    if endpoint is None:
        return Found(problem=_("It has no address that is allowed, or its key cannot be read."))
    asked = Asked(provider.name, model, "probe-1", PROBE_TOKENS, 4 * LIMIT, endpoint.timeout)
    held = reserve(Line(actor, Purpose.PROBE), asked)
    found = Found(problem="")
    try:
        found = probe(endpoint)
    finally:
        lost = found.able.get("schema") is None
        outcome = CallOutcome.UNAVAILABLE if lost else CallOutcome.ANSWERED
        settle(held, found.usage, outcome)
    rows = Provider.objects.filter(pk=provider.pk)
    rows.update(found=found.able, without=sorted(found.without), probed_at=clock.now())
    return found


def reseal_keys(*, actor: Actor) -> tuple[int, list[str]]:
    """Seal every key under the newest secret: how many, and names of those that are unreadable."""
    _require_admin(actor)
    done, lost = 0, []
    for row in Provider.objects.exclude(sealed_key="").order_by("name"):
        try:
            row.sealed_key = reseal(row.sealed_key, secrets())
        except Unreadable:
            lost.append(row.name)
            continue
        row.save(update_fields=["sealed_key"])
        done += 1
    return done, lost


def check_url(fields: ProviderFields) -> str:
    """The plain address of a provider, empty for one without. Raises Invalid on `base_url`."""
    if fields.kind != ProviderKind.OPENAI_COMPATIBLE:
        return ""
    try:
        url = plain_url(fields.base_url or DEFAULT_BASE_URL)
    except ValueError as problem:
        raise Invalid(_(str(problem)), field="base_url") from None
    if not is_under(url, allowed_urls()):
        words = _("This address is not allowed. Allow it first, under allowed AI addresses.")
        raise Invalid(words, field="base_url")
    return url


def _require_admin(actor: Actor) -> None:
    require_write(actor)
    if not actor.is_admin:
        raise Denied
