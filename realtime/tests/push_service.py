"""A push service and a browser behind it: it takes pushes and opens them as a browser would."""

import base64
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ai.gateway.fetching import Guard

CURVE = ec.SECP256R1()


def unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Receiver:
    """A browser's side of RFC 8291."""

    def __init__(self, private: str = "", auth: str = "") -> None:
        self.private = (
            ec.derive_private_key(int.from_bytes(unpacked(private), "big"), CURVE)
            if private
            else ec.generate_private_key(CURVE)
        )
        self.secret = unpacked(auth) if auth else b"sixteen bytes!!!"
        self.point = self.private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )

    @property
    def keys(self) -> dict[str, str]:
        return {"p256dh": packed(self.point), "auth": packed(self.secret)}

    def open(self, body: bytes) -> bytes:
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, record = body[21 : 21 + length], body[21 + length :]
        assert (size, length) == (4096, 65)
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender)
        shared = self.private.exchange(ec.ECDH(), theirs)
        first = hmac.digest(self.secret, shared, "sha256")
        info = b"WebPush: info\0" + self.point + sender + b"\x01"
        second = hmac.digest(salt, hmac.digest(first, info, "sha256"), "sha256")
        key = hmac.digest(second, b"Content-Encoding: aes128gcm\0\x01", "sha256")[:16]
        nonce = hmac.digest(second, b"Content-Encoding: nonce\0\x01", "sha256")[:12]
        plain = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\0")
        assert plain[-1:] == b"\x02"
        return plain[:-1]


def claims_of(header: str) -> dict[str, Any]:
    """The claims of a VAPID header, its signature checked with the key that it names."""
    scheme, _, rest = header.partition(" ")
    assert scheme == "vapid"
    fields = dict(part.strip().split("=", 1) for part in rest.split(","))
    words, _, signature = fields["t"].rpartition(".")
    raw = unpacked(signature)
    assert len(raw) == 64
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    key = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, unpacked(fields["k"]))
    key.verify(encode_dss_signature(r, s), words.encode(), ec.ECDSA(SHA256()))
    head, body = (json.loads(unpacked(part)) for part in words.split("."))
    assert head == {"typ": "JWT", "alg": "ES256"}
    return {**body, "key": fields["k"]}


class PushService(ThreadingHTTPServer):
    """Answers every push with `status`, and keeps what it took."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 201
        self.heard: list[tuple[str, dict[str, str], bytes]] = []

    def address(self, path: str = "/send/abc", host: str = "push.example") -> str:
        return f"http://{host}:{self.server_address[1]}{path}"

    def guard(self) -> Guard:
        """The product's guard, but for a name and an address that stand for the Internet here."""
        return Guard(
            resolve=lambda host, _port: ["127.0.0.1"] if host == "push.example" else ["10.0.0.7"],
            allowed=lambda address: address == "127.0.0.1",
            ports=frozenset({self.server_address[1]}),
            seconds=3,
        )


class _Handler(BaseHTTPRequestHandler):
    server: PushService

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        if 300 <= self.server.status < 400:
            self.send_header("Location", self.server.address("/elsewhere"))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def push_service() -> Iterator[PushService]:
    with PushService() as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join(5)
