"""Which video addresses the player knows, and what it embeds of them."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

_YOUTUBE_HOSTS: Final = frozenset(
    {"youtube.com", "www.youtube.com", "m.youtube.com", "www.youtube-nocookie.com"}
)
_VIMEO_HOSTS: Final = frozenset({"vimeo.com", "www.vimeo.com", "player.vimeo.com"})
_YOUTUBE_ID: Final = re.compile(r"[\w-]{11}", re.ASCII)
_VIMEO_ID: Final = re.compile(r"\d{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Embed:
    """A frame of a provider without tracking cookies; `provider` is youtube or vimeo."""

    provider: str
    src: str


def embed_of(url: str) -> Embed | None:
    """The frame for a video address, None for an address that is not of a known provider."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme != "https" or parts.username or parts.port:
        return None
    host = parts.hostname or ""
    segments = [segment for segment in parts.path.split("/") if segment]
    if host in _YOUTUBE_HOSTS or host == "youtu.be":
        return _youtube(host, segments, parts.query)
    if host in _VIMEO_HOSTS:
        return _vimeo(segments)
    return None


def _youtube(host: str, segments: list[str], query: str) -> Embed | None:
    if host == "youtu.be" or (segments and segments[0] in {"embed", "shorts", "live"}):
        name = segments[-1] if segments else ""
    else:
        name = parse_qs(query).get("v", [""])[0]
    if not _YOUTUBE_ID.fullmatch(name):
        return None
    return Embed("youtube", f"https://www.youtube-nocookie.com/embed/{name}")


def _vimeo(segments: list[str]) -> Embed | None:
    name = next((part for part in segments if _VIMEO_ID.fullmatch(part)), "")
    return Embed("vimeo", f"https://player.vimeo.com/video/{name}?dnt=1") if name else None
