"""Reading one web page that a person named, without reaching anything that is not public.

The client resolves names itself, refuses an answer unless every address in it is public, and
connects to the address it checked, so that a name that changes its answer between check and
connection (DNS rebinding) gains nothing. Each redirect goes through the same gate. Nothing is
sent but the request: no cookies, no credentials, no proxy of the environment.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Timer
from urllib.parse import SplitResult, urljoin, urlsplit

MAX_REDIRECTS = 3
MAX_BYTES = 5 * 1024 * 1024
MAX_SECONDS = 15.0
MAX_ADDRESS = 2_000
PORTS = frozenset({80, 443})
KINDS = ("text/html", "application/xhtml+xml", "text/plain", "application/pdf")
_GIVEN_OUT = ipaddress.ip_network("2000::/3")
_FOR_BOOKS = ipaddress.ip_network("3fff::/20")
_CHUNK = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

Resolve = Callable[[str, int], list[str]]
Allowed = Callable[[str], bool]


class FetchRefused(Exception):
    """The page is not read; `detail` says why in words."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Page:
    """What came back: the address it came from, its type, character set ("" unknown) and bytes."""

    address: str
    content_type: str
    charset: str
    body: bytes


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host. Raises OSError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Whether an address belongs to the public Internet.

    Private, loopback, link-local (cloud metadata), shared, multicast, reserved and unspecified
    ones do not, nor IPv6 forms that carry such an IPv4 address (mapped, 6to4, Teredo, NAT64). Of
    IPv6 only what is given out for the public counts: site-local addresses pass for global.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(_global(one) for one in _carried(parsed))


def _global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    given = isinstance(address, ipaddress.IPv4Address) or (
        address in _GIVEN_OUT and address not in _FOR_BOOKS
    )
    return given and address.is_global and not address.is_multicast and not address.is_reserved


def _carried(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """The address, or the IPv4 addresses inside it where it is only a wrapping."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address.sixtofour is not None:
        return [address, address.sixtofour]
    if address.teredo is not None:
        return [address, *address.teredo]
    if address in ipaddress.ip_network("64:ff9b::/96"):
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    return [address]


@dataclass(frozen=True, slots=True)
class Guard:
    """How far a fetch may go. The defaults are what the product uses."""

    resolve: Resolve = resolve
    allowed: Allowed = is_public
    ports: frozenset[int] = PORTS
    seconds: float = MAX_SECONDS
    most: int = MAX_BYTES
    tls: Callable[[], ssl.SSLContext] = ssl.create_default_context
    clock: Callable[[], float] = field(default=time.monotonic)


def fetch_page(address: str, guard: Guard | None = None) -> Page:
    """Fetch one page. Raises FetchRefused in words for everything that is not a public page."""
    guard = guard or Guard()
    deadline = guard.clock() + guard.seconds
    for _hop in range(MAX_REDIRECTS + 1):
        parts = _checked(address, guard)
        found = _visit(parts, guard, deadline)
        if isinstance(found, Page):
            return found
        address = urljoin(address, found)
    raise FetchRefused("The address sends on more than three times.")


def _checked(address: str, guard: Guard) -> SplitResult:
    """The parts of an address that may be visited at all."""
    if len(address) > MAX_ADDRESS or any(char.isspace() or ord(char) < 32 for char in address):
        raise FetchRefused("This is no address of a web page.")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise FetchRefused("This is no address of a web page.") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise FetchRefused("Give an address that begins with http:// or https://.")
    if parts.username is not None or parts.password is not None:
        raise FetchRefused("Give an address without a name and password in it.")
    if port is not None and port not in guard.ports:
        raise FetchRefused("Web pages are read from ports 80 and 443 alone.")
    return parts


def _visit(parts: SplitResult, guard: Guard, deadline: float) -> Page | str:
    """One request: the page, or where it sends on to."""
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    pinned = _pin(host, port, guard)
    try:
        connection = _connect(parts.scheme, host, port, pinned, guard, deadline)
        with _cut_when_late(connection.sock, _left(guard, deadline)):
            found = _ask(parts, connection, guard, deadline)
        # What was cut looks like an end.
        _left(guard, deadline)
    except (FetchRefused, OSError, http.client.HTTPException, ValueError) as problem:
        if guard.clock() >= deadline:
            raise FetchRefused(_late(guard)) from None
        if isinstance(problem, FetchRefused):
            raise
        if isinstance(problem, ssl.SSLError):
            raise FetchRefused("The page's certificate is not valid.") from None
        raise FetchRefused("The page could not be reached.") from None
    return found


@contextmanager
def _cut_when_late(plug: socket.socket, seconds: float) -> Iterator[None]:
    """End a connection when the time is up: a server may send a head for ever, a byte at a time.

    The socket's own timeout counts anew with each byte.
    """

    def cut() -> None:
        with suppress(OSError):
            # Below TLS, whose own farewell could wait for the other side.
            socket.socket.shutdown(plug, socket.SHUT_RDWR)

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _pin(host: str, port: int, guard: Guard) -> str:
    """The one address to connect to; all of the host's must be public."""
    try:
        found = guard.resolve(host, port)
    except (OSError, UnicodeError):
        raise FetchRefused("There is no host of this name.") from None
    if not found or not all(guard.allowed(one) for one in found):
        raise FetchRefused("This address is not on the public Internet.")
    return found[0]


def _connect(
    scheme: str, host: str, port: int, pinned: str, guard: Guard, deadline: float
) -> http.client.HTTPConnection:
    """A connection whose socket goes to the checked address, by the name for TLS and Host."""
    left = _left(guard, deadline)
    plain = socket.create_connection((pinned, port), timeout=left)
    connection = http.client.HTTPConnection(host, port, timeout=left)
    try:
        connection.sock = (
            guard.tls().wrap_socket(plain, server_hostname=host) if scheme == "https" else plain
        )
    except BaseException:
        plain.close()
        raise
    return connection


def _ask(
    parts: SplitResult, connection: http.client.HTTPConnection, guard: Guard, deadline: float
) -> Page | str:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    port = f":{parts.port}" if parts.port else ""
    headers = {
        "Host": f"{_bracketed(parts.hostname or '')}{port}",
        "User-Agent": "Cairn (reads one page for a teacher)",
        "Accept": ", ".join(KINDS),
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    try:
        connection.request("GET", _ascii(path), headers=headers)
        answer = connection.getresponse()
        if answer.status in _REDIRECTS and answer.headers.get("Location"):
            return _latin(answer.headers["Location"])
        if answer.status != 200:
            raise FetchRefused(f"The page answered with status {answer.status}.")
        kind = answer.headers.get_content_type()
        if kind not in KINDS:
            raise FetchRefused("Only web pages, plain text and PDF are read.")
        if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise FetchRefused("The page came packed although it was asked for unpacked.")
        body = _body(answer, connection, guard, deadline)
        charset = answer.headers.get_content_charset("") or ""
        return Page(parts.geturl(), kind, charset, body)
    finally:
        connection.close()


def _body(
    answer: http.client.HTTPResponse,
    connection: http.client.HTTPConnection,
    guard: Guard,
    deadline: float,
) -> bytes:
    """The bytes, read in pieces so that size and time hold against a slow or endless server."""
    parts: list[bytes] = []
    size = 0
    while True:
        left = _left(guard, deadline)
        if connection.sock is not None:
            connection.sock.settimeout(left)
        piece = answer.read1(_CHUNK)
        if not piece:
            return b"".join(parts)
        size += len(piece)
        if size > guard.most:
            raise FetchRefused(f"The page is larger than {guard.most // 1024**2} MB.")
        parts.append(piece)


def _left(guard: Guard, deadline: float) -> float:
    left = deadline - guard.clock()
    if left <= 0:
        raise FetchRefused(_late(guard))
    return left


def _late(guard: Guard) -> str:
    return f"The page did not come within {guard.seconds:g} seconds."


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host.encode("idna").decode() if host else host


def _ascii(path: str) -> str:
    """A path as it may stand in a request line: what is not ASCII is percent-encoded."""
    from urllib.parse import quote

    return quote(path, safe="/?&=%:@!$'()*+,;~-._")


def _latin(location: str) -> str:
    """A Location header as text; http.client reads headers as Latin-1."""
    try:
        return location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return location
