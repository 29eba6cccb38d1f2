"""Web push: a message that only one browser can read (RFC 8291), signed by this site (RFC 8292).

The cryptography is that of the `cryptography` library; what stands here is how the two documents
put it together, held to their own test vectors.
"""

import base64
import hmac
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from ai.gateway.fetching import Guard
from ai.gateway.sending import Sent, send_bytes

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

KEEP_FOR: Final = timedelta(hours=6)
SIGNED_FOR: Final = timedelta(hours=12)
MOST_BYTES: Final = 3000
MAX_ENDPOINT: Final = 1000
_RECORD: Final = 4096
_POINT, _SECRET = 65, 16


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a browser is reached and the keys that it gave."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True)
class Site:
    """Who pushes: the private key, and where a push service can complain."""

    key: str
    contact: str


def may_push_to(endpoint: str, hosts: Sequence[str]) -> bool:
    """Whether an address is one of a push service that is allowed, by https."""
    if len(endpoint) > MAX_ENDPOINT or not endpoint.isascii() or not endpoint.isprintable():
        return False
    try:
        parts = urlsplit(endpoint)
        odd = parts.username is not None or parts.port not in {None, 443} or parts.fragment
    except ValueError:
        return False
    host = parts.hostname or ""
    known = any(host == one or host.endswith(f".{one}") for one in hosts)
    return parts.scheme == "https" and known and not odd and " " not in endpoint


def are_keys(p256dh: str, auth: str) -> bool:
    """Whether a browser's keys can be used: a point on the curve, and sixteen bytes."""
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        point, secret = _bytes(p256dh), _bytes(auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return len(point) == _POINT and len(secret) == _SECRET


@cache
def public_key(key: str) -> str:
    """What browsers are given to know this site by. Raises ValueError for what is no key."""
    return _text(_point(_private(key)))


def push(
    browser: Browser, payload: bytes, site: Site, now: datetime, guard: Guard | None = None
) -> Sent:
    """Hand one message to a browser's service. Raises FetchRefused when it cannot be reached."""
    headers = {
        "Authorization": signed(browser.endpoint, site, now),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(KEEP_FOR.total_seconds())),
        "Urgency": "normal",
    }
    return send_bytes(browser.endpoint, sealed(payload, browser), headers, guard)


def signed(endpoint: str, site: Site, now: datetime) -> str:
    """The header that says which site this is, for this service and some hours (RFC 8292)."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + SIGNED_FOR).timestamp()),
        "sub": site.contact,
    }
    words = ".".join(_text(_json(one)) for one in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(_private(site.key).sign(words.encode(), ec.ECDSA(SHA256())))
    signature = _text(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={words}.{signature}, k={public_key(site.key)}"


def sealed(payload: bytes, browser: Browser, *, salt: bytes = b"", once: str = "") -> bytes:
    """The message as one record that this browser alone opens (RFC 8291, 8188).

    `salt` and `once`, the private key of this one message, are given in tests alone.
    Raises ValueError for a payload that is too long or keys that are none.
    """
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(payload) > MOST_BYTES:
        msg = "too long for a push"
        raise ValueError(msg)
    salt = salt or os.urandom(_SECRET)
    own = _private(once) if once else ec.generate_private_key(ec.SECP256R1())
    theirs = _bytes(browser.p256dh)
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
    shared = own.exchange(ec.ECDH(), point)
    info = b"WebPush: info\x00" + theirs + _point(own)
    secret = _derived(_bytes(browser.auth), shared, info, 32)
    key = _derived(salt, secret, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(salt, secret, b"Content-Encoding: nonce\x00", 12)
    body = AESGCM(key).encrypt(nonce, payload + b"\x02", None)
    return salt + _RECORD.to_bytes(4, "big") + bytes([_POINT]) + _point(own) + body


def _derived(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    """HKDF with SHA-256 for up to 32 bytes (RFC 5869)."""
    extracted = hmac.digest(salt, secret, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")[:length]


def _private(key: str) -> "EllipticCurvePrivateKey":
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.derive_private_key(int.from_bytes(_bytes(key), "big"), ec.SECP256R1())


def _point(key: "EllipticCurvePrivateKey") -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _bytes(text: str) -> bytes:
    """Base64url with or without its padding. Raises ValueError for anything else."""
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), b"-_", True)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
