"""Texts as vectors, for search by meaning."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ai.gateway.embeddings import Embedder, best_embedder
from courses.models import Course
from lms.kernel.actors import Actor

if TYPE_CHECKING:
    from ai.gateway.embeddings import Matrix

MOST_TEXTS = 10_000


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


def embed(*, actor: Actor, texts: Sequence[str], course: Course | None = None) -> Vectors:
    """Vectors of texts, in order (texts x dimensions, float32, length one or zero).

    Made in this process: nothing leaves, nothing is booked. Raises ValueError above 10,000 texts.
    """
    if len(texts) > MOST_TEXTS:
        msg = f"{len(texts)} texts at once; {MOST_TEXTS} at most"
        raise ValueError(msg)
    embedder: Embedder = best_embedder()
    return Vectors(embedder.name, embedder.encode(texts))
