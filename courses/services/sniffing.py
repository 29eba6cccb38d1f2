"""What a file is, by its content and never by its name or the browser's word (U1)."""

import lzma
import zipfile
import zlib
from io import BytesIO
from typing import IO, Final

HEAD_BYTES: Final = 4096
MAX_MEMBERS: Final = 5_000

# (offset, magic bytes, content type, extension)
_MAGIC: Final[tuple[tuple[int, bytes, str, str], ...]] = (
    (0, b"%PDF-", "application/pdf", "pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (0, b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (0, b"GIF87a", "image/gif", "gif"),
    (0, b"GIF89a", "image/gif", "gif"),
    (8, b"WEBP", "image/webp", "webp"),
    (8, b"WAVE", "audio/wav", "wav"),
    (4, b"ftypM4A", "audio/mp4", "m4a"),
    (4, b"ftyp", "video/mp4", "mp4"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm", "webm"),
    (0, b"OggS", "audio/ogg", "ogg"),
    (0, b"ID3", "audio/mpeg", "mp3"),
    (0, b"\xff\xfb", "audio/mpeg", "mp3"),
)
_OFFICE: Final = {
    "word/": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    "xl/": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "ppt/": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"),
}
_OPEN_DOCUMENT: Final = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/epub+zip": "epub",
}
# Text has no signature: these endings are believed once the content proves to be plain text. All
# are served as text/plain or their own harmless type; HTML and SVG are not among them.
_TEXT: Final = {
    "txt": "text/plain",
    "md": "text/plain",
    "csv": "text/csv",
    "vtt": "text/vtt",
    "srt": "text/plain",
    "py": "text/plain",
    "ipynb": "application/json",
    "json": "application/json",
    "tex": "text/plain",
    "r": "text/plain",
    "sql": "text/plain",
}

TEXT_EXTENSIONS: Final = tuple(_TEXT)

# Every ending that a file can get here.
KNOWN_EXTENSIONS: Final = frozenset(
    {extension for _offset, _magic, _kind, extension in _MAGIC}
    | {extension for _kind, extension in _OFFICE.values()}
    | {*_OPEN_DOCUMENT.values(), *_TEXT, "zip"}
)


def sniff(content: IO[bytes], name: str) -> tuple[str, str] | None:
    """Return (content type, extension) of an allowed file, None for anything else.

    `name` decides only between kinds of plain text. The stream is left at its start.
    """
    content.seek(0)
    head = content.read(HEAD_BYTES)
    content.seek(0)
    for offset, magic, kind, extension in _MAGIC:
        if head.startswith(magic, offset):
            return kind, extension
    if head.startswith(b"PK\x03\x04"):
        return _zipped(content)
    return _text(head, name)


# What unpacking raises for an archive that is damaged, locked or packed in an unknown way.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    EOFError,
)


def _zipped(content: IO[bytes]) -> tuple[str, str] | None:
    """Tell office documents and books from other archives, by their members."""
    try:
        with zipfile.ZipFile(content) as archive:
            names = archive.namelist()
            if len(names) > MAX_MEMBERS:
                return None
            found = _member_kind(archive, names)
    except _DAMAGED:
        return None
    finally:
        content.seek(0)
    return found


def _member_kind(archive: zipfile.ZipFile, names: list[str]) -> tuple[str, str]:
    if "[Content_Types].xml" in names:
        for prefix, kind in _OFFICE.items():
            if any(name.startswith(prefix) for name in names):
                return kind
    if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
        stated = archive.read("mimetype").decode("ascii", "replace").strip()
        if stated in _OPEN_DOCUMENT:
            return stated, _OPEN_DOCUMENT[stated]
    return "application/zip", "zip"


def _text(head: bytes, name: str) -> tuple[str, str] | None:
    extension = name.rpartition(".")[2].lower()
    if extension not in _TEXT or b"\0" in head:
        return None
    try:
        BytesIO(head).read().decode("utf-8")
    except UnicodeDecodeError as problem:
        # The last character may be cut in two by the window; anything earlier is not text.
        if problem.start < len(head) - 4:
            return None
    return _TEXT[extension], extension
