"""A learner's own transcript as PDF: the posted grades and the total on one sheet."""

from pathlib import Path

from django.conf import settings
from django.template.defaultfilters import floatformat
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.queries.people import own_person
from assessments.enums import GradeStatus, Ungraded
from assessments.exchange.transcript_pdf import Line, Part, Sheet, Words, write_transcript
from assessments.queries.own_grades import (
    OwnGradebook,
    OwnLine,
    OwnPart,
    own_gradebook,
    own_parts,
)
from assessments.scoring.agreement import plain
from assessments.scoring.gradebook_trace import percent
from courses.models import Course
from courses.rules import LEARN_COURSE, OPEN_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied
from lms.kernel.rules import require

FONTS = Path(settings.BASE_DIR) / "static" / "vendor" / "inter-ttf-0.4.2"


def write_own_transcript(*, actor: Actor, course: Course) -> bytes:
    """What is posted of the asker's grades, in their language. Raises what `require` raises."""
    require(actor, OPEN_COURSE, course)
    if not LEARN_COURSE.may(actor, course):
        raise Denied(_("Only learners have a transcript."))
    found = own_gradebook(actor, course)
    sheet = Sheet(
        person=own_person(actor).display_name,
        course=course.title,
        made_at=clock.now(),
        made=_("Made on %(date)s") % {"date": date_format(localtime(clock.now()))},
        language=get_language() or "en",
        parts=[_printed(part) for part in own_parts(found)],
        total=_total(found),
        words=_sheet_words(found),
    )
    return write_transcript(sheet, fonts=FONTS)


def _printed(part: OwnPart) -> Part:
    figure = percent(part.step.share) if part.step else None
    return Part(
        name=part.name if part.depth else "",
        figure="" if figure is None else f"{floatformat(figure, 2)} %",
        lines=[_line(own) for own, _step in part.lines],
    )


def _line(own: OwnLine) -> Line:
    grade = own.grade
    if grade is None:
        return Line(own.item.name, "\u2013", plain(own.points), "\u2013")
    score = own.status if grade.score is None else plain(grade.score)
    if grade.score is not None and grade.status != GradeStatus.GRADED:
        score = f"{score} ({own.status})"
    since = date_format(localtime(grade.updated_at), "SHORT_DATE_FORMAT")
    return Line(own.item.name, score, plain(own.points), since)


def _total(own: OwnGradebook) -> str:
    if own.figure is None:
        return ""
    return f"{floatformat(own.figure, 2)} % {own.level}".strip()


def _sheet_words(own: OwnGradebook) -> Words:
    """Beside the grades: what a dash means, and that this is no certificate."""
    zero = own.book.settings.ungraded == Ungraded.ZERO
    dash = (
        _("A dash means that no grade is posted; it counts as 0 in the total.")
        if zero
        else _("A dash means that no grade is posted; it does not count in the total.")
    )
    said = _("Listed is what was posted when this was made; grades may change after it.")
    return Words(
        title=_("Transcript"),
        heads=(_("Work"), _("Score"), _("Out of"), _("Since")),
        nothing=_("Nothing to grade yet"),
        total=_("Total"),
        note=f"{said} {dash}",
        page=_("Page %(page)s of %(pages)s"),
    )
