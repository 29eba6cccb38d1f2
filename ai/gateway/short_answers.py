"""What a short answer is probably worth, without a model: by words and by meaning."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from ai.enums import Confidence
from ai.gateway.embeddings import Embedder
from ai.gateway.marking import MAX_REASON, CriterionDraft, located
from ai.gateway.text import content_words, normalised, overlap, verbatim, words

PROVIDER, VERSION = "similarity", "similarity-2"
PLACES = Decimal("0.0001")
# Below this neither words nor meaning have anything in common with an accepted answer.
FAR = 0.3
# What no comparison of words sees and yet tells answers apart: 5 and -5, C and C++, Na and Na+.
_SIGNS = re.compile(r"(?<![^\W\d_])-|-(?![^\W\d_])|[+#*/%^=<>~√°]|\.(?=\d)")
_DASHES = str.maketrans("\u2212\u2013\u2010\u2011", "----")
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


@dataclass(frozen=True, slots=True)
class Reference:
    """An accepted answer and the share of the points that it earns, from 0 to 1."""

    text: str
    share: Decimal = Decimal(1)


def draft(
    answer: str, references: Sequence[Reference], points: Decimal, embedder: Embedder
) -> CriterionDraft:
    """A draft of the mark: points from none to all, or left open where a person must tell.

    The quote stands in the answer from `start` to `end`.
    """
    found = suggest(answer, [one.text for one in references], embedder)
    quote, start = located(found.quote, answer)
    return CriterionDraft(
        criterion="",
        points=_worth(found, references, points),
        quote=quote,
        start=start,
        end=start + len(quote),
        reason=_reason(found)[:MAX_REASON],
        confidence=found.confidence,
    )


def _worth(found: ShortDraft, references: Sequence[Reference], points: Decimal) -> Decimal | None:
    if found.right is None:
        return None
    shares = [one.share for one in references if one.text == found.nearest]
    share = max(shares, default=Decimal(0)) if found.right else Decimal(0)
    worth = (points * share).quantize(PLACES)
    return min(max(worth, Decimal(0)), max(points, Decimal(0)))


def _reason(found: ShortDraft) -> str:
    if not found.nearest:
        return ""
    like = round(100 * found.similarity)
    words = _("%(like)d of 100 like the accepted answer “%(nearest)s”.")
    return words % {"like": like, "nearest": found.nearest}


def suggest(answer: str, accepted: Sequence[str], embedder: Embedder) -> ShortDraft:
    """Compare an answer with the accepted ones.

    Equal words with equal signs are surely right. Nothing in common is probably wrong. Nearly the
    same meaning is probably right, unless one of the two denies what the other says or has other
    signs. All else is left to a person.
    """
    known = [text for text in accepted if text.strip()]
    if not known or not answer.strip():
        return ShortDraft(None, "", 0.0, "", Confidence.NONE)
    same = next((text for text in known if _same(answer, text)), None)
    if same is not None:
        return ShortDraft(True, same, 1.0, answer.strip(), Confidence.SAME)
    nearest, similarity = _nearest(answer, known, embedder)
    right = _verdict(answer, nearest, similarity, embedder)
    confidence = Confidence.OPEN if right is None else Confidence.LIKENESS
    return ShortDraft(right, nearest, round(similarity, 3), _shared(answer, nearest), confidence)


def _same(answer: str, text: str) -> bool:
    return normalised(answer) == normalised(text) and _signs(answer) == _signs(text)


def _signs(text: str) -> list[str]:
    """The signs of a text in order; a hyphen between letters is none."""
    return _SIGNS.findall(unicodedata.normalize("NFKC", text).translate(_DASHES))


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
    if denies or _signs(answer) != _signs(nearest):
        return None
    said = content_words(answer)
    if similarity >= embedder.same or (said and said == content_words(nearest)):
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
