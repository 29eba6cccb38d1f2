"""The heavy parts of a first answer: the client of a model, and the model of sentence vectors."""

from ai.gateway.embeddings import best_embedder


def load_client() -> None:
    """Import what a connected model is asked with."""
    import openai  # noqa: F401


def load_vectors() -> None:
    """Read the embedding model where one is installed, and use it once: the first use is slow."""
    embedder = best_embedder()
    if not embedder.name.startswith("tfidf-"):
        embedder.encode(["ready"])
