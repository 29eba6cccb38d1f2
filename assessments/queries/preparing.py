"""Which learners' first attempts at a quiz are drawn already, and whether that still holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import User
from assessments.models import Attempt, PreparedAttempt, PreparedQuestion, Quiz, QuizDraw
from assessments.queries.draws import pools
from assessments.rules import SEE_RESULTS
from assessments.scoring.narrow import narrow_of
from courses.queries.group import learners_of
from lms.kernel.actors import Actor
from lms.kernel.rules import require


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides about the questions of an attempt before chance does."""

    fingerprint: str
    draws: tuple[QuizDraw, ...] = ()


@dataclass(frozen=True, slots=True)
class Preparation:
    """How far a quiz is prepared: of `waiting` learners who did not start, `prepared` are ready."""

    prepared: int
    waiting: int

    @property
    def is_whole(self) -> bool:
        """Whether everybody who has not started is prepared."""
        return self.waiting > 0 and self.prepared == self.waiting


def preparation(actor: Actor, quiz: Quiz) -> Preparation:
    """How far a quiz is prepared, for its staff; raises what `require` raises."""
    require(actor, SEE_RESULTS, quiz)
    waiting = not_started(quiz)
    ready = PreparedAttempt.objects.filter(
        quiz=quiz, learner=OuterRef("pk"), fingerprint=shape_of(quiz).fingerprint
    )
    return Preparation(waiting.filter(Exists(ready)).count(), waiting.count())


def not_started(quiz: Quiz) -> QuerySet[User]:
    """The active learners of a quiz's course without an attempt at it; the caller has checked."""
    attempts = Attempt.objects.filter(quiz=quiz, learner=OuterRef("pk"))
    return learners_of(quiz.course_id).exclude(Exists(attempts))


def unprepared(quiz: Quiz) -> QuerySet[User]:
    """Those of them for whom nothing is prepared, be it stale or not."""
    known = PreparedAttempt.objects.filter(quiz=quiz, learner=OuterRef("pk"))
    return not_started(quiz).exclude(Exists(known)).order_by("pk")


def stale(quiz: Quiz, shape: Shape) -> QuerySet[PreparedAttempt]:
    """What was prepared from another state of the quiz, or for somebody who no longer waits."""
    rows = PreparedAttempt.objects.filter(quiz=quiz)
    left = ~Q(learner__in=not_started(quiz).order_by().values("pk"))
    where = ~Q(fingerprint=shape.fingerprint) | left
    if shape.draws:
        planned = PreparedQuestion.objects.filter(prepared__quiz=quiz)
        where |= Q(pk__in=_misfits(quiz, shape, planned))
    return rows.filter(where)


def shape_of(quiz: Quiz) -> Shape:
    """The state of a quiz, of its entries and of the versions they ask; two queries at most.

    What a bank has for its draws is not in it: `still_fits` looks at that.
    """
    version = Coalesce("pinned_id", "question__latest_id")
    place = ("section__ordinal", "section_id", "section__shuffle", "ordinal")
    items = list(
        quiz.items.order_by("pk").values_list("pk", "question_id", version, "points", *place)
    )
    draws: list[QuizDraw] = []
    if quiz.item_count > len(items):
        draws = list(quiz.draws.select_related("section").order_by("ordinal", "id"))
    said = (
        [quiz.pk, quiz.layout, quiz.shuffle_questions, quiz.shuffle_options],
        items,
        [_says(row) for row in draws],
    )
    fingerprint = blake2b(repr(said).encode(), digest_size=32).hexdigest()
    return Shape(fingerprint, tuple(draws))


def still_fits(quiz: Quiz, shape: Shape, row: PreparedAttempt) -> list[int] | None:
    """Keys of the questions that draws gave a prepared attempt, None when one does not fit now.

    A question fits while its draw would still choose it, in the version that was drawn; no query
    without draws, two with them.
    """
    if not row.drawn_count:
        return []
    planned = PreparedQuestion.objects.filter(prepared=row)
    if _misfits(quiz, shape, planned):
        return None
    drawn = planned.filter(draw__isnull=False).order_by("ordinal")
    keys = list(drawn.values_list("version__question_id", flat=True))
    return keys if len(keys) == row.drawn_count else None


def _misfits(quiz: Quiz, shape: Shape, planned: QuerySet[PreparedQuestion]) -> set[int]:
    """Keys of prepared attempts with a question that its draw would not give out now."""
    fields = ("prepared_id", "draw_id", "version__question_id", "version_id")
    rows = planned.filter(draw__isnull=False).order_by()
    found = list(rows.values_list(*fields, "version__question__latest_id"))
    narrows = [narrow_of(one.narrow) for one in shape.draws]
    asked = {question for _row, _draw, question, _version, _latest in found}
    fitting = pools(quiz, narrows, among=asked)
    by_draw: dict[int | None, frozenset[int]] = dict(zip(_keys(shape.draws), fitting, strict=True))
    return {
        row
        for row, draw, question, version, latest in found
        if version != latest or question not in by_draw.get(draw, frozenset())
    }


def _keys(draws: Sequence[QuizDraw]) -> list[int]:
    return [one.pk for one in draws]


def _says(row: QuizDraw) -> tuple[object, ...]:
    section = row.section
    place = (section.ordinal, section.pk, section.shuffle, row.ordinal)
    narrow = sorted(row.narrow.items(), key=lambda one: str(one[0]))
    return (row.pk, row.count, row.points, narrow, *place)
