"""What a web or socket process loads once it runs, so that nobody who asks waits for it.

`load_soon` begins it in a thread. Until a part is there, answers do without it. A process that
never began, such as a worker or a command, loads each part where it is used first.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Final

from ai.gateway.early import load_client
from ai.services.embedding import embedder

# The server listens by then; the first pages of a fresh process come before this.
WAIT: Final = 2.0
log = logging.getLogger(__name__)


class Early(Enum):
    """What is loaded early."""

    CLIENT = "client"
    VECTORS = "vectors"


def load_vectors() -> None:
    """Have the embedding model read where one is installed, and use it once: that is slow."""
    found = embedder()
    if not found.name.startswith("tfidf-"):
        found.encode(["ready"])


Loaders = Mapping[Early, Callable[[], None]]
_LOADERS: Final[Loaders] = {Early.CLIENT: load_client, Early.VECTORS: load_vectors}
_coming: Final[set[Early]] = set()


def load_soon(wait: float = WAIT, loaders: Loaders = _LOADERS) -> threading.Thread:
    """Begin to load everything `wait` seconds from now, in order, without holding anything up."""
    _coming.update(loaders)
    timer = threading.Timer(wait, _load_all, args=(loaders,))
    timer.name, timer.daemon = "cairn-load-early", True
    timer.start()
    return timer


def is_coming(part: Early) -> bool:
    """Whether this process is still loading a part: do without it, and do not wait."""
    return part in _coming


def _load_all(loaders: Loaders) -> None:
    for part, load in loaders.items():
        began = time.monotonic()
        try:
            load()
        except Exception:
            # It is tried again by whoever uses it, who can say what is wrong.
            log.exception("loading the %s early failed", part.value)
        else:
            log.info("loaded the %s early in %.1f s", part.value, time.monotonic() - began)
        finally:
            _coming.discard(part)
