import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.kernel.errors import Invalid
from lms.kernel.rest.wire import MAX_BYTES, StrictJSONParser, check_value, dump_json, parse_json


def parse(raw: bytes, media_type: str = "application/json") -> object:
    return StrictJSONParser().parse(io.BytesIO(raw), media_type)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"[" * 100_000 + b"]" * 100_000, "too_deep"),
        (b"[" * 65 + b"]" * 65, "too_deep"),
        (b'{"a": "\\u0000"}', "bad_text"),
        (b'{"a\\u0000": 1}', "bad_text"),
        (b'{"a": "\\ud800"}', "bad_text"),
        (b'{"a": NaN}', "bad_json"),
        (b'{"a": ', "bad_json"),
        (b"\xff\xfe", "invalid"),
        (b'"' + b"a" * MAX_BYTES + b'"', "too_large"),
    ],
)
def test_parser_refuses_what_breaks_servers(raw: bytes, code: str) -> None:  # C3 C4
    with pytest.raises(Invalid) as caught:
        parse(raw)
    assert caught.value.code == code
    assert caught.value.status == 400


@pytest.mark.parametrize("charset", ["klingon", "undefined", "punycode", "hex", "unicode_escape"])
def test_parser_refuses_a_charset_that_json_is_not_written_in(charset: str) -> None:  # C3
    with pytest.raises(Invalid):
        parse(b"{}", f"application/json; charset={charset}")


def test_parser_reads_another_charset() -> None:
    raw = '{"name": "Zoë"}'.encode("latin-1")
    assert parse(raw, 'application/json; charset="latin-1"') == {"name": "Zoë"}


def test_parser_takes_64_levels() -> None:
    assert parse_json(b"[" * 64 + b"]" * 64)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_parser_gives_back_what_was_sent_or_refuses_it(value: object) -> None:
    raw = json.dumps(value).encode()
    try:
        check_value(value)
    except Invalid:
        with pytest.raises(Invalid):
            parse_json(raw)
    else:
        assert parse_json(raw) == value
        assert json.loads(dump_json(value)) == value
