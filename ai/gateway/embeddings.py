"""Sentence vectors: MiniLM int8 in process on one thread, or character n-grams without a model."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from ai.gateway.minilm import MiniLm
from ai.gateway.provider import ProviderUnavailable

if TYPE_CHECKING:
    from ai.gateway.minilm import Matrix


class Embedder(Protocol):
    """Turns texts into unit vectors whose dot product is their similarity."""

    @property
    def name(self) -> str:
        """Model id for provenance."""

    @property
    def band(self) -> tuple[float, float]:
        """Similarities between which a wrong answer is neither absurd nor the same thing."""

    @property
    def same(self) -> float:
        """Similarity from which two short texts say the same."""

    def __hash__(self) -> int:
        """So that what was computed with one can be kept by it."""

    def encode(self, texts: Sequence[str]) -> "Matrix":
        """Matrix (texts x dimensions), float32, rows of length one (or zero)."""


class CharacterGrams:
    """TF-IDF over character 3-5-grams: no model, any script, forgiving of typing mistakes.

    Similarities depend on the batch, so one `encode` call must hold all texts to compare.
    """

    name = "tfidf-char-3-5"
    band = (0.0, 0.70)
    same = 0.85

    def encode(self, texts: Sequence[str]) -> "Matrix":
        """Unit vectors over the n-grams of these texts."""
        import numpy as np
        from sklearn.feature_extraction.text import TfidfVectorizer

        if not any(text.strip() for text in texts):
            return np.zeros((len(texts), 1), dtype=np.float32)
        vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), dtype=np.float32)
        matrix: Matrix = vectorizer.fit_transform(texts).toarray()
        return matrix


def best_embedder() -> Embedder:
    """MiniLM when it is installed, character n-grams otherwise."""
    try:
        return MiniLm()
    except ProviderUnavailable:
        return CharacterGrams()
