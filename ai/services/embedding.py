"""Texts as vectors, for search by meaning.

Workers and commands hold the embedding model themselves. Web processes, of which there are many,
ask one process of their machine that holds it for all of them (`share_vectors`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ai.gateway.embedding_link import SharedMiniLm, can_share
from ai.gateway.embeddings import Embedder, best_embedder
from courses.models import Course
from lms.kernel.actors import Actor

if TYPE_CHECKING:
    from ai.gateway.minilm import Matrix

MOST_TEXTS = 10_000
_shared: Final[list[SharedMiniLm]] = []


@dataclass(frozen=True, slots=True)
class Vectors:
    """Unit vectors, one row per text, and the id of what made them.

    Vectors of different model ids must never be compared. Those of `tfidf-char-3-5` (no embedding
    model installed) are comparable within one call only.
    """

    model_id: str
    matrix: "Matrix"

    @property
    def comparable(self) -> bool:
        """Whether rows of different calls may be compared."""
        return not self.model_id.startswith("tfidf-")


def share_vectors() -> None:
    """From now on this process asks for vectors instead of holding the model, where that is so."""
    if can_share() and not _shared:
        _shared.append(SharedMiniLm())


def embedder() -> Embedder:
    """What makes vectors for this process."""
    return _shared[0] if _shared else best_embedder()


def embed(
    *, actor: Actor, texts: Sequence[str], course: Course | None = None, singly: bool = False
) -> Vectors:
    """Vectors of texts, in order (texts x dimensions, float32, length one or zero).

    With `singly` no vector depends on the texts beside it, not even in its last digits.

    Made on this machine: nothing leaves, nothing is booked. Raises ValueError above 10,000 texts,
    and in a process that shares the model ProviderUnavailable.
    """
    if len(texts) > MOST_TEXTS:
        msg = f"{len(texts)} texts at once; {MOST_TEXTS} at most"
        raise ValueError(msg)
    found = embedder()
    if not singly or isinstance(found, SharedMiniLm):
        return Vectors(found.name, found.encode(texts))
    import numpy as np

    return Vectors(found.name, np.vstack([found.encode([text]) for text in texts]))
