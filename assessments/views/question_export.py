"""Write questions of a course's bank into a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from assessments.enums import ExchangeFormat
from assessments.queries.bank import course_bank
from assessments.services.question_export import export_questions
from assessments.views.bank_filter import filter_of, query_of
from courses.rules import STAFF_COURSE
from courses.views.doors import find_course
from courses.views.outline import teach_context
from lms.kernel.errors import NotFound
from lms.kernel.web.middleware import actor_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from assessments.services.question_export import QuestionExport

SHOWN_LINES = 200


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """What a file in each format would hold and lose, before it is downloaded."""
    course = find_course(request, slug, STAFF_COURSE)
    if course_bank(actor_of(request), course) is None:
        return redirect("teach-bank", slug=slug)
    done = _written(request, slug)
    narrow = filter_of(request)
    context = teach_context(
        request,
        course,
        "bank",
        done=done,
        narrow=narrow,
        query=query_of(narrow),
        formats=ExchangeFormat.choices,
        lines=Paginator(done.lost, SHOWN_LINES).get_page(request.GET.get("page")),
    )
    return render(request, "assessments/bank/export.html", context)


@require_safe
def download(request: HttpRequest, slug: str) -> HttpResponse:
    """The file itself."""
    done = _written(request, slug)
    kind = "application/xml" if done.format == ExchangeFormat.MOODLE_XML else "text/plain"
    response = HttpResponse(done.text, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{done.name}"'
    response["Cache-Control"] = "no-store"
    return response


def _written(request: HttpRequest, slug: str) -> QuestionExport:
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    bank = course_bank(actor, course)
    if bank is None:
        raise NotFound
    wanted = request.GET.get("as", "")
    chosen = ExchangeFormat(wanted) if wanted in ExchangeFormat.values else ExchangeFormat.GIFT
    return export_questions(actor=actor, bank=bank, narrow=filter_of(request), format=chosen)
