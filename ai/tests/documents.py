"""Documents for tests, made by the libraries that people's programs resemble."""

import zipfile
from io import BytesIO


def docx_bytes() -> bytes:
    """A Word file with a title, headings, paragraphs, a list and a table."""
    import docx

    document = docx.Document()
    document.core_properties.title = "Dry stone walls"
    document.add_heading("Why walls stand", level=1)
    document.add_paragraph("A dry stone wall is a wall built without mortar.")
    document.add_heading("Parts", level=2)
    document.add_paragraph("Footing", style="List Bullet")
    document.add_paragraph("Hearting", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for cell, words in zip(
        [cell for row in table.rows for cell in row.cells],
        ["Stone", "Weight", "Basalt | grey", "3 kg"],
        strict=True,
    ):
        cell.text = words
    return _saved(document)


def pptx_bytes() -> bytes:
    """Two slides, the second hidden; the first with a title, two steps of a list and notes."""
    import pptx

    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Batter"
    frame = slide.placeholders[1].text_frame
    frame.text = "The faces lean inwards"
    deeper = frame.add_paragraph()
    deeper.text, deeper.level = "One in eight", 1
    slide.notes_slide.notes_text_frame.text = "Show the frame here."
    hidden = deck.slides.add_slide(deck.slide_layouts[1])
    hidden.shapes.title.text = "The answers"
    hidden.element.set("show", "0")
    return _saved(deck)


def pdf_bytes(pages: int = 1) -> bytes:
    """A PDF with a heading, a paragraph over three lines with a cut word, and a list."""
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_title("Walls")
    for _page in range(pages):
        pdf.add_page()
        pdf.set_font("Helvetica", size=20)
        pdf.cell(text="Why walls stand", new_x="LMARGIN", new_y="NEXT")
        pdf.set_font("Helvetica", size=11)
        for line in (
            "A dry stone wall is a wall built without mortar, and it stands by the fric-",
            "tion of its stones and by their weight, which is why it moves a little with",
            "the ground.",
            "- Footing",
            "- Hearting",
        ):
            pdf.cell(text=line, new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def changed_archive(body: bytes, name: str, content: bytes) -> bytes:
    """The archive with one member replaced or added."""
    out = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(body)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for member in before.infolist():
            if member.filename != name:
                after.writestr(member, before.read(member))
        after.writestr(name, content)
    return out.getvalue()


def wide_docx() -> bytes:
    """A Word file of a few kilobytes with a cell that spans a thousand million columns."""
    from docx import Document
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    document = Document()
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    cell.text = "Wide"
    span = OxmlElement("w:gridSpan")
    span.set(qn("w:val"), "1000000000")
    cell._tc.get_or_add_tcPr().append(span)
    return _saved(document)


def _saved(document: object) -> bytes:
    out = BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()
