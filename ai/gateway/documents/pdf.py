"""PDF as Markdown: lines by their place, headings by their size, paragraphs by their ends."""

import re
from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.utils.translation import ngettext

from ai.gateway.documents.shape import Clock, DocumentRefused, Extracted, escaped, finished, heading

MAX_PAGES = 300
# A line this much larger than the text is a heading, the larger the higher.
LARGER, MUCH_LARGER = 1.15, 1.5
MAX_HEADING = 120
_BULLET = re.compile(r"^\s*[\u2022\u25cf\u25aa\u2023\u2013*-]\s+")
_NUMBERED = re.compile(r"^\s*(\d{1,3})[.)]\s+")
_SENTENCE_END = re.compile(r"[.!?:]['\"\u201d\u2019)]*$")
_LOST = "Tables, formulas and pictures of the PDF: their words stand as lines, or are missing."


@dataclass(slots=True)
class _Line:
    text: str
    size: float


def read_pdf(body: bytes, clock: Clock | None = None) -> Extracted:
    """The text of a PDF of at most 300 pages. Raises DocumentRefused in words."""
    import pypdf
    from pypdf.errors import PyPdfError

    clock = clock or Clock()
    try:
        reader = pypdf.PdfReader(BytesIO(body), strict=False)
        _require_open(reader)
        pages = []
        empty = 0
        for page in reader.pages:
            clock.check()
            lines = _lines(page)
            empty += not lines
            pages.append(lines)
        title = str(getattr(reader.metadata, "title", None) or "")
    except DocumentRefused:
        raise
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, LookupError) as problem:
        raise DocumentRefused("The PDF is damaged and cannot be read.") from problem
    except (RecursionError, OverflowError, MemoryError, OSError) as problem:
        raise DocumentRefused("The PDF is made in a way that cannot be read.") from problem
    lost = [_LOST]
    if empty:
        words = ngettext(
            "%(n)d page without text, such as a scan.",
            "%(n)d pages without text, such as scans.",
            empty,
        )
        lost.append(words % {"n": empty})
    return finished(title, _blocks(pages), lost)


def _require_open(reader: Any) -> None:
    if reader.is_encrypted:
        raise DocumentRefused("The PDF is locked with a password.")
    if len(reader.pages) > MAX_PAGES:
        raise DocumentRefused(f"The PDF has more than {MAX_PAGES} pages.")


def _lines(page: Any) -> list[_Line]:
    """Lines of a page with the size their letters have, most characters first."""
    lines: list[_Line] = []
    held: list[tuple[str, float]] = []

    def flush() -> None:
        text = "".join(part for part, _size in held)
        if text.strip():
            sizes: Counter[float] = Counter()
            for part, size in held:
                sizes[size] += len(part.strip())
            lines.append(_Line(" ".join(text.split()), sizes.most_common(1)[0][0]))
        held.clear()

    def visit(text: str, _cm: Any, tm: Any, _font: Any, size: Any) -> None:
        scale = abs(float(tm[3])) or abs(float(tm[0])) or 1.0
        points = round(float(size or 0) * scale, 1)
        for number, part in enumerate(text.split("\n")):
            if number:
                flush()
            if part:
                held.append((part, points))

    page.extract_text(visitor_text=visit)
    flush()
    return lines


def _blocks(pages: list[list[_Line]]) -> list[str]:
    """Headings, list items and paragraphs of all pages."""
    body = _body_size(pages)
    blocks: list[str] = []
    held: list[str] = []

    def flush() -> None:
        if held:
            blocks.append(escaped(_joined(held)))
            held.clear()

    for lines in pages:
        longest = max((len(line.text) for line in lines), default=0)
        for line in lines:
            block = _standing_alone(line, body)
            if block:
                flush()
                blocks.append(block)
                continue
            held.append(line.text)
            if _SENTENCE_END.search(line.text) and len(line.text) < 0.8 * longest:
                flush()
    flush()
    return _lists_joined(blocks)


def _body_size(pages: list[list[_Line]]) -> float:
    sizes: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 1.0


def _standing_alone(line: _Line, body: float) -> str:
    """The line as a heading or list item; empty when it belongs to a paragraph."""
    short = len(line.text) <= MAX_HEADING and not line.text.endswith((".", ","))
    if body > 0 and line.size >= LARGER * body and short:
        return heading(line.text, 1 if line.size >= MUCH_LARGER * body else 2)
    if _BULLET.match(line.text):
        return f"- {escaped(_BULLET.sub('', line.text))}"
    numbered = _NUMBERED.match(line.text)
    if numbered:
        return f"{numbered[1]}. {escaped(_NUMBERED.sub('', line.text))}"
    return ""


def _joined(lines: list[str]) -> str:
    """Lines of one paragraph, words that were cut at a line's end made whole."""
    text = lines[0]
    for line in lines[1:]:
        whole = text.endswith("-") and text[-2:-1].isalpha() and line[:1].islower()
        text = text[:-1] + line if whole else f"{text} {line}"
    return text


def _lists_joined(blocks: list[str]) -> list[str]:
    """Items that follow each other as one list."""
    joined: list[str] = []
    for block in blocks:
        item = block.startswith("- ") or bool(re.match(r"\d{1,3}\. ", block))
        last = joined[-1].rpartition("\n")[2] if joined else ""
        follows = last.startswith("- ") or bool(re.match(r"\d{1,3}\. ", last))
        if item and follows and block.startswith("- ") == last.startswith("- "):
            joined[-1] = f"{joined[-1]}\n{block}"
        else:
            joined.append(block)
    return joined
