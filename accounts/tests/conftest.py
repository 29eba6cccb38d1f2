from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _fresh_limits() -> Iterator[None]:
    """Sign-in limits are counted in the cache; no test inherits another's failures."""
    cache.clear()
    yield
    cache.clear()
