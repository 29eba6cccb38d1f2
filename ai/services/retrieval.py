"""Find what a course says to a question, as the asker may read it, and judge whether it does."""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ai.gateway.checks import has_orders
from ai.queries.retrieval import CourseIndex, Found, course_index
from ai.scoring.support import answerability, coverage
from ai.scoring.words import sentences, terms
from ai.services.meaning import (
    meaning_model,
    meanings,
    sentence_meaning,
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

    `early`: words alone found them, since this process was still loading its vectors.
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
    """The best blocks that the asker may read, best first. Raises NotFound, Denied."""
    index, vector = _ready(actor, course, question, meaning=meaning)
    return index.rank(question, vector, limit)


def gather_evidence(
    *, actor: Actor, course: Course, question: str, meaning: bool = True, shared: bool = False
) -> Evidence:
    """Blocks, sentences and the decision whether they answer. Raises NotFound, Denied.

    `meaning` False leaves vectors out, also where there are any. `shared` looks only at what every
    learner of the course may read.
    """
    early = meaning and vectors_are_coming()
    index, vector = _ready(actor, course, question, meaning=meaning and not early, shared=shared)
    signs, top = index.signs(question, vector)
    quotes = _quotes(index, question, vector, top)
    if vector is not None and signs.likeness is not None:
        near = max((quote.likeness for quote in quotes), default=0.0)
        signs = replace(signs, likeness=near)
    ranked = sorted(quotes, key=lambda quote: -quote.score)
    return Evidence(
        found=tuple(top),
        quotes=tuple(Quote(one.found, one.text, one.score) for one in ranked),
        odds=answerability(signs),
        language=index.language,
        early=early,
    )


@dataclass(frozen=True, slots=True)
class _Candidate:
    found: Found
    text: str
    score: float
    likeness: float


def _ready(
    actor: Actor, course: Course, question: str, *, meaning: bool, shared: bool = False
) -> "tuple[CourseIndex, Vector | None]":
    require(actor, OPEN_COURSE, course)
    model_id = meaning_model() if meaning else None
    index = course_index(actor, course, model_id, shared=shared)
    if model_id is None or index.vectors is None:
        return index, None
    return index, meanings(actor=actor, texts=[question], course=course)[0]


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
    kept = []
    for block, text, share in pairs[:MOST_SENTENCES]:
        near = 0.0
        if vector is not None:
            model_id = meaning_model() or ""
            near = float(sentence_meaning(model_id, text) @ vector)
        kept.append(_Candidate(block, text, share + near + block.score / 2, near))
    return kept
