"""The guarded client reads public pages and reaches nothing else, by whatever detour."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ai.gateway.fetching import FetchRefused, Guard, Page, fetch_page, is_public

Answer = Callable[[BaseHTTPRequestHandler], None]


class _Server(ThreadingHTTPServer):
    answers: dict[str, Answer]
    asked: list[tuple[str, dict[str, str]]]


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        self.server.answers[self.path](self)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[_Server]:
    with _Server(("127.0.0.1", 0), _Handler) as running:
        running.answers, running.asked = {}, []
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join(5)


def says(
    body: bytes, kind: str = "text/html; charset=utf-8", status: int = 200, **more: str
) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Type", kind)
        for name, value in more.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def guard(server: _Server, **more: object) -> Guard:
    """The product's guard, but for a name and an address that stand for the Internet here."""
    port = server.server_address[1]
    names = {"site.example": ["127.0.0.1"], "inside.example": ["10.0.0.7"]}
    base = Guard(
        resolve=lambda host, _port: names.get(host, [host]),
        allowed=lambda address: address == "127.0.0.1" or is_public(address),
        ports=frozenset({port}),
        seconds=3,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def at(server: _Server, path: str = "/", host: str = "site.example") -> str:
    return f"http://{host}:{server.server_address[1]}{path}"


def test_a_page_comes_with_type_and_charset_and_no_cookies_are_sent(server: _Server) -> None:
    server.answers["/a"] = says(b"<p>Hi</p>", Set_Cookie="a=b")
    address = at(server, "/a")
    assert fetch_page(address, guard(server)) == Page(address, "text/html", "utf-8", b"<p>Hi</p>")
    headers = server.asked[0][1]
    assert "Cookie" not in headers
    assert "Authorization" not in headers
    assert headers["Host"] == f"site.example:{server.server_address[1]}"


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),  # noqa: S104 - refused, not bound
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1", "240.0.0.1"),
        *("::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:10.0.0.1"),
        *("::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1", "2001:db8::1", "localhost", ""),
        *("fec0::1", "64:ff9b:1::a00:1", "3fff::1", "::127.0.0.1", "5f00::1"),
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "http://127.0.0.1/",
            "http://localhost/",
            "http://[::1]/",
            "http://169.254.169.254/latest",
        ),
        *("http://0/", "http://2130706433/", "http://0x7f000001/", "http://127.1/"),
        *("http://[::ffff:127.0.0.1]/", "https://10.0.0.1/"),
    ],
)
def test_the_default_guard_refuses_inner_addresses_in_every_spelling(address: str) -> None:
    with pytest.raises(FetchRefused, match=r"not on the public Internet|no host of this name"):
        fetch_page(address)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("ftp://site.example/", "begins with http"),
        ("file:///etc/passwd", "begins with http"),
        ("javascript:alert(1)", "begins with http"),
        ("http:///nothing", "begins with http"),
        ("http://me:secret@site.example/", "without a name and password"),
        ("http://site.example:22/", "ports 80 and 443"),
        ("http://site.example:99999/", "no address"),
        ("http://site.example/a b", "no address"),
        ("http://site.example/" + "a" * 2_000, "no address"),
    ],
)
def test_what_is_no_web_address_is_refused(address: str, words: str) -> None:
    with pytest.raises(FetchRefused, match=words):
        fetch_page(address)


def test_one_inner_address_among_a_names_addresses_is_enough_to_refuse(server: _Server) -> None:
    both = guard(server, resolve=lambda _host, _port: ["127.0.0.1", "10.0.0.7"])
    with pytest.raises(FetchRefused, match="not on the public Internet"):
        fetch_page(at(server), both)
    assert server.asked == []


def test_the_checked_address_is_the_one_connected_to(server: _Server) -> None:
    """A name that answers differently the second time is asked once only."""
    answers = iter([["127.0.0.1"], ["10.0.0.7"]])
    server.answers["/"] = says(b"ok")
    found = fetch_page(at(server), guard(server, resolve=lambda _host, _port: next(answers)))
    assert found.body == b"ok"
    assert next(answers) == ["10.0.0.7"]


def test_redirects_are_followed_through_the_same_gate(server: _Server) -> None:
    server.answers["/1"] = says(b"", status=302, Location="/2")
    server.answers["/2"] = says(b"", status=301, Location=at(server, "/3"))
    server.answers["/3"] = says(b"there")
    server.answers["/in"] = says(b"", status=302, Location=at(server, "/", "inside.example"))
    server.answers["/file"] = says(b"", status=302, Location="file:///etc/passwd")
    found = fetch_page(at(server, "/1"), guard(server))
    assert (found.address, found.body) == (at(server, "/3"), b"there")
    with pytest.raises(FetchRefused, match="not on the public Internet"):
        fetch_page(at(server, "/in"), guard(server))
    with pytest.raises(FetchRefused, match="begins with http"):
        fetch_page(at(server, "/file"), guard(server))


def test_a_fourth_redirect_is_refused(server: _Server) -> None:
    for number in range(5):
        server.answers[f"/{number}"] = says(b"", status=307, Location=f"/{number + 1}")
    with pytest.raises(FetchRefused, match="more than three times"):
        fetch_page(at(server, "/0"), guard(server))
    assert [path for path, _headers in server.asked] == ["/0", "/1", "/2", "/3"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (says(b"x", status=404), "answered with status 404"),
        (says(b"x", "image/png"), "Only web pages"),
        (says(b"x", "application/zip"), "Only web pages"),
        (says(b"x", Content_Encoding="gzip"), "came packed"),
        (says(b"x" * 2_001), "larger than"),
    ],
)
def test_answers_that_are_not_read(server: _Server, answer: Answer, words: str) -> None:
    server.answers["/"] = answer
    with pytest.raises(FetchRefused, match=words):
        fetch_page(at(server), guard(server, most=2_000))


def test_a_server_that_trickles_is_left_when_the_time_is_up(server: _Server) -> None:
    stop = threading.Event()

    def trickle(request: BaseHTTPRequestHandler) -> None:
        says(b"a")(request)
        while not stop.wait(0.05):
            try:
                request.wfile.write(b"a")
                request.wfile.flush()
            except OSError:
                return

    server.answers["/"] = trickle
    try:
        with pytest.raises(FetchRefused, match="did not come within"):
            fetch_page(at(server), guard(server, seconds=0.4))
    finally:
        stop.set()


@pytest.mark.parametrize("first", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 302 Found\r\nX: "])
def test_a_head_that_trickles_is_left_when_the_time_is_up(server: _Server, first: bytes) -> None:
    stop = threading.Event()

    def trickle(request: BaseHTTPRequestHandler) -> None:
        try:
            request.wfile.write(first)
            while not stop.wait(0.05):
                request.wfile.write(b"a")
                request.wfile.flush()
        except OSError:
            return

    server.answers["/"] = trickle
    rescue = threading.Timer(4, stop.set)
    rescue.start()
    begun = time.monotonic()
    try:
        with pytest.raises(FetchRefused, match="did not come within"):
            fetch_page(at(server), guard(server, seconds=0.4))
        assert time.monotonic() - begun < 2
    finally:
        stop.set()
        rescue.cancel()


def test_a_silent_port_is_a_refusal_in_words(server: _Server) -> None:
    port = server.server_address[1]
    server.answers["/"] = lambda request: request.connection.close()
    with pytest.raises(FetchRefused, match="could not be reached"):
        fetch_page(f"http://site.example:{port}/", guard(server))
