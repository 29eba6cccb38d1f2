"""Where a provider may be: addresses under those that an admin allowed, and nothing cleverer."""

from collections.abc import Iterable
from urllib.parse import urlsplit


def plain_url(text: str) -> str:
    """The address without its last slash. Raises ValueError for what is no plain base URL.

    Plain is http or https, a host, a path without dots that climb: no user, query or fragment.
    """
    text = text.strip()
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        msg = "Write an address such as https://models.example/v1."
        raise ValueError(msg)
    odd = parts.username or parts.password or parts.query or parts.fragment or "\\" in text
    if odd or any(step in {".", ".."} for step in parts.path.split("/")) or not text.isascii():
        msg = "The address may have a host, a port and a path only."
        raise ValueError(msg)
    # A port that is no number raises ValueError here.
    port = f":{parts.port}" if parts.port is not None else ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{port}{parts.path.rstrip('/')}"


def is_under(url: str, allowed: Iterable[str]) -> bool:
    """Whether an address is one of the allowed ones or below one."""
    return any(url == one or url.startswith(f"{one}/") for one in allowed)
