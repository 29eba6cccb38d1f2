"""People that stand for learners of outside data: nobody signs in as them, no mail reaches them."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import ProtectedError

from accounts.models import User
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied

ROWS = 2_000
HOST = "imported.invalid"


@transaction.atomic
def make_pseudonyms(*, actor: Actor, names: Mapping[str, str]) -> dict[str, int]:
    """The keys of people by what stands before the @ of their address; made where missing.

    `names` maps that to the name that is shown. Raises Denied for anybody but administrators.
    """
    _require_admin(actor)
    addresses = {local: f"{local}@{HOST}" for local in names}
    User.objects.bulk_create(
        [
            User(email=addresses[local], name=name, password="!", is_active=False)  # noqa: S106
            for local, name in names.items()
        ],
        ignore_conflicts=True,
        batch_size=ROWS,
    )
    rows = User.objects.filter(email__in=list(addresses.values())).values_list("email", "pk")
    known = dict(rows)
    return {local: known[address] for local, address in addresses.items()}


@transaction.atomic
def forget_pseudonyms(*, actor: Actor, prefix: str) -> int:
    """Remove those whose address begins so; returns how many.

    Whoever has records that are kept for ever loses name and address instead. Raises Denied for
    anybody but administrators.
    """
    _require_admin(actor)
    rows = User.objects.filter(email__startswith=prefix, email__endswith=f"@{HOST}")
    keys = list(rows.values_list("pk", flat=True))
    for key in keys:
        try:
            with transaction.atomic():
                User.objects.filter(pk=key).delete()
        except ProtectedError:
            address = f"erased-{key}@erased.invalid"
            User.objects.filter(pk=key).update(email=address, name="", erased_at=clock.now())
    return len(keys)


def _require_admin(actor: Actor) -> None:
    if not (actor.is_admin and actor.can_write):
        raise Denied
