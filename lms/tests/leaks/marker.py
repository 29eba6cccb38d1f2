"""A secret and who may meet it."""

from dataclasses import dataclass

STAFF = frozenset({"instructor"})


@dataclass(frozen=True)
class Marker:
    """A secret: any of `words` gives it away; only the roles of `seen_by` may meet it."""

    what: str
    words: tuple[str, ...]
    seen_by: frozenset[str] = STAFF


def marker(what: str, *words: str, also: str = "") -> Marker:
    """A secret of the staff, seen by `also` besides."""
    return Marker(what, words, STAFF | ({also} if also else frozenset()))
