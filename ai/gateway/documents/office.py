"""Word and PowerPoint files as Markdown."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from ai.gateway.documents.archive import require_sound
from ai.gateway.documents.shape import (
    Clock,
    DocumentRefused,
    Extracted,
    escaped,
    finished,
    heading,
    table,
)

MAX_SLIDES = 500
_LEVEL = re.compile(r"heading\s*(\d)", re.IGNORECASE)
_DAMAGED = "The document is damaged and cannot be read."
_DOCX_LOST = "Pictures, formulas, footnotes, comments and text boxes of the Word file."
_PPTX_LOST = "Pictures, drawings, charts and animations of the slides."


def read_docx(body: bytes, clock: Clock | None = None) -> Extracted:
    """The text of a Word file: headings, paragraphs, lists, tables. Raises DocumentRefused."""
    require_sound(body)
    import docx

    clock = clock or Clock()
    try:
        document = docx.Document(BytesIO(body))
        blocks = list(_docx_blocks(document, clock))
        title = document.core_properties.title or ""
    except DocumentRefused:
        raise
    except Exception as problem:  # the parser lets anything through on bad files
        raise DocumentRefused(_DAMAGED) from problem
    return finished(title, blocks, [_DOCX_LOST])


def _docx_blocks(document: Any, clock: Clock) -> Iterator[str]:
    """Paragraphs and tables in the order of the page; items that follow each other are one list."""
    items: list[str] = []
    for part in document.iter_inner_content():
        clock.check()
        item = _docx_item(part) if hasattr(part, "style") and hasattr(part, "runs") else ""
        if item:
            items.append(item)
            continue
        if items:
            yield "\n".join(items)
            items = []
        yield _docx_table(part) if hasattr(part, "rows") else _docx_paragraph(part)
    if items:
        yield "\n".join(items)


def _docx_item(paragraph: Any) -> str:
    """A list item with its mark, by style or numbering; empty for other paragraphs."""
    name = paragraph.style.name or "" if paragraph.style is not None else ""
    numbered = paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None  # noqa: SLF001
    if _LEVEL.match(name) or not (name.lower().startswith("list") or numbered):
        return ""
    words = escaped(paragraph.text)
    return f"{'1.' if 'number' in name.lower() else '-'} {words}" if words else ""


def _docx_paragraph(paragraph: Any) -> str:
    name = paragraph.style.name or "" if paragraph.style is not None else ""
    level = _LEVEL.match(name)
    if level:
        return heading(paragraph.text, int(level[1]))
    if name.lower() == "title":
        return heading(paragraph.text, 1)
    if "quote" in name.lower():
        return f"> {escaped(paragraph.text)}" if paragraph.text.strip() else ""
    return escaped(paragraph.text)


def _docx_table(part: Any) -> str:
    return table([[cell.text for cell in row.cells] for row in part.rows])


def read_pptx(body: bytes, clock: Clock | None = None) -> Extracted:
    """The text of slides: one heading a slide, its lists, tables and notes.

    Raises DocumentRefused.
    """
    require_sound(body)
    import pptx

    clock = clock or Clock()
    blocks: list[str] = []
    try:
        deck = pptx.Presentation(BytesIO(body))
        _require_few(len(deck.slides))
        for number, slide in enumerate(deck.slides, 1):
            clock.check()
            blocks += _slide(slide, number)
        title = deck.core_properties.title or ""
    except DocumentRefused:
        raise
    except Exception as problem:  # the parser lets anything through on bad files
        raise DocumentRefused(_DAMAGED) from problem
    return finished(title, blocks, [_PPTX_LOST])


def _require_few(slides: int) -> None:
    if slides > MAX_SLIDES:
        raise DocumentRefused(f"The file has more than {MAX_SLIDES} slides.")


def _slide(slide: Any, number: int) -> list[str]:
    """One slide's heading, text, tables and notes; hidden slides are left out."""
    if slide.element.get("show") == "0":
        return []
    top = slide.shapes.title
    words = top.text_frame.text if top is not None and top.has_text_frame else ""
    blocks = [
        block
        for shape in slide.shapes
        if top is None or shape.shape_id != top.shape_id
        for block in _shape(shape)
    ]
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        notes = slide.notes_slide.notes_text_frame.text
        blocks += [escaped(line) for line in notes.split("\n") if line.strip()]
    if not words.strip() and not blocks:
        return []
    return [heading(words, 2) or f"## Slide {number}", *blocks]


def _shape(shape: Any) -> list[str]:
    if getattr(shape, "has_table", False) and shape.has_table:
        return [table([[cell.text for cell in row.cells] for row in shape.table.rows])]
    if not getattr(shape, "has_text_frame", False) or not shape.has_text_frame:
        return []
    lines = [(part.level, part.text) for part in shape.text_frame.paragraphs if part.text.strip()]
    if len(lines) == 1:
        return [escaped(lines[0][1])]
    # Deeper than four steps Markdown would take an item for code.
    return ["\n".join(f"{'  ' * min(level, 4)}- {escaped(text)}" for level, text in lines)]
