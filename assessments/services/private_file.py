"""Addresses that serve one private file of a learner for five minutes (U3)."""

from dataclasses import dataclass
from typing import Final

from django.core import signing

from assessments.models import AnswerFile, StoredFile, SubmissionFile
from courses.services.attachment import ACCESS_FOR, Access
from lms.kernel import clock
from lms.kernel.errors import NotFound

PDF: Final = "application/pdf"
# What holds private files: its name in the address, which also salts the signature.
KINDS: Final[dict[str, type[StoredFile]]] = {
    "submission-files": SubmissionFile,
    "answer-files": AnswerFile,
}


@dataclass(frozen=True, slots=True)
class Served:
    """A file, the name it is served under, and whether a page may show it in a frame."""

    file: StoredFile
    name: str
    framed: bool


def grant_file(*, file: StoredFile, name: str = "", framed: bool = False) -> Access:
    """An address for a file that the caller found through a query that checks the asker.

    `name` replaces what its sender called it; `framed` lets a page of ours show a PDF.
    """
    kind = next(kind for kind, model in KINDS.items() if isinstance(file, model))
    token = signing.dumps([file.public_id, name, framed], salt=_salt(kind))
    return Access(url=f"/{kind}/{token}/", expires_at=clock.now() + ACCESS_FOR)


def file_by_token(token: str, *, kind: str = "submission-files") -> Served:
    """The file a signed address names; raises NotFound when forged, old or gone."""
    try:
        public_id, name, framed = signing.loads(token, salt=_salt(kind), max_age=ACCESS_FOR)
    except (signing.BadSignature, ValueError) as problem:
        raise NotFound from problem
    found = KINDS[kind]._default_manager.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return Served(found, name or found.name, framed and found.content_type == PDF)


def _salt(kind: str) -> str:
    return f"assessments.{kind}"
