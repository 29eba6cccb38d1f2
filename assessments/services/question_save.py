"""Save what the page of a question says: its words, its state and where it is filed."""

from django.db import transaction

from assessments.enums import QuestionState
from assessments.models import Question
from assessments.queries.content import version_content
from assessments.scoring.content import QuestionContent
from assessments.services.bank import revise_question, set_state
from assessments.services.filing import Filing, file_question
from lms.kernel.actors import Actor


@transaction.atomic
def save_question(
    *,
    actor: Actor,
    question: Question,
    content: QuestionContent,
    filing: Filing,
    state: QuestionState | None = None,
    expected: int | None = None,
) -> Question:
    """All of it or nothing; words that did not change make no version.

    Without `state` it stays as it is. A question that becomes ready is checked as it then is.
    Raises what `revise_question`, `file_question` and `set_state` raise.
    """
    row = question
    if state == QuestionState.DRAFT:
        row = set_state(actor=actor, question=row, state=state, expected=expected)
        expected = None if row.version != question.version else expected
    if content != version_content(question.latest):
        row = revise_question(actor=actor, question=row, content=content, expected=expected)
        expected = None
    row = file_question(actor=actor, question=row, filing=filing, expected=expected)
    if state not in {None, QuestionState.DRAFT}:
        row = set_state(actor=actor, question=row, state=QuestionState(state))
    return row
