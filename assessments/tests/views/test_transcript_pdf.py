"""The transcript as PDF: what is posted and nothing else, on pages that read well."""

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from assessments.exchange.transcript_pdf import Line, Part, Sheet, Words, write_transcript
from assessments.models import GradeItem
from assessments.services.cells import set_cell
from assessments.services.gradebook import (
    CategoryFields,
    ItemFields,
    create_category,
    create_manual_item,
)
from assessments.services.posting import post_grades
from assessments.services.transcript import FONTS
from assessments.tests.factories import make_school

WORDS = Words(
    title="Transcript",
    heads=("Work", "Score", "Out of", "Since"),
    nothing="Nothing to grade yet",
    total="Total",
    note="A dash means that no grade is posted.",
    page="Page %(page)s of %(pages)s",
)


def read(data: bytes) -> PdfReader:
    assert data.startswith(b"%PDF-")
    return PdfReader(BytesIO(data))


def sheet(**changed: Any) -> Sheet:
    fields: dict[str, Any] = {
        "person": "Zo\u00eb \u0141ukasi\u0144ska-\u0150rs\u00e9g",
        "course": "Stones",
        "made_at": datetime(2026, 3, 2, 9, tzinfo=UTC),
        "made": "Made on 2 March 2026",
        "language": "en",
        "parts": [Part("Talks", "70.00 %", [Line("One", "7", "10", "1 March 2026")])],
        "total": "70.00 % C",
        "words": WORDS,
    }
    return Sheet(**{**fields, **changed})


def test_it_has_a_title_a_language_an_outline_and_every_letter() -> None:
    pdf = read(write_transcript(sheet(), fonts=FONTS))
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Transcript: Zo\u00eb \u0141ukasi\u0144ska-\u0150rs\u00e9g, Stones"
    root: Any = pdf.trailer["/Root"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert str(root["/Lang"]).startswith("en")
    assert [str(one.title) for one in pdf.outline if not isinstance(one, list)] == ["Talks"]
    text = pdf.pages[0].extract_text()
    for words in (sheet().person, "Made on 2 March 2026", "One", "70.00 % C", "Page 1 of 1"):
        assert words in text


def test_long_ones_break_between_lines_and_repeat_the_heads() -> None:
    lines = [Line(f"Work {n} " + "with a long name " * 6, "7", "10", "today") for n in range(60)]
    pdf = read(write_transcript(sheet(parts=[Part("Talks", "1 %", lines)]), fonts=FONTS))
    pages = [page.extract_text() for page in pdf.pages]
    assert len(pages) > 3
    for number, text in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in text
        assert "Out of" in text or "A dash" in text
    whole = "\n".join(pages)
    assert all(whole.count(f"Work {n} ") == 1 for n in range(60))


def test_an_empty_one_says_so() -> None:
    text = read(write_transcript(sheet(parts=[], total=""), fonts=FONTS)).pages[0].extract_text()
    assert "Nothing to grade yet" in text
    assert "Total" not in text


@pytest.mark.django_db
def test_only_what_is_posted_is_printed() -> None:  # Z7
    school = make_school()
    teacher = school.actor("instructor")
    inside = create_category(
        actor=teacher, course=school.course, fields=CategoryFields(name="Talks")
    )
    made: list[GradeItem] = []
    for title, score in (("Shown", "7.25"), ("Hidden", "3.19")):
        fields = ItemFields(title=title, max_score=Decimal(10), category=inside)
        item = create_manual_item(actor=teacher, course=school.course, fields=fields)
        set_cell(actor=teacher, item=item, learner=school.learner, score=Decimal(score))
        made.append(item)
    post_grades(actor=teacher, item=made[0], released=True)
    client = Client()
    client.force_login(school.learner)
    answer = client.get(f"/c/{school.course.slug}/grades/transcript.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Cache-Control"] == "no-store"
    text = read(answer.content).pages[0].extract_text()
    assert "7.25" in text
    assert "72.50 %" in text
    assert "3.19" not in text
    assert "Hidden" in text
