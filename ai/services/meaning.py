"""Vectors for the tutor: those of an installed embedding model, or none.

Character n-grams cannot stand in here: their vectors are comparable within one call only, and
they would bring scikit-learn into web processes.
"""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Final

from ai.services.early import Early, is_coming
from ai.services.embedding import embed, embedder
from courses.models import Course
from lms.kernel.actors import Actor, system

if TYPE_CHECKING:
    from ai.gateway.minilm import Matrix
    from ai.scoring.vectors import Vector

KEPT_SENTENCES: Final = 4_096
_kept: 'Final[OrderedDict[tuple[str, str], "Vector"]]' = OrderedDict()
_guard: Final = Lock()


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


def sentence_meanings(model_id: str, texts: Sequence[str]) -> "list[Vector]":
    """The vectors of sentences of a course, remembered: the same ones are looked at often.

    Raises ProviderUnavailable, as `meanings`.
    """
    with _guard:
        found = {text: _kept[model_id, text] for text in texts if (model_id, text) in _kept}
    missing = [text for text in dict.fromkeys(texts) if text not in found]
    if missing:
        made = embed(actor=system("ai.tutor"), texts=missing, singly=True).matrix
        # Copies: a row would keep the whole matrix in memory for as long as it is remembered.
        found |= {text: row.copy() for text, row in zip(missing, made, strict=True)}
    with _guard:
        for text in found:
            _kept[model_id, text] = found[text]
            _kept.move_to_end((model_id, text))
        while len(_kept) > KEPT_SENTENCES:
            _kept.popitem(last=False)
    return [found[text] for text in texts]
