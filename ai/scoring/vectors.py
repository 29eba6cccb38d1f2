"""Relevance by meaning: exact cosine similarity over the vectors of one course.

A course has hundreds to thousands of blocks; an exact search over 20,000 vectors of 384 numbers
takes milliseconds, so approximate indexes buy nothing here and would lose rows under a filter.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]


class VectorIndex(Protocol):
    """Similarities of stored vectors to one of the same model."""

    def scores(self, query: "Vector") -> list[float]:
        """One cosine per row, -1 to 1; 0 for a row that has no vector."""


class NumpyIndex:
    """All rows in one matrix, float32."""

    def __init__(self, rows: Sequence[bytes | None], dim: int) -> None:
        import numpy as np

        self._matrix = np.zeros((len(rows), dim), dtype=np.float32)
        for at, row in enumerate(rows):
            if row is not None:
                self._matrix[at] = np.frombuffer(row, dtype="<f2")

    def scores(self, query: "Vector") -> list[float]:
        """Dot products with the unit vector of a query."""
        found: list[float] = (self._matrix @ query).tolist()
        return found


def packed(vector: "Vector") -> bytes:
    """A unit vector as little-endian float16, two bytes a number, for the database."""
    return vector.astype("<f2").tobytes()
