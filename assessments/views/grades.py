"""A learner's own grades."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import floatformat
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.enums import Aggregate, GradeStatus, Ungraded
from assessments.exchange.transcript_pdf import Line, Part, Sheet, Words, write_transcript
from assessments.queries.own_grades import (
    OwnGradebook,
    OwnLine,
    OwnPart,
    own_gradebook,
    own_parts,
)
from assessments.queries.quiz import overdue_of
from assessments.scoring.agreement import plain
from assessments.scoring.gradebook_trace import Step, percent
from assessments.services.closing import settle
from assessments.views.gradebook import LEFT_OUT, NOTES
from courses.models import Course
from courses.rules import LEARN_COURSE, OPEN_COURSE
from courses.views.doors import course_context, find_course
from lms.kernel import clock
from lms.kernel.rules import allows
from lms.kernel.web.middleware import actor_of

FONTS = Path(settings.BASE_DIR) / "static" / "vendor" / "inter-ttf-0.4.2"


@require_safe
def own(request: HttpRequest, slug: str) -> HttpResponse:
    """One's posted grades by category, and how they add up; `period` narrows to one."""
    course = find_course(request, slug, OPEN_COURSE)
    actor = actor_of(request)
    for attempt in overdue_of(actor, course):
        settle(attempt)
    found = own_gradebook(actor, course, period=request.GET.get("period", "")[:22])
    context = course_context(
        request,
        course,
        "grades",
        own=found,
        parts=[_shown(part) for part in own_parts(found)],
        settings=found.book.settings,
        period=request.GET.get("period", ""),
        may_try=found.trace is not None and allows(actor, LEARN_COURSE, course),
        try_url=f"/api/v1/gradebook/{course.public_id}/what-if/",
        words=json.dumps(_words(course)),
    )
    return render(request, "assessments/grades/own.html", context)


@require_safe
def transcript(request: HttpRequest, slug: str) -> HttpResponse:
    """The posted grades and the total on one sheet, to print or to keep as PDF."""
    course = find_course(request, slug, LEARN_COURSE)
    found = own_gradebook(actor_of(request), course)
    context = course_context(
        request,
        course,
        "grades",
        own=found,
        parts=[_shown(part) for part in own_parts(found)],
        person=request.user,
        now=clock.now(),
    )
    return render(request, "assessments/grades/transcript.html", context)


@require_safe
def transcript_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The same sheet as PDF."""
    course = find_course(request, slug, LEARN_COURSE)
    found = own_gradebook(actor_of(request), course)
    sheet = Sheet(
        person=str(getattr(request.user, "display_name", "")),
        course=course.title,
        made_at=clock.now(),
        made=_("Made on %(date)s") % {"date": date_format(localtime(clock.now()))},
        language=get_language() or "en",
        parts=[_printed(part) for part in own_parts(found)],
        total=_total(found),
        words=_sheet_words(found),
    )
    pdf = write_transcript(sheet, fonts=FONTS)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{course.slug}-transcript.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


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


def _shown(part: OwnPart) -> dict[str, Any]:
    """A category for the page: figures as percentages, and what there is to say of each line."""
    by_weight = part.category.rule == Aggregate.WEIGHTED_MEAN
    return {
        "name": part.name,
        "category": part.category,
        "share": part.share,
        "depth": part.depth,
        "figure": percent(part.step.share) if part.step else None,
        "lines": [
            {
                "own": line,
                "figure": percent(step.share) if step else None,
                "said": _said(step) if step else "",
                "weighs": by_weight and step is not None and not step.left_out,
            }
            for line, step in part.lines
        ],
    }


def _said(step: Step) -> str:
    """Why a part counts as it does, after the name of a status of the course's own."""
    why = str(LEFT_OUT.get(step.left_out) or NOTES.get(step.note) or "")
    return f"{step.status}: {why}" if step.status and why else why


def _words(_course: Course) -> dict[str, str]:
    return {
        "would": _("Your total would be %s."),
        "refused": _("These numbers do not fit: a score lies between 0 and the points."),
    }
