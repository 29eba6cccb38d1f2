"""Checking an answer before the attempt is handed in, where the attempt's behaviour does that."""

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.enums import ReviewItem, StepKind
from assessments.models import Attempt, AttemptQuestion, Quiz
from assessments.queries.access import require_place
from assessments.queries.content import version_content
from assessments.queries.tries import checked_tries, rules_of
from assessments.rules import ANSWER_ATTEMPT
from assessments.scoring.behaviour.registry import behaviour_of, outcome
from assessments.scoring.behaviour.tries import Try, is_scored_later
from assessments.scoring.content import QuestionContent
from assessments.scoring.registry import read_answer, with_drawn
from assessments.scoring.review import policy_from
from assessments.services.attempt import (
    Saved,
    check_seq,
    repeated,
    require_changeable,
)
from assessments.services.closing import settle
from assessments.services.log import add_step
from assessments.services.running import open_question, require_page
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.rules import require


def check_question(
    *, actor: Actor, attempt: Attempt, question: AttemptQuestion, answer: object, seq: int
) -> Saved:
    """Save an answer and score it as a try, on the record; what it found is for `queries.checks`.

    `seq` is as in `save_answer`: the same number with the same answer is one try however often it
    is sent. Raises Conflict `not_checked` where answers are scored when handed in, or by a person,
    `question_final`, `stale_seq`, `deadline_passed` or `attempt_closed`, Invalid for no answer or
    one of the wrong shape, Denied `address_not_allowed`.
    """
    require(actor, ANSWER_ATTEMPT, attempt)
    require_place(actor, attempt.quiz)
    check_seq(seq)
    settle(attempt)
    with transaction.atomic():
        row, part = open_question(attempt, question)
        asked = with_drawn(version_content(part.version), part.drawn)
        _require_checks(row, attempt.quiz, asked)
        require_page(row, part)
        value = read_answer(asked, answer)
        known = repeated(part, seq, StepKind.CHECKED, {"answer": value})
        if known is not None:
            return Saved(seq, known.at, row.deadline)
        require_changeable(part)
        if value is None:
            raise Invalid(_("Answer the question before you check it."), field="answer")
        tries = [*checked_tries(part), Try(value)]
        found = outcome(rules_of(row), _scored(part, asked), tries, part.points)
        data = {
            "answer": value,
            "score": str(found.score),
            "verdict": str(found.last),
            "tries": found.tries,
            "final": found.final,
        }
        step = add_step(row, StepKind.CHECKED, actor=actor, question=part, seq=seq, data=data)
        part.answer, part.answered_at = value, step.at
        part.tries, part.final = found.tries, found.final
        part.save(update_fields=["answer", "answered_at", "tries", "final", "seq"])
    return Saved(seq, step.at, row.deadline)


def _require_checks(row: Attempt, quiz: Quiz, asked: QuestionContent) -> None:
    """An attempt keeps its behaviour; what may be told meanwhile is as the quiz says now."""
    behaviour = behaviour_of(row.behaviour)
    told = ReviewItem.CORRECTNESS in policy_from(quiz.review).during or not behaviour.tells
    if not (told and behaviour.checks) or is_scored_later(asked):
        words = _("This question is scored when you hand in.")
        raise Conflict(words, code="not_checked")


def _scored(part: AttemptQuestion, asked: QuestionContent) -> QuestionContent:
    """The content whose key scores: another version's when a regrade named one."""
    if part.scored_with is None:
        return asked
    return with_drawn(version_content(part.scored_with), part.drawn)
