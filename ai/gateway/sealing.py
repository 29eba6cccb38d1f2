"""Keys of providers, encrypted at rest under a key derived from the site's secrets (I8)."""

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

# Separates this use of the secret from every other.
PURPOSE = b"cairn: keys of AI providers"


class Unreadable(Exception):
    """The secrets that sealed it are not among those given."""


def seal(text: str, secrets: Sequence[str]) -> str:
    """The text encrypted under the first secret."""
    return _fernet(secrets).encrypt(text.encode()).decode()


def unseal(token: str, secrets: Sequence[str]) -> str:
    """The text, with whichever secret sealed it. Raises Unreadable."""
    from cryptography.fernet import InvalidToken

    try:
        return _fernet(secrets).decrypt(token.encode()).decode()
    except InvalidToken:
        msg = "sealed under a secret that is gone"
        raise Unreadable(msg) from None


def reseal(token: str, secrets: Sequence[str]) -> str:
    """The same text under the first secret. Raises Unreadable."""
    return seal(unseal(token, secrets), secrets)


def _fernet(secrets: Sequence[str]) -> "MultiFernet":
    from cryptography.fernet import Fernet, MultiFernet
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    def derived(secret: str) -> Fernet:
        kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE)
        return Fernet(base64.urlsafe_b64encode(kdf.derive(secret.encode())))

    return MultiFernet([derived(secret) for secret in secrets])
