"""By when a learner's work is due: the same answer for every door."""

from collections.abc import Iterable

from assessments.models import Assignment, Submission
from assessments.queries.handing_in import Window


def window_of(assignment: Assignment) -> Window:
    """The dates for everybody."""
    return Window(
        opens_at=assignment.opens_at,
        due_at=assignment.due_at,
        cutoff_at=assignment.cutoff_at,
    )


def window_for(assignment: Assignment, learner_ids: Iterable[int]) -> Window:
    """The dates for the authors of one submission; of a group, whoever has most time decides."""
    del learner_ids
    return window_of(assignment)


def window_of_submission(submission: Submission) -> Window:
    """The dates for those whose work it is."""
    ids = submission.members.values_list("learner_id", flat=True)
    return window_for(submission.assignment, ids)
