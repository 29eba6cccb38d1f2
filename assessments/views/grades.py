"""A learner's own grades."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.enums import Aggregate
from assessments.queries.own_grades import (
    OwnPart,
    own_gradebook,
    own_parts,
)
from assessments.queries.quiz import overdue_of
from assessments.scoring.gradebook_trace import Step, percent
from assessments.services.closing import settle
from assessments.services.transcript import write_own_transcript
from assessments.views.gradebook import LEFT_OUT, NOTES
from courses.models import Course
from courses.rules import LEARN_COURSE, OPEN_COURSE
from courses.views.doors import course_context, find_course
from lms.kernel import clock
from lms.kernel.rules import allows
from lms.kernel.web.middleware import actor_of


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
    pdf = write_own_transcript(actor=actor_of(request), course=course)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{course.slug}-transcript.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


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
