"""Bring files of questions into a course's bank: check, import, look back, undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.enums import ImportFate, QuestionState
from assessments.exchange.fidelity import Fidelity, table
from assessments.forms.question_import import ImportForm
from assessments.queries.question_import import imports, question_import
from assessments.rules import ADD_TO_BANK, UNDO_IMPORT
from assessments.services.question_import import (
    import_questions,
    preview_import,
    report_of,
    undo_import,
)
from assessments.views.bank_place import Place, bank_context, place_of
from assessments.views.tables import csv_answer
from courses.rules import ASSIST_COURSE
from courses.views.doors import refusals
from lms.kernel.errors import NotFound
from lms.kernel.rules import allows, require
from lms.kernel.web.middleware import actor_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from assessments.models import QuestionBank, QuestionImport

PAGE_SIZE = 25
SHOWN_LINES = 200


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a file, see what would come of it, then bring it in."""
    place = place_of(request, slug)
    if place.bank is None:
        require(place.actor, ASSIST_COURSE, place.course)
    else:
        require(place.actor, ADD_TO_BANK, place.bank)
    if request.method != "POST":
        return _form(request, place, ImportForm())
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form(request, place, form, 400)
    bank = place.needed()
    if request.POST.get("act") == "import":
        return _import(request, place, bank, form)
    with refusals(request, form):
        report = preview_import(
            actor=actor_of(request),
            bank=bank,
            file=form.cleaned_data["given"],
            take_same=form.cleaned_data["take_same"],
        )
        return _preview(request, place, form, report)
    return _form(request, place, form, 400)


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """What was brought into the bank, newest first."""
    place = place_of(request, slug)
    actor, bank = place.actor, place.bank
    rows = imports(actor, bank=bank) if bank else imports(actor).none()
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = bank_context(request, place, page=page, may_add=place.may_add)
    return render(request, "assessments/bank/imports.html", context)


@require_safe
def report(request: HttpRequest, slug: str, import_id: str) -> HttpResponse:
    """What came, what was lost, what was left and why, line by line."""
    place, row = _found(request, slug, import_id)
    context = _report_context(request, report_of(row))
    page = bank_context(
        request,
        place,
        row=row,
        may_undo=allows(actor_of(request), UNDO_IMPORT, row),
        **context,
    )
    return render(request, "assessments/bank/import_report.html", page)


@require_safe
def report_csv(request: HttpRequest, slug: str, import_id: str) -> HttpResponse:
    """The same report as a table."""
    _place, row = _found(request, slug, import_id)
    return csv_answer(f"import-{row.public_id}.csv", table(report_of(row)))


@require_POST
def undo(request: HttpRequest, slug: str, import_id: str) -> HttpResponse:
    """Remove the questions of an import that nobody uses."""
    _place, row = _found(request, slug, import_id)
    with refusals(request):
        before = row.questions.count()
        staying = undo_import(actor=actor_of(request), brought=row)
        gone = before - len(staying)
        words = ngettext("%(n)s question is removed.", "%(n)s questions are removed.", gone)
        messages.success(request, words % {"n": gone})
        if staying:
            words = ngettext(
                "%(n)s question stays; the reason is below.",
                "%(n)s questions stay; the reasons are below.",
                len(staying),
            )
            messages.info(request, words % {"n": len(staying)})
    return redirect("teach-import", slug=slug, import_id=import_id)


def _found(request: HttpRequest, slug: str, import_id: str) -> tuple[Place, QuestionImport]:
    """An import into a bank at hand, and the bank."""
    place = place_of(request, slug)
    row = question_import(place.actor, import_id)
    if row.bank_id not in {one.pk for one in place.banks}:
        raise NotFound
    return place_of(request, slug, row.bank), row


def _form(request: HttpRequest, place: Place, form: ImportForm, status: int = 200) -> HttpResponse:
    context = bank_context(request, place, form=form)
    return render(request, "assessments/bank/import.html", context, status=status)


def _preview(
    request: HttpRequest, place: Place, form: ImportForm, report: Fidelity
) -> HttpResponse:
    given = form.cleaned_data["given"]
    telling = sorted(report.lines, key=lambda line: line.fate == ImportFate.CAME)
    context = bank_context(
        request,
        place,
        form=form,
        file=given,
        report=report,
        fates=_fates(report),
        lines=Paginator(telling, SHOWN_LINES).get_page(1),
    )
    return render(request, "assessments/bank/import_preview.html", context)


def _import(
    request: HttpRequest, place: Place, bank: QuestionBank, form: ImportForm
) -> HttpResponse:
    with refusals(request, form):
        row = import_questions(
            actor=actor_of(request),
            bank=bank,
            file=form.cleaned_data["given"],
            take_same=form.cleaned_data["take_same"],
            state=QuestionState(form.cleaned_data["state"] or QuestionState.READY),
        )
        words = ngettext(
            "%(n)s question is in the bank.",
            "%(n)s questions are in the bank.",
            row.question_count,
        )
        messages.success(request, words % {"n": row.question_count})
        return redirect("teach-import", slug=place.course.slug, import_id=row.public_id)
    return _form(request, place, form, 400)


def _fates(report: Fidelity) -> list[tuple[str, Any, int]]:
    return [(str(f), f.label, report.count(f)) for f in ImportFate if report.count(f)]


def _report_context(request: HttpRequest, report: Fidelity) -> dict[str, Any]:
    fate = request.GET.get("fate", "")
    shown = [line for line in report.lines if fate in {"", line.fate}]
    return {
        "report": report,
        "fate": fate,
        "fates": _fates(report),
        "lines": Paginator(shown, SHOWN_LINES).get_page(request.GET.get("page")),
    }
