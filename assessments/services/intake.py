"""Work that comes as a file: looked at before it is stored, for assignments and answers alike."""

import hashlib
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import IO, Final

from django.utils.translation import gettext as _

from courses.services.attachment import Intake, take_in
from lms.kernel.errors import Invalid

MEGABYTE: Final = 1024 * 1024
_CHUNK: Final = 1024 * 1024


def take_work(*, content: IO[bytes], name: str, kinds: Sequence[str], max_mb: int) -> Intake:
    """A file as its content tells; `kinds` are the accepted endings, none for all safe ones.

    Raises Invalid for `file` when it is empty, above `max_mb` megabytes or of another kind, and
    says what the file is when its name says something else.
    """
    taken = take_in(content=content, name=name, most=max_mb * MEGABYTE)
    if kinds and taken.extension not in kinds:
        raise Invalid(_refusal(name, taken.extension, kinds), field="file")
    return taken


def sha256_of(content: IO[bytes]) -> str:
    """The hash of a file in hexadecimal digits; the stream is left at its start."""
    found = hashlib.sha256()
    content.seek(0)
    while chunk := content.read(_CHUNK):
        found.update(chunk)
    content.seek(0)
    return found.hexdigest()


def _refusal(name: str, extension: str, kinds: Sequence[str]) -> str:
    said = {"kind": extension, "kinds": ", ".join(f".{kind}" for kind in kinds)}
    claimed = PurePosixPath(name.replace("\\", "/")).suffix.lower().lstrip(".")
    if claimed in kinds:
        words = _("By its name it is a .%(claimed)s file, by its content a .%(kind)s file.")
        accepted = _("Accepted: %(kinds)s.")
        return f"{words} {accepted}" % {**said, "claimed": claimed}
    return _("This is a .%(kind)s file. Accepted: %(kinds)s.") % said
