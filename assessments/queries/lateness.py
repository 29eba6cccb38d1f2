"""How late a submission is for its authors, as it stands now."""

from datetime import timedelta

from assessments.models import Submission
from assessments.queries.due import window_of_submission
from assessments.queries.submission import lateness_of


def lateness_of_submission(row: Submission) -> timedelta:
    """How late the version that counts came; dates that were moved since count as moved."""
    return lateness_of(list(row.versions.order_by("number")), window_of_submission(row))
