"""From where a quiz may be taken."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.utils.translation import gettext as _

from assessments.models import Quiz
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied


def is_within(address: str, networks: Sequence[str]) -> bool:
    """Whether an address lies in one of the networks (CIDR); no networks means from anywhere.

    An address that is unknown or cannot be read lies in none.
    """
    if not networks:
        return True
    try:
        asked = _plain(ip_address(address))
    except ValueError:
        return False
    return any(asked in ip_network(network) for network in networks)


def is_allowed_here(actor: Actor, quiz: Quiz) -> bool:
    """Whether the actor asks from where the quiz may be taken."""
    return is_within(actor.address, quiz.addresses)


def require_place(actor: Actor, quiz: Quiz) -> None:
    """Raise Denied `address_not_allowed` from outside the quiz's networks."""
    if not is_allowed_here(actor, quiz):
        words = _("This quiz can be taken only from the networks that its instructors allow.")
        raise Denied(words, code="address_not_allowed")


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """An IPv4 address that came in through IPv6 is an IPv4 address."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
