"""How late submissions are for their authors, as it stands now."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from assessments.enums import SubmissionState
from assessments.models import Assignment, Submission, SubmissionVersion
from assessments.queries.due import window_of_submission, windows_of_submissions
from assessments.queries.submission import lateness_of


def lateness_of_submission(row: Submission) -> timedelta:
    """How late the version that counts came; dates that were moved since count as moved."""
    return lateness_of(list(row.versions.order_by("number")), window_of_submission(row))


def latenesses(assignment: Assignment, rows: Sequence[Submission]) -> dict[int, timedelta]:
    """The same of several works of one assignment by key; five queries however many they are."""
    versions: defaultdict[int, list[SubmissionVersion]] = defaultdict(list)
    found = SubmissionVersion.objects.filter(submission__in=[row.pk for row in rows], asked=False)
    for version in found.defer("text").order_by("number"):
        versions[version.submission_id].append(version)
    windows = windows_of_submissions(assignment, rows)
    return {row.pk: lateness_of(versions[row.pk], windows[row.pk]) for row in rows}


def late_ids(assignment: Assignment) -> list[int]:
    """Keys of the works of an assignment that came late by the dates of their authors."""
    handed_in = Submission.objects.filter(assignment=assignment)
    rows = list(handed_in.exclude(state=SubmissionState.DRAFT))
    return [key for key, late in latenesses(assignment, rows).items() if late]
