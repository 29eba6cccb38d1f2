"""Files that were handed in as answers, for their learner and the course's staff."""

from assessments.enums import AttemptState
from assessments.models import AnswerFile
from assessments.queries.access import require_place
from assessments.rules import VIEW_ATTEMPT
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound
from lms.kernel.rules import fetch


def answer_file(actor: Actor, part_id: str, file_id: str) -> AnswerFile:
    """One file inside its answer (Z3); what no answer named yet is its learner's alone.

    Raises NotFound, and Denied `address_not_allowed` for the learner of an open attempt outside
    the quiz's networks.
    """
    rows = AnswerFile.objects.filter(public_id=file_id, question__public_id=part_id)
    found = rows.select_related("attempt").first()
    if found is None:
        raise NotFound
    row = fetch(actor, VIEW_ATTEMPT, pk=found.attempt_id, select=("quiz", "course"))
    own = row.learner_id == actor.user_id
    if not (found.acknowledged or own):
        raise NotFound
    if own and row.state == AttemptState.OPEN:
        require_place(actor, row.quiz)
    return found
