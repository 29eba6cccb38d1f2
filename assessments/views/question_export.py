"""Write questions of a course's bank into a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from assessments.enums import ExchangeFormat
from assessments.queries.bank import QuestionFilter
from assessments.services.question_export import export_questions
from assessments.views.bank_filter import filter_of, query_of
from assessments.views.bank_place import Place, bank_context, place_of
from lms.kernel.errors import NotFound

if TYPE_CHECKING:
    from django.http import HttpRequest

    from assessments.services.question_export import QuestionExport

SHOWN_LINES = 200


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """What a file in each format would hold and lose, before it is downloaded."""
    place = place_of(request, slug)
    if place.bank is None:
        return redirect("teach-bank", slug=slug)
    done = _written(request, place)
    narrow = filter_of(request)
    context = bank_context(
        request,
        place,
        done=done,
        narrow=narrow,
        query=query_of(narrow, place.key),
        whole=query_of(QuestionFilter(), place.key),
        formats=ExchangeFormat.choices,
        lines=Paginator(done.lost, SHOWN_LINES).get_page(request.GET.get("page")),
    )
    return render(request, "assessments/bank/export.html", context)


@require_safe
def download(request: HttpRequest, slug: str) -> HttpResponse:
    """The file itself."""
    done = _written(request, place_of(request, slug))
    kind = "application/xml" if done.format == ExchangeFormat.MOODLE_XML else "text/plain"
    response = HttpResponse(done.text, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{done.name}"'
    response["Cache-Control"] = "no-store"
    return response


def _written(request: HttpRequest, place: Place) -> QuestionExport:
    if place.bank is None:
        raise NotFound
    wanted = request.GET.get("as", "")
    chosen = ExchangeFormat(wanted) if wanted in ExchangeFormat.values else ExchangeFormat.GIFT
    return export_questions(
        actor=place.actor, bank=place.bank, narrow=filter_of(request), format=chosen
    )
