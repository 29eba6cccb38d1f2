"""Marking by a person: a score and a comment per question, until every question has a score."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.enums import AttemptState, StepKind, Verdict
from assessments.models import Attempt, AttemptQuestion
from assessments.rules import GRADE_ATTEMPT
from assessments.scoring.kinds import Marking
from assessments.scoring.registry import type_of
from assessments.scoring.score import verdict_of
from assessments.services.grading import check_question_score, conclude
from assessments.services.log import add_step, take_turn
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid, NotFound, Stale
from lms.kernel.rules import require
from lms.kernel.text import require_text

MAX_COMMENT = 10_000
MARKABLE = (AttemptState.SUBMITTED, AttemptState.SCORED)


@transaction.atomic
def mark_question(
    *,
    actor: Actor,
    attempt: Attempt,
    question: AttemptQuestion,
    score: Decimal | None,
    comment: str,
    expected: int | None = None,
) -> Attempt:
    """Keep a score and a comment (Markdown) for an answer that people mark.

    Both are drafts until the attempt is released: its learner sees neither. Without a score the
    comment alone is kept and the answer goes on waiting. The last score that was missing makes the
    attempt scored, and released when its quiz shows reviews at once. `expected` is the number of
    the question's last step that the asker saw.

    Raises Conflict `attempt_open`, `attempt_released` or `marked_by_machine`, Stale when somebody
    else marked it meanwhile, Invalid for a score outside 0..points or taken from a scored attempt,
    NotFound for a question of another attempt, and what `require` raises.
    """
    require(actor, GRADE_ATTEMPT, attempt)
    take_turn(attempt.course_id, attempt.learner_id)
    row = _markable(attempt)
    part = row.questions.select_related("version__question").filter(pk=question.pk).first()
    if part is None:
        raise NotFound
    if type_of(part.version.question.kind).marking is not Marking.PERSON:
        words = _("This answer is scored by itself. Change its score with a reason instead.")
        raise Conflict(words, code="marked_by_machine")
    if expected is not None and expected != part.seq:
        raise Stale
    comment = require_text(comment.strip(), field="comment", max_length=MAX_COMMENT)
    if score is not None:
        check_question_score(score, part.points)
    elif row.state == AttemptState.SCORED:
        words = _("This attempt is scored: change the score, it cannot be taken away.")
        raise Invalid(words, field="score")
    _write(actor, row, part, score, comment)
    conclude(row, actor=actor)
    return row


def _write(
    actor: Actor, row: Attempt, part: AttemptQuestion, score: Decimal | None, comment: str
) -> None:
    if (part.score, part.comment) == (score, comment):
        return
    part.verdict = Verdict.WAITING if score is None else verdict_of(score / part.points)
    data = {"before": _said(part.score), "after": _said(score), "comment": comment}
    data["verdict"] = str(part.verdict)
    add_step(row, StepKind.MARKED, actor=actor, question=part, data=data)
    part.score, part.comment = score, comment
    part.save(update_fields=["score", "verdict", "comment", "seq"])


def _markable(attempt: Attempt) -> Attempt:
    row = lock(Attempt.objects.select_related("quiz", "learner").filter(pk=attempt.pk)).first()
    if row is None:
        raise NotFound
    if row.state == AttemptState.OPEN:
        raise Conflict(_("This attempt is not submitted yet."), code="attempt_open")
    if row.state not in MARKABLE:
        words = _("The results are released. Change the score with a reason instead.")
        raise Conflict(words, code="attempt_released")
    return row


def _said(score: Decimal | None) -> str | None:
    return None if score is None else str(score)
