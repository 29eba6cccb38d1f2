"""The heavy part of a first answer that every process needs itself: the client of a model."""


def load_client() -> None:
    """Import what a connected model is asked with."""
    import openai  # noqa: F401
