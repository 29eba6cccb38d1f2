"""Which questions are kept for an exam that is not over yet."""

from collections.abc import Collection

from django.db.models import Q

from assessments.enums import AttemptState
from assessments.models import Attempt, Quiz, QuizItem
from assessments.queries.draws import pools
from assessments.queries.shown import Plans
from assessments.scoring.narrow import narrow_of
from courses.rules import LEARN_COURSE
from lms.kernel.actors import Actor


def exam_bound(actor: Actor, questions: Collection[int]) -> set[int]:
    """Those of some questions that an exam of the asker's courses asks or may draw, by key.

    Exams count from when they are written, published or not, until they are over for everybody.
    One query for each exam that draws, and a few besides.
    """
    if actor.user_id is None or not questions:
        return set()
    rows = Quiz.objects.filter(
        exam_mode=True,
        course__in=LEARN_COURSE.rows(actor).values("pk"),
        lesson__deleted_at=None,
        lesson__section__deleted_at=None,
    )
    exams = _coming(actor.user_id, list(rows.prefetch_related("draws")))
    items = QuizItem.objects.filter(quiz__in=exams, question__in=questions)
    found = set(items.values_list("question_id", flat=True)) if exams else set()
    for exam in exams:
        narrows = [narrow_of(draw.narrow) for draw in exam.draws.all()]
        for pool in pools(exam, narrows, among=questions):
            found |= pool
    return found


def _coming(learner_id: int, exams: list[Quiz]) -> list[Quiz]:
    """Those that somebody may still take or is taking."""
    if not exams:
        return []
    plans = Plans.read(learner_id, exams)
    open_ones = Attempt.objects.filter(Q(quiz__in=exams), state=AttemptState.OPEN)
    going = set(open_ones.order_by().values_list("quiz_id", flat=True))
    return [one for one in exams if one.pk in going or not plans.is_over_for_all(one)]
