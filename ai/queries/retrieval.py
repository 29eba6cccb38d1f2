"""Which blocks of a course answer a question, among those that the asker may read now."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db.models import Q, QuerySet

from ai.models import Chunk, ChunkVector
from ai.scoring.lexical import LexicalIndex, Passage, Weights
from ai.scoring.support import Signs, coverage
from ai.scoring.vectors import NumpyIndex, VectorIndex
from ai.scoring.words import terms
from courses.enums import CourseState
from courses.models import Course
from courses.queries.live import live_lessons
from courses.rules import OPEN_COURSE, VIEW_LESSON
from lms.kernel.actors import Actor

if TYPE_CHECKING:
    from ai.scoring.vectors import Vector

KEPT: Final = 16
TOP: Final = 6
_indexes: OrderedDict[tuple[object, ...], "CourseIndex"] = OrderedDict()
_guard: Final = Lock()


@dataclass(frozen=True, slots=True)
class Found:
    """A block that may answer, best first: `score` is comparable within one answer only."""

    chunk_id: int
    key: str
    lesson_id: int | None
    faq_id: int | None
    text: str
    score: float
    quotable: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One readable chunk."""

    pk: int
    key: str
    lesson_id: int | None
    faq_id: int | None
    section_id: int | None
    text: str
    heading_path: tuple[str, ...]
    language: str
    quotable: bool


class CourseIndex:
    """The chunks that one kind of asker reads in a course, ready to be ranked."""

    def __init__(self, rows: list[Row], vectors: VectorIndex | None) -> None:
        self.rows, self.vectors = rows, vectors
        self.language = rows[0].language if rows else "en"
        self._terms = [terms(row.text, row.language) for row in rows]
        self.words = LexicalIndex(
            [
                Passage(
                    (*found, *terms(" ".join(row.heading_path), row.language)),
                    _place(row),
                    row.section_id,
                )
                for row, found in zip(rows, self._terms, strict=True)
            ]
        )
        self._places = {row.pk: at for at, row in enumerate(rows)}
        self._never = self.words.idf("\0")

    def rank(self, question: str, vector: "Vector | None", limit: int) -> list[Found]:
        """The best blocks with a score above nothing."""
        scores = self._scores(terms(question, self.language), vector)
        order = sorted(range(len(scores)), key=lambda at: (-scores[at], at))
        return [self._found(at, scores[at]) for at in order[:limit] if scores[at] > 0]

    def signs(self, question: str, vector: "Vector | None") -> tuple[Signs, list[Found]]:
        """What the best blocks say for an answer, and these with their lessons' neighbours.

        `likeness` is that of the best block; whoever has vectors of sentences knows better.
        """
        query = terms(question, self.language)
        top = self.rank(question, vector, TOP)
        at = [self._at(found) for found in top]
        best = max(self.words.close(query), default=0.0)
        rarity = sum(self.words.idf(term) for term in dict.fromkeys(query)) or 1.0
        covered = (coverage(query, self._window(place), self.words.idf) for place in at)
        likeness = None
        if vector is not None and self.vectors is not None:
            likeness = max(self.vectors.scores(vector), default=0.0)
        count = len(set(query))
        mean = best / (count * self._never) if count else 0.0
        return Signs(max(covered, default=0.0), best / rarity, likeness, count, mean), top

    def beside(self, found: list[Found]) -> list[Found]:
        """What was found with the blocks right before and after in the same lesson."""
        scores = {one.chunk_id: one.score for one in found}
        near = dict.fromkeys(place for one in found for place in self._neighbours(self._at(one)))
        return [self._found(at, scores.get(self.rows[at].pk, 0.0)) for at in near]

    def _scores(self, query: list[str], vector: "Vector | None") -> list[float]:
        given = settings.AI_RETRIEVAL
        weights = Weights(given["lesson"], given["section"])
        words = self.words.scores(query, weights)
        top = max(words, default=0.0) or 1.0
        if vector is None or self.vectors is None:
            return [score / top for score in words]
        share = given["meaning"]
        near = self.vectors.scores(vector)
        return [a / top + share * max(b, 0.0) for a, b in zip(words, near, strict=True)]

    def _window(self, at: int) -> set[str]:
        """The terms of a block and of its neighbours in the same lesson."""
        return {term for place in self._neighbours(at) for term in self._terms[place]}

    def _neighbours(self, at: int) -> list[int]:
        home = _place(self.rows[at])
        return [
            place
            for place in (at, at - 1, at + 1)
            if 0 <= place < len(self.rows) and _place(self.rows[place]) == home
        ]

    def _at(self, found: Found) -> int:
        return self._places[found.chunk_id]

    def _found(self, at: int, score: float) -> Found:
        row = self.rows[at]
        return Found(row.pk, row.key, row.lesson_id, row.faq_id, row.text, score, row.quotable)


def _place(row: Row) -> tuple[int | None, int | None]:
    return row.lesson_id, row.faq_id


def readable_chunks(actor: Actor, course: Course) -> QuerySet[Chunk]:
    """The chunks of a course that the asker may read now; the law of everything below.

    The lesson's own rule decides, again at each question: a lesson hidden a moment ago is gone
    before its chunks are. What is not published is never cited, not to its staff either.
    """
    if not OPEN_COURSE.may(actor, course):
        return Chunk.objects.none()
    lessons = VIEW_LESSON.rows(actor).filter(
        course=course, published=True, deleted_at=None, section__deleted_at=None
    )
    shown = Q(lesson__in=lessons.order_by().values("pk"))
    return Chunk.objects.filter(shown | Q(lesson=None, faq__isnull=False), course=course)


def shared_chunks(actor: Actor, course: Course) -> QuerySet[Chunk]:
    """What the asker may read and every learner of the course as well, whoever they are.

    For answers that a whole course reads. A lesson that learners see as such counts, whatever the
    asker sees besides; of a course that is still a draft its learners see nothing.
    """
    if course.state == CourseState.DRAFT or course.deleted_at is not None:
        return Chunk.objects.none()
    lessons = live_lessons(course.pk).order_by().values("pk")
    return readable_chunks(actor, course).filter(Q(lesson=None) | Q(lesson__in=lessons))


def course_index(
    actor: Actor, course: Course, model_id: str | None, *, shared: bool = False
) -> CourseIndex:
    """The index over exactly what the asker may read, or with `shared` every learner too.

    Kept per process under the rows and their hashes, so that it can be neither stale nor somebody
    else's.
    """
    chunks = (shared_chunks if shared else readable_chunks)(actor, course)
    stamp = tuple(chunks.order_by("pk").values_list("pk", "sha256"))
    known = 0
    if model_id is not None:
        known = ChunkVector.objects.filter(chunk__in=chunks, model_id=model_id).count()
    key = (course.pk, model_id, known, stamp)
    with _guard:
        if key in _indexes:
            _indexes.move_to_end(key)
            return _indexes[key]
    built = _build(chunks, model_id)
    with _guard:
        _indexes[key] = built
        while len(_indexes) > KEPT:
            _indexes.popitem(last=False)
    return built


def _build(chunks: QuerySet[Chunk], model_id: str | None) -> CourseIndex:
    ordered = chunks.order_by("lesson__section__ordinal", "lesson__ordinal", "ordinal", "pk")
    rows = [
        Row(pk, key, lesson, faq, section, text, tuple(path), language, quotable)
        for pk, key, lesson, faq, section, text, path, language, quotable in ordered.values_list(
            "pk",
            "key",
            "lesson_id",
            "faq_id",
            "lesson__section_id",
            "text",
            "heading_path",
            "language",
            "quotable",
        )
    ]
    return CourseIndex(rows, _vectors([row.pk for row in rows], chunks, model_id))


def _vectors(ids: list[int], chunks: QuerySet[Chunk], model_id: str | None) -> VectorIndex | None:
    if model_id is None:
        return None
    stored = ChunkVector.objects.filter(chunk__in=chunks, model_id=model_id)
    found = {pk: (dim, bytes(vec)) for pk, dim, vec in stored.values_list("chunk_id", "dim", "vec")}
    if not found:
        return None
    dim = next(iter(found.values()))[0]
    return NumpyIndex([found[pk][1] if pk in found else None for pk in ids], dim)
