"""The digest under which a ticket is kept."""

import hashlib


def digest_of(ticket: str) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(ticket.encode()).hexdigest()
