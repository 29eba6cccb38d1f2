"""Bring questions of one's own bank into a course."""

from collections.abc import Sequence

from django.db import transaction

from assessments.enums import BulkVerb, QuestionState
from assessments.models import Question, QuestionBank
from assessments.services.bank import open_bank
from assessments.services.question_bulk import BulkChange, BulkResult, change_questions
from courses.models import Course
from lms.kernel.actors import Actor


@transaction.atomic
def bring_into_course(
    *,
    actor: Actor,
    bank: QuestionBank,
    questions: Sequence[Question],
    course: Course,
    retire: bool = False,
) -> BulkResult:
    """Copy questions into the bank of a course the actor assists in, made when there is none.

    `retire` retires what was copied, so that from now on the course's copy is the one to go on
    with; quizzes that ask the first keep it. Raises what `change_questions` raises.
    """
    target = open_bank(actor=actor, course=course)
    change = BulkChange(verb=BulkVerb.COPY, bank=target)
    done = change_questions(actor=actor, bank=bank, questions=questions, change=change)
    if retire:
        refused = {one.question for one in done.refused}
        change_questions(
            actor=actor,
            bank=bank,
            questions=[one for one in questions if one.public_id not in refused],
            change=BulkChange(verb=BulkVerb.STATE, state=QuestionState.RETIRED),
        )
    return done
