"""What a short answer is probably worth, without a model: by words and by meaning."""

from collections.abc import Sequence
from dataclasses import dataclass

from ai.enums import Confidence
from ai.gateway.embeddings import Embedder
from ai.gateway.text import content_words, normalised, overlap, verbatim, words

# Below this neither words nor meaning have anything in common with an accepted answer.
FAR = 0.3
_DENIALS = frozenset({"not", "no", "never", "without", "neither", "nor", "cannot"})


@dataclass(frozen=True, slots=True)
class ShortDraft:
    """A guess: `right` or wrong, or None where only a person can tell.

    `nearest` is the accepted answer it is most like, `similarity` how like (0 to 1), `quote` the
    words of the answer that are also in `nearest`.
    """

    right: bool | None
    nearest: str
    similarity: float
    quote: str
    confidence: Confidence


def suggest(answer: str, accepted: Sequence[str], embedder: Embedder) -> ShortDraft:
    """Compare an answer with the accepted ones.

    Equal words are surely right. Nothing in common is probably wrong. Nearly the same meaning is
    probably right, unless one of the two denies what the other says. All else is left to a person.
    """
    known = [text for text in accepted if text.strip()]
    if not known or not answer.strip():
        return ShortDraft(None, "", 0.0, "", Confidence.NONE)
    if any(normalised(answer) == normalised(text) for text in known):
        same = next(text for text in known if normalised(answer) == normalised(text))
        return ShortDraft(True, same, 1.0, answer.strip(), Confidence.AGREED)
    nearest, similarity = _nearest(answer, known, embedder)
    right = _verdict(answer, nearest, similarity, embedder)
    confidence = Confidence.NONE if right is None else Confidence.LOW
    return ShortDraft(right, nearest, round(similarity, 3), _shared(answer, nearest), confidence)


def _nearest(answer: str, known: Sequence[str], embedder: Embedder) -> tuple[str, float]:
    vectors = embedder.encode([answer, *known])
    scores = [
        max(float(vectors[at] @ vectors[0]), overlap(answer, text))
        for at, text in enumerate(known, 1)
    ]
    best = max(range(len(known)), key=scores.__getitem__)
    return known[best], min(1.0, max(0.0, scores[best]))


def _verdict(answer: str, nearest: str, similarity: float, embedder: Embedder) -> bool | None:
    denies = bool(_DENIALS & set(words(answer))) != bool(_DENIALS & set(words(nearest)))
    if denies:
        return None
    if similarity >= embedder.same or content_words(answer) == content_words(nearest):
        return True
    return False if similarity < FAR else None


def _shared(answer: str, nearest: str) -> str:
    """The longest run of the answer's words that the accepted answer has too."""
    said, there = words(answer), set(words(nearest))
    best: list[str] = []
    run: list[str] = []
    for word in [*said, ""]:
        if word in there:
            run.append(word)
            continue
        best, run = max(best, run, key=len), []
    return verbatim(answer, " ".join(best))
