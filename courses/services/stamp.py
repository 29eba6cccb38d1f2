"""The catalogue's stamp: a word that changes with every change a course list could show."""

import secrets
from typing import Final

from django.core.cache import cache
from django.db import transaction

_KEY: Final = "courses.catalogue_stamp"


def catalogue_stamp() -> str | None:
    """The present stamp, made when there is none; None while the cache does not answer."""
    found = cache.get(_KEY)
    if found is None:
        cache.add(_KEY, secrets.token_hex(8), None)
        found = cache.get(_KEY)
    return None if found is None else str(found)


def renew_stamp() -> None:
    """Replace the stamp once the current transaction is committed."""
    transaction.on_commit(lambda: cache.set(_KEY, secrets.token_hex(8), None), robust=True)
