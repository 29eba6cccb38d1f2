"""What markers may know of whose work they read (Z7)."""

from assessments.enums import SubmissionState
from assessments.models import Submission, SubmissionFile
from assessments.rules import is_author
from lms.kernel.actors import Actor


def is_nameless(row: Submission) -> bool:
    """Whether staff must not learn whose work it is: anonymous until it is returned."""
    return row.assignment.anonymous and row.state != SubmissionState.RETURNED


def hides_from(actor: Actor, row: Submission) -> bool:
    """Whether names are hidden from this asker; its authors know them anyway."""
    return is_nameless(row) and not is_author(actor, row)


def neutral_name(file: SubmissionFile, place: int) -> str:
    """A file's name without the words of its sender: "file-2.pdf"."""
    ending = file.name.rpartition(".")[2]
    return f"file-{place}.{ending}"
