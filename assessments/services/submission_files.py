"""Addresses that serve one private file of a submission for five minutes (U3)."""

from typing import Final

from django.core import signing

from assessments.models import SubmissionFile
from courses.services.attachment import ACCESS_FOR, Access
from lms.kernel import clock
from lms.kernel.errors import NotFound

_SALT: Final = "assessments.submission_file"


def grant_file(*, file: SubmissionFile) -> Access:
    """An address for a file that the caller found through `queries.submission.file_of`."""
    token = signing.dumps(file.public_id, salt=_SALT)
    return Access(url=f"/submission-files/{token}/", expires_at=clock.now() + ACCESS_FOR)


def file_by_token(token: str) -> SubmissionFile:
    """The file a signed address names; raises NotFound when forged, old or gone."""
    try:
        public_id = signing.loads(token, salt=_SALT, max_age=ACCESS_FOR)
    except signing.BadSignature as problem:
        raise NotFound from problem
    found = SubmissionFile.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found
