"""A transcript as PDF: what is posted today, on as many sheets as it takes.

Set in Inter, which carries Latin with its diacritics, Greek and Cyrillic; what it lacks is drawn as
an empty box. Nothing here knows tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fpdf import FPDF

MARGIN: Final = 20.0
WIDTHS: Final = (92.0, 28.0, 24.0, 26.0)
LINE: Final = 6.0
PAD: Final = 1.4
FAMILY: Final = "Inter"
TITLE, HEADING, TEXT, SMALL = 20.0, 11.0, 9.5, 8.0
INK, MUTED, RULE = (24, 28, 36), (90, 98, 110), (205, 210, 218)


@dataclass(frozen=True, slots=True)
class Line:
    """A work: its title, the score or status in words, the points, since when."""

    title: str
    score: str
    points: str
    since: str


@dataclass(frozen=True, slots=True)
class Part:
    """A category with its figure; the course itself has no name."""

    name: str
    figure: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Words:
    """What is printed beside the data, in the reader's language."""

    title: str
    heads: tuple[str, str, str, str]
    nothing: str
    total: str
    note: str
    page: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A transcript: whose, of which course, when it was made; `total` is empty without one."""

    person: str
    course: str
    made_at: datetime
    made: str
    language: str
    parts: Sequence[Part]
    total: str
    words: Words


def write_transcript(sheet: Sheet, *, fonts: Path) -> bytes:
    """The PDF. `fonts` is the folder with `inter-regular.ttf` and `inter-semibold.ttf`.

    It has a title that readers show instead of a file's name, a language, an outline of the
    categories, and the heads of the table and a page number on each page.
    """
    pdf = _begun(sheet, fonts)
    _heads(pdf, sheet.words)
    for part in sheet.parts:
        _part(pdf, part, sheet.words)
    if not sheet.parts:
        _cells(pdf, (sheet.words.nothing, "", "", ""), sheet.words)
    if sheet.total:
        _room(pdf, 4 * LINE, sheet.words)
        pdf.ln(PAD)
        _font(pdf, HEADING, bold=True)
        pdf.cell(sum(WIDTHS[:2]), LINE + 2, sheet.words.total)
        pdf.cell(sum(WIDTHS[2:]), LINE + 2, sheet.total, align="R", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(LINE)
    _font(pdf, SMALL)
    pdf.set_text_color(*MUTED)
    pdf.multi_cell(sum(WIDTHS), LINE - 1.5, sheet.words.note, align="L")
    return bytes(pdf.output())


def _begun(sheet: Sheet, fonts: Path) -> "FPDF":
    from fpdf import FPDF, ViewerPreferences

    class Paper(FPDF):
        """A page that says below whose it is and which one."""

        def footer(self) -> None:
            self.set_y(-MARGIN + 6)
            _font(self, SMALL)
            self.set_text_color(*MUTED)
            width = sum(WIDTHS) / 2
            self.cell(width, LINE, f"{sheet.person} \u00b7 {sheet.course}"[:90])
            number = sheet.words.page % {"page": self.page_no(), "pages": "{nb}"}
            self.cell(width, LINE, number, align="R")

    pdf = Paper(format="A4")
    pdf.set_margins(MARGIN, MARGIN, MARGIN)
    pdf.set_auto_page_break(auto=True, margin=MARGIN)
    pdf.add_font(FAMILY, "", str(fonts / "inter-regular.ttf"))
    pdf.add_font(FAMILY, "B", str(fonts / "inter-semibold.ttf"))
    pdf.set_title(f"{sheet.words.title}: {sheet.person}, {sheet.course}")
    pdf.set_lang(sheet.language)
    pdf.set_creation_date(sheet.made_at)
    pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
    pdf.add_page()
    _font(pdf, TITLE, bold=True)
    pdf.set_text_color(*INK)
    pdf.multi_cell(sum(WIDTHS), 10, sheet.words.title, align="L", new_x="LMARGIN", new_y="NEXT")
    _font(pdf, HEADING)
    for text in (sheet.person, sheet.course, sheet.made):
        pdf.multi_cell(sum(WIDTHS), LINE, text, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(LINE)
    return pdf


def _part(pdf: "FPDF", part: Part, words: Words) -> None:
    """A category keeps its name with its first line on one page."""
    if part.name:
        _room(pdf, 3 * LINE, words)
        pdf.start_section(part.name)
        _font(pdf, TEXT, bold=True)
        _cells(pdf, (part.name, "", "", part.figure), words, bold=True)
    for line in part.lines:
        _cells(pdf, (line.title, line.score, line.points, line.since), words)


def _cells(
    pdf: "FPDF", texts: tuple[str, str, str, str], words: Words, *, bold: bool = False
) -> None:
    """One line of the table, as high as its longest cell; never split between pages."""
    _font(pdf, TEXT, bold=bold)
    pdf.set_text_color(*INK)
    folded = [
        pdf.multi_cell(width, LINE, text, dry_run=True, output="LINES", align="L")
        for text, width in zip(texts, WIDTHS, strict=True)
    ]
    height = LINE * max(len(lines) for lines in folded if isinstance(lines, list))
    _room(pdf, height + PAD, words)
    _font(pdf, TEXT, bold=bold)
    pdf.set_text_color(*INK)
    left, top = pdf.l_margin, pdf.get_y()
    for place, (text, width) in enumerate(zip(texts, WIDTHS, strict=True)):
        pdf.set_xy(left, top)
        pdf.multi_cell(width, LINE, text, align="R" if place else "L")
        left += width
    _rule(pdf, top + height)


def _heads(pdf: "FPDF", words: Words) -> None:
    _font(pdf, SMALL, bold=True)
    pdf.set_text_color(*MUTED)
    for place, (text, width) in enumerate(zip(words.heads, WIDTHS, strict=True)):
        pdf.cell(width, LINE, text, align="R" if place else "L")
    _rule(pdf, pdf.get_y() + LINE)


def _room(pdf: "FPDF", height: float, words: Words) -> None:
    """Go to a new page, with the heads again, when so much does not fit on this one."""
    if pdf.will_page_break(height):
        pdf.add_page()
        _heads(pdf, words)


def _rule(pdf: "FPDF", at: float) -> None:
    pdf.set_draw_color(*RULE)
    pdf.line(pdf.l_margin, at + PAD / 2, pdf.l_margin + sum(WIDTHS), at + PAD / 2)
    pdf.set_xy(pdf.l_margin, at + PAD)


def _font(pdf: "FPDF", size: float, *, bold: bool = False) -> None:
    pdf.set_font(FAMILY, "B" if bold else "", size)
