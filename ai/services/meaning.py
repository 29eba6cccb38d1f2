"""Vectors for the tutor: those of an installed embedding model, or none.

Character n-grams cannot stand in here: their vectors are comparable within one call only, and
they would bring scikit-learn into web processes.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from ai.services.early import Early, is_coming
from ai.services.embedding import embed, embedder
from courses.models import Course
from lms.kernel.actors import Actor, system

if TYPE_CHECKING:
    from ai.gateway.minilm import Matrix
    from ai.scoring.vectors import Vector

KEPT_SENTENCES = 4_096


def meaning_model() -> str | None:
    """Id of the installed embedding model; None without one, or while it is still being loaded."""
    if vectors_are_coming():
        return None
    name = embedder().name
    return None if name.startswith("tfidf-") else name


def vectors_are_coming() -> bool:
    """Whether this process is still loading the embedding model; words alone must do meanwhile."""
    return is_coming(Early.VECTORS)


def meanings(*, actor: Actor, texts: Sequence[str], course: Course | None = None) -> "Matrix":
    """Unit vectors of texts, one row each. Call only when `meaning_model` names a model.

    Raises ProviderUnavailable where the process that holds it does not answer.
    """
    return embed(actor=actor, texts=texts, course=course).matrix


@lru_cache(maxsize=KEPT_SENTENCES)
def sentence_meaning(_model_id: str, text: str) -> "Vector":
    """The vector of a sentence of a course, remembered: the same ones are looked at often."""
    vector: Vector = meanings(actor=system("ai.tutor"), texts=[text])[0]
    return vector
