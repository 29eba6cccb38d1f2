"""Find what a course says to a question, as the asker may read it, and judge whether it does."""

import logging
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ai.gateway.checks import has_orders
from ai.gateway.provider import ProviderUnavailable
from ai.queries.retrieval import CourseIndex, Found, course_index
from ai.scoring.support import answerability, coverage
from ai.scoring.words import sentences, terms
from ai.services.meaning import (
    meaning_model,
    meanings,
    sentence_meanings,
    vectors_are_coming,
)
from courses.models import Course
from courses.rules import OPEN_COURSE
from lms.kernel.actors import Actor
from lms.kernel.rules import require

if TYPE_CHECKING:
    from ai.scoring.vectors import Vector

MOST_SENTENCES: Final = 40
FEWEST_WORDS: Final = 3
SHOWN: Final = 10
log = logging.getLogger(__name__)
_TEX: Final = re.compile(r"\\[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence exactly as it stands in a block; `score` tells how well it fits."""

    found: Found
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """The best blocks and sentences for a question; `odds` above 0: the course answers it.

    `early`: words alone found them, since there were no vectors yet, or none at the moment.
    """

    found: tuple[Found, ...]
    quotes: tuple[Quote, ...]
    odds: float
    language: str
    early: bool = False

    @property
    def answerable(self) -> bool:
        """Whether the course answers the question, by rules."""
        return self.odds > 0 and bool(self.quotes)


def find_blocks(
    *, actor: Actor, course: Course, question: str, limit: int = SHOWN, meaning: bool = True
) -> list[Found]:
    """The best blocks that the asker may read, best first. Raises NotFound, Denied.

    With `meaning`, in a process that shares the embedding model, also ProviderUnavailable.
    """
    index, vector = _ready(_Search(actor, course, question, shared=False), meaning=meaning)
    return index.rank(question, vector, limit)


def gather_evidence(
    *, actor: Actor, course: Course, question: str, meaning: bool = True, shared: bool = False
) -> Evidence:
    """Blocks, sentences and the decision whether they answer. Raises NotFound, Denied.

    `meaning` False leaves vectors out, also where there are any. `shared` looks only at what every
    learner of the course may read.
    """
    search = _Search(actor, course, question, shared)
    early = meaning and vectors_are_coming()
    if meaning and not early:
        try:
            return _evidence(search, meaning=True)
        except ProviderUnavailable as problem:
            log.warning("searching by words alone: %s", problem)
            early = True
    return replace(_evidence(search, meaning=False), early=early)


@dataclass(frozen=True, slots=True)
class _Search:
    actor: Actor
    course: Course
    question: str
    shared: bool


def _evidence(search: _Search, *, meaning: bool) -> Evidence:
    index, vector = _ready(search, meaning=meaning)
    signs, top = index.signs(search.question, vector)
    quotes = _quotes(index, search.question, vector, top)
    if vector is not None and signs.likeness is not None:
        near = max((quote.likeness for quote in quotes), default=0.0)
        signs = replace(signs, likeness=near)
    ranked = sorted(quotes, key=lambda quote: -quote.score)
    return Evidence(
        found=tuple(top),
        quotes=tuple(Quote(one.found, one.text, one.score) for one in ranked),
        odds=answerability(signs),
        language=index.language,
    )


@dataclass(frozen=True, slots=True)
class _Candidate:
    found: Found
    text: str
    score: float
    likeness: float


def _ready(search: _Search, *, meaning: bool) -> "tuple[CourseIndex, Vector | None]":
    actor, course = search.actor, search.course
    require(actor, OPEN_COURSE, course)
    model_id = meaning_model() if meaning else None
    index = course_index(actor, course, model_id, shared=search.shared)
    if model_id is None or index.vectors is None:
        return index, None
    return index, meanings(actor=actor, texts=[search.question], course=course)[0]


def _reads_well(text: str) -> bool:
    """Whether a sentence can be quoted: no scrap, no order to a model, no source of a formula."""
    return len(text.split()) >= FEWEST_WORDS and not has_orders(text) and not _TEX.search(text)


def _quotes(
    index: CourseIndex, question: str, vector: "Vector | None", top: list[Found]
) -> list[_Candidate]:
    """The likeliest sentences of the best blocks and their neighbours."""
    query = terms(question, index.language)
    pairs = [
        (block, text, coverage(query, set(terms(text, index.language)), index.words.idf))
        for block in index.beside(top)
        if block.quotable
        for text in sentences(block.text)
        if _reads_well(text)
    ]
    pairs.sort(key=lambda pair: -(pair[2] + pair[0].score))
    del pairs[MOST_SENTENCES:]
    near = [0.0] * len(pairs)
    if vector is not None:
        of_each = sentence_meanings(meaning_model() or "", [text for _block, text, _share in pairs])
        near = [float(one @ vector) for one in of_each]
    return [
        _Candidate(block, text, share + likeness + block.score / 2, likeness)
        for (block, text, share), likeness in zip(pairs, near, strict=True)
    ]
