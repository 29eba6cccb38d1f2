"""Drafts of marks of short answers, for those who may mark them."""

from typing import Any

from ai.models import AnswerDraft
from assessments.enums import QuestionKind
from assessments.models import Attempt
from assessments.rules import GRADE_ATTEMPT
from lms.kernel.actors import Actor
from lms.kernel.models import UNFINISHED_STATES, Job
from lms.kernel.rules import allows

KIND = "ai.draft_answers"
SHORT = QuestionKind.SHORT_ANSWER


def answer_drafts(actor: Actor, attempt: Attempt) -> dict[str, AnswerDraft]:
    """The drafts of an attempt by the public id of the answer; none for who may not mark it."""
    if not allows(actor, GRADE_ATTEMPT, attempt):
        return {}
    rows = AnswerDraft.objects.filter(answer__attempt=attempt).select_related("answer")
    return {row.answer.public_id: row for row in rows}


def unfinished_answer_drafts(attempt: Attempt) -> Job | None:
    """The job that compares this attempt now, whoever started it; for those who may mark it."""
    given: dict[str, Any] = {"params__attempt": attempt.pk}
    rows = Job.objects.filter(kind=KIND, state__in=UNFINISHED_STATES, **given)
    return rows.order_by("pk").first()
