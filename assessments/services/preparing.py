"""Drawing attempts ahead of an exam, so that a thousand starts in one moment are cheap."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.enums import QuizState
from assessments.models import Attempt, PreparedAttempt, PreparedQuestion, Quiz
from assessments.queries.preparing import Shape, shape_of, stale, unprepared
from assessments.rules import EDIT_QUIZ
from assessments.scoring.score import total
from assessments.services.claiming import COPIED
from assessments.services.drawing import (
    Source,
    choose_from,
    drawn_keys,
    pages_of,
    question_rows,
    source_of,
)
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, KernelError
from lms.kernel.jobs import JobRun, enqueue
from lms.kernel.models import Job
from lms.kernel.rules import require

PREPARE: Final = "assessments.prepare_attempts"
BATCH: Final = 50
KEPT: Final = timedelta(days=7)
log = logging.getLogger(__name__)


@transaction.atomic
def prepare_later(*, actor: Actor, quiz: Quiz) -> Job:
    """Have a worker draw the first attempts of everybody who has not started.

    Raises Conflict `quiz_draft` for a quiz that nobody can start, and what `require` raises.
    """
    require(actor, EDIT_QUIZ, quiz)
    if quiz.state != QuizState.PUBLISHED:
        words = _("Open the quiz to learners first: what is prepared is for those who can start.")
        raise Conflict(words, code="quiz_draft")
    return enqueue(PREPARE, actor=actor, params={"quiz_id": quiz.pk}, course_id=quiz.course_id)


def prepare_attempts(*, quiz: Quiz, run: JobRun | None = None) -> int:
    """Draw what is not drawn and draw again what is stale; how many attempts were drawn.

    In batches, each in a transaction that holds the quiz. Raises Conflict `draw_short` when the
    bank has too few questions. The caller has checked the rule.
    """
    done = 0
    while True:
        if run is not None:
            run.checkpoint()
        with transaction.atomic():
            row = lock(Quiz.objects.filter(pk=quiz.pk, state=QuizState.PUBLISHED)).first()
            drawn = _prepare_some(row) if row is not None else 0
        if not drawn:
            return done
        done += drawn


def do_prepare(run: JobRun) -> dict[str, Any]:
    """The work of that job: `{prepared}`, how many attempts were drawn."""
    quiz = Quiz.objects.filter(pk=run.params["quiz_id"]).first()
    return {"prepared": prepare_attempts(quiz=quiz, run=run) if quiz else 0}


def prepare_due() -> int:
    """Prepare every quiz that opens soon, and forget what nobody needs; how many were drawn.

    One failure stops no other. Soon is within `LMS_PREPARE_MINUTES`; 0 prepares nothing by itself.
    """
    now, done = clock.now(), 0
    _forget(_worthless())
    soon = Quiz.objects.filter(
        state=QuizState.PUBLISHED,
        opens_at__gt=now,
        opens_at__lte=now + timedelta(minutes=settings.PREPARE_MINUTES),
        lesson__published=True,
        lesson__deleted_at=None,
    )
    for quiz in soon.order_by("opens_at", "pk"):
        try:
            done += prepare_attempts(quiz=quiz)
        except KernelError as problem:
            log.warning("quiz %s could not be prepared: %s", quiz.pk, problem)
        except Exception:
            log.exception("quiz %s could not be prepared", quiz.pk)
    return done


def _prepare_some(quiz: Quiz) -> int:
    # The state is read before the questions: what changes between is seen at the start.
    shape = shape_of(quiz)
    _forget(stale(quiz, shape))
    people = list(unprepared(quiz)[:BATCH])
    if people:
        _write(shape, source_of(quiz), people)
    return len(people)


def _write(shape: Shape, source: Source, people: Sequence[User]) -> None:
    _count_planned(source)
    rows, questions = [], []
    for person in people:
        asked = choose_from(source, seen=frozenset())
        drawn = drawn_keys(asked)
        for key in drawn:
            source.used[key] = source.used.get(key, 0) + 1
        row = PreparedAttempt(
            quiz=source.quiz,
            learner=person,
            fingerprint=shape.fingerprint,
            page_count=pages_of(asked, source.quiz),
            question_count=len(asked),
            drawn_count=len(drawn),
            max_score=total(one.points for one in asked),
        )
        rows.append(row)
        for one, part in zip(asked, question_rows(asked, source.quiz), strict=True):
            copied = {name: getattr(part, name) for name in COPIED}
            questions.append(PreparedQuestion(prepared=row, draw=one.draw, **copied))
    PreparedAttempt.objects.bulk_create(rows)
    for question in questions:
        question.prepared_id = question.prepared.pk
    PreparedQuestion.objects.bulk_create(questions, batch_size=1000)


def _count_planned(source: Source) -> None:
    """Count what is planned for others like what was given out, so that draws stay even."""
    planned = PreparedQuestion.objects.filter(prepared__quiz=source.quiz, draw__isnull=False)
    for key in planned.order_by().values_list("version__question_id", flat=True):
        source.used[key] = source.used.get(key, 0) + 1


def _worthless() -> QuerySet[PreparedAttempt]:
    """What was started, is old, or belongs to a quiz that nobody can start any more."""
    attempts = Attempt.objects.filter(quiz=OuterRef("quiz"), learner=OuterRef("learner"))
    now = clock.now()
    old = Q(made_at__lt=now - KEPT) | ~Q(quiz__state=QuizState.PUBLISHED)
    return PreparedAttempt.objects.filter(Q(Exists(attempts)) | old)


@transaction.atomic
def _forget(rows: QuerySet[PreparedAttempt]) -> None:
    """Remove prepared attempts but those that a start is looking at."""
    keys = list(lock(rows.order_by(), skip_locked=True).values_list("pk", flat=True))
    if keys:
        PreparedQuestion.objects.filter(prepared__in=keys).delete()
        PreparedAttempt.objects.filter(pk__in=keys).delete()
