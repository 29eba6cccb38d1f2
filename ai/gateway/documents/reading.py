"""One door for every kind of document, with one limit of size."""

from ai.gateway.documents.office import read_docx, read_pptx
from ai.gateway.documents.pdf import read_pdf
from ai.gateway.documents.shape import Clock, DocumentRefused, Extracted, finished
from ai.gateway.documents.web import decoded, read_html
from ai.gateway.text import clean_source

MAX_BYTES = 20 * 1024 * 1024
_OFFICE = "application/vnd.openxmlformats-officedocument"
DOCX = f"{_OFFICE}.wordprocessingml.document"
PPTX = f"{_OFFICE}.presentationml.presentation"
PDF = "application/pdf"
HTML = frozenset({"text/html", "application/xhtml+xml"})
# Types of attachments that can be read.
READABLE = frozenset({PDF, DOCX, PPTX, "text/plain"})


def read_document(
    body: bytes, content_type: str, *, charset: str = "", clock: Clock | None = None
) -> Extracted:
    """A document as Markdown. Raises DocumentRefused in words.

    `content_type` is what the bytes were found to be, not what somebody says they are. Plain text
    is taken as Markdown.
    """
    if len(body) > MAX_BYTES:
        raise DocumentRefused(f"The document is larger than {MAX_BYTES // 1024**2} MB.")
    if content_type in HTML:
        return read_html(body, charset)
    if content_type == "text/plain":
        return finished("", [clean_source(decoded(body, charset))], [])
    readers = {PDF: read_pdf, DOCX: read_docx, PPTX: read_pptx}
    if content_type not in readers:
        raise DocumentRefused("Only PDF, Word, PowerPoint, plain text and web pages are read.")
    return readers[content_type](body, clock)
