"""JSON in and out: a parser that refuses what breaks servers, and a fast renderer."""

import json
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import IO, Any

import orjson
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from lms.kernel.errors import Invalid

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 64
# Python's other codecs include some that fail in ways of their own, or cost a square of the length.
CHARSETS = frozenset(
    [
        "utf-8",
        "utf8",
        "utf-16",
        "utf-32",
        "us-ascii",
        "ascii",
        "iso-8859-1",
        "latin-1",
        "latin1",
        "windows-1252",
    ]
)
_SURROGATE = re.compile("[\ud800-\udfff]")


class StrictJSONParser(BaseParser):
    """JSON of at most 1 MB and 64 levels, without NUL, lone surrogates or NaN.

    Raises Invalid with words for everything else.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Any = None,
    ) -> Any:
        charset = _charset(media_type)
        raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise Invalid(_("The body is larger than 1 MB."), code="too_large")
        return parse_json(raw, charset)


def parse_json(raw: bytes, charset: str = "utf-8") -> Any:
    """Strictly parsed JSON; raises Invalid."""
    if charset not in CHARSETS:
        raise Invalid(_("Send JSON in UTF-8."))
    try:
        text = raw.decode(charset)
    except UnicodeError as problem:
        raise Invalid(_("The body is not text in the charset it names.")) from problem
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError as problem:
        raise Invalid(_("The JSON is nested too deeply."), code="too_deep") from problem
    except ValueError as problem:
        raise Invalid(_("The body is not valid JSON: %s") % problem, code="bad_json") from problem
    check_value(value)
    return value


def check_value(value: Any) -> None:
    """Refuse NUL, lone surrogates and nesting past 64 levels (C3, C4); raises Invalid."""
    stack: list[tuple[Any, int]] = [(value, 1)]
    while stack:
        item, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise Invalid(_("The JSON is nested too deeply."), code="too_deep")
        if isinstance(item, str):
            check_text(item)
        elif isinstance(item, dict):
            stack.extend((part, depth + 1) for pair in item.items() for part in pair)
        elif isinstance(item, list):
            stack.extend((part, depth + 1) for part in item)


def check_text(text: str) -> None:
    """Refuse text that PostgreSQL cannot hold or UTF-8 cannot carry; raises Invalid."""
    if "\x00" in text or _SURROGATE.search(text):
        raise Invalid(
            _("The text has a character that cannot be stored (NUL or half a surrogate pair)."),
            code="bad_text",
        )


def _charset(media_type: str | None) -> str:
    for part in (media_type or "").split(";")[1:]:
        name, _eq, value = part.strip().partition("=")
        if name.lower() == "charset":
            return value.strip('"').lower() or "utf-8"
    return "utf-8"


def _refuse_constant(name: str) -> Any:
    msg = f"{name} is not a JSON number"
    raise ValueError(msg)


class OrjsonRenderer(BaseRenderer):
    """UTF-8 JSON by orjson."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None
    ) -> bytes:
        if data is None:
            return b""
        return dump_json(data)


class ProblemRenderer(OrjsonRenderer):
    """The same, for errors."""

    media_type = "application/problem+json"


class FileRenderer(OrjsonRenderer):
    """Where the answer is a file, a client may ask for its type; refusals are JSON all the same."""

    media_type = "*/*"
    format = "file"


FILES = (OrjsonRenderer, FileRenderer)


# What was read from a body is in the asker's zone; times leave in UTC all the same.
OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z | orjson.OPT_PASSTHROUGH_DATETIME


def dump_json(data: Any) -> bytes:
    """JSON bytes of plain data, dates, decimals (as strings) and lazy text."""
    return orjson.dumps(data, default=_plain, option=OPTIONS)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        at = value if value.tzinfo is None else value.astimezone(UTC)
        return at.isoformat().replace("+00:00", "Z")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, (Decimal, Promise)):
        return str(value)
    if isinstance(value, dict):
        return dict(value)
    if hasattr(value, "__iter__"):
        return list(value)
    return str(value)
