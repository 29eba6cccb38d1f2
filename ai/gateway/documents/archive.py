"""Looking into an office document before a parser does: bombs of size and of XML are refused."""

import lzma
import zipfile
import zlib
from io import BytesIO

from ai.gateway.documents.shape import DocumentRefused

MAX_MEMBERS = 3_000
MAX_UNPACKED = 80 * 1024 * 1024
MAX_XML = 25 * 1024 * 1024
# Text packs to a tenth; what packs a hundred times and is large was made to be unpacked.
MAX_RATIO = 100
RATIO_FROM = 1024 * 1024
_ODD = (OSError, ValueError, NotImplementedError, RuntimeError, EOFError)
_BOMB = "The document unpacks to far more than it holds and is not read."


def require_sound(body: bytes) -> None:
    """Raise DocumentRefused unless the archive is small once unpacked and its XML is harmless.

    A member never unpacks to more than its directory says: `zipfile` stops there.
    """
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            members = archive.infolist()
            _require_small(members)
            for member in members:
                if member.filename.endswith((".xml", ".rels", ".vml")):
                    _require_plain_xml(archive, member)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, *_ODD):
        raise DocumentRefused("The document is damaged or locked.") from None


def _require_small(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS or sum(one.file_size for one in members) > MAX_UNPACKED:
        raise DocumentRefused(_BOMB)
    for one in members:
        if one.file_size > RATIO_FROM and one.file_size > MAX_RATIO * max(1, one.compress_size):
            raise DocumentRefused(_BOMB)
        if one.filename.endswith(".xml") and one.file_size > MAX_XML:
            raise DocumentRefused("A part of the document is too large to read.")


def _require_plain_xml(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Office documents declare no types and entities; what does is an attack on the parser."""
    # Without zero bytes the two marks read alike in UTF-8 and UTF-16.
    plain = archive.read(member).replace(b"\0", b"").upper()
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise DocumentRefused("The document defines XML entities and is not read.")
