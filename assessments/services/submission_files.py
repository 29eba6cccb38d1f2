"""Addresses that serve one private file of a submission for five minutes (U3)."""

from dataclasses import dataclass
from typing import Final

from django.core import signing

from assessments.models import SubmissionFile
from courses.services.attachment import ACCESS_FOR, Access
from lms.kernel import clock
from lms.kernel.errors import NotFound

PDF: Final = "application/pdf"
_SALT: Final = "assessments.submission_file"


@dataclass(frozen=True, slots=True)
class Served:
    """A file, the name it is served under, and whether a page may show it in a frame."""

    file: SubmissionFile
    name: str
    framed: bool


def grant_file(*, file: SubmissionFile, name: str = "", framed: bool = False) -> Access:
    """An address for a file that the caller found through `queries.submission.file_of`.

    `name` replaces what its sender called it; `framed` lets a page of ours show a PDF.
    """
    token = signing.dumps([file.public_id, name, framed], salt=_SALT)
    return Access(url=f"/submission-files/{token}/", expires_at=clock.now() + ACCESS_FOR)


def file_by_token(token: str) -> Served:
    """The file a signed address names; raises NotFound when forged, old or gone."""
    try:
        public_id, name, framed = signing.loads(token, salt=_SALT, max_age=ACCESS_FOR)
    except (signing.BadSignature, ValueError) as problem:
        raise NotFound from problem
    found = SubmissionFile.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return Served(found, name or found.name, framed and found.content_type == PDF)
