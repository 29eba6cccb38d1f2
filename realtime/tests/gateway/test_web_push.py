"""Web push as RFC 8291 and 8292 have it, held to the example of the first."""

from datetime import UTC, datetime

import pytest

from realtime.gateway.web_push import (
    MOST_BYTES,
    Browser,
    Site,
    are_keys,
    may_push_to,
    public_key,
    push,
    sealed,
    signed,
)
from realtime.tests.push_service import Receiver, claims_of, push_service, unpacked

# RFC 8291, appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SENDER_POINT = (
    "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
)
RECEIVER = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
RECEIVER_POINT = (
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
)
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
WHOLE = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SITE = Site(SENDER, "mailto:help@example.org")
HOSTS = ["fcm.googleapis.com", "push.apple.com"]


def test_the_example_of_the_rfc_comes_out() -> None:
    browser = Browser("https://push.example.net/x", RECEIVER_POINT, AUTH)
    assert sealed(PLAIN, browser, salt=unpacked(SALT), once=SENDER) == unpacked(WHOLE)
    assert Receiver(RECEIVER, AUTH).open(unpacked(WHOLE)) == PLAIN
    assert public_key(SENDER) == SENDER_POINT


@pytest.mark.parametrize("size", [0, 1, 2000, MOST_BYTES])
def test_each_message_is_sealed_anew_and_opens(size: int) -> None:
    receiver = Receiver()
    browser = Browser("https://push.example.net/x", **receiver.keys)
    first, second = sealed(b"x" * size, browser), sealed(b"x" * size, browser)
    assert first[:16] != second[:16]
    assert first[21:86] != second[21:86]
    assert receiver.open(first) == receiver.open(second) == b"x" * size
    # Services take 4,096 bytes.
    assert len(first) <= 4096


def test_what_is_too_long_is_not_sealed() -> None:
    browser = Browser("https://push.example.net/x", **Receiver().keys)
    with pytest.raises(ValueError, match="too long"):
        sealed(b"x" * (MOST_BYTES + 1), browser)


def test_the_site_signs_for_the_service_and_some_hours() -> None:
    header = signed("https://push.example.net/send/abc?d=1", SITE, NOW)
    assert claims_of(header) == {
        "aud": "https://push.example.net",
        "exp": int(NOW.timestamp()) + 12 * 3600,
        "sub": "mailto:help@example.org",
        "key": SENDER_POINT,
    }


def test_a_push_arrives_and_opens_at_the_browser() -> None:
    receiver = Receiver()
    with push_service() as service:
        browser = Browser(service.address("/send/abc?d=1"), **receiver.keys)
        assert push(browser, PLAIN, SITE, NOW, service.guard()).status == 201
    ((path, headers, body),) = service.heard
    assert path == "/send/abc?d=1"
    assert (headers["Content-Encoding"], headers["TTL"]) == ("aes128gcm", "21600")
    assert claims_of(headers["Authorization"])["aud"] == service.address("")
    assert receiver.open(body) == PLAIN


@pytest.mark.parametrize(
    ("p256dh", "auth", "fit"),
    [
        (RECEIVER_POINT, AUTH, True),
        (RECEIVER_POINT + "=", AUTH + "==", True),
        (RECEIVER_POINT[:-2], AUTH, False),
        ("B" + "A" * 86, AUTH, False),
        (RECEIVER_POINT, AUTH[:-2], False),
        (RECEIVER_POINT, "\u00e9" * 22, False),
        ("", "", False),
    ],
)
def test_keys_are_a_point_and_sixteen_bytes(p256dh: str, auth: str, fit: bool) -> None:
    assert are_keys(p256dh, auth) is fit


@pytest.mark.parametrize(
    ("endpoint", "may"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://fcm.googleapis.com:443/fcm/send/abc", True),
        ("https://web.push.apple.com/QAB", True),
        ("http://fcm.googleapis.com/fcm/send/abc", False),
        ("https://fcm.googleapis.com:8443/fcm/send/abc", False),
        ("https://fcm.googleapis.com.evil.example/x", False),
        ("https://evilfcm.googleapis.com/x", False),
        ("https://user@fcm.googleapis.com/x", False),
        ("https://evil.example/@fcm.googleapis.com", False),
        ("https://127.0.0.1/x", False),
        ("https://[::1]/x", False),
        ("https://fcm.googleapis.com:x/x", False),
        ("https://fcm.googleapis.com/a b", False),
        ("https://fcm.googleapis.com/\u00e9", False),
        ("https://fcm.googleapis.com/\x00", False),
        ("https://fcm.googleapis.com/" + "a" * 1000, False),
        ("", False),
    ],
)
def test_push_goes_to_known_services_alone(endpoint: str, may: bool) -> None:
    assert may_push_to(endpoint, HOSTS) is may
