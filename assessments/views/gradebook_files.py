"""The gradebook as CSV: out, and in again after a look at what would change."""

import json
from dataclasses import asdict
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from assessments.exchange.grade_csv import UnreadableTable, read_table, shown, write_table
from assessments.forms.gradebook import ImportForm
from assessments.queries.cells import STATUSES
from assessments.queries.gradebook import Grid, LearnerRow, grid
from assessments.services.grade_import import Plan, Planned, apply_import, plan_import
from courses.models import Course
from courses.rules import ASSIST_COURSE, STAFF_COURSE
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.rules import require
from lms.kernel.web.middleware import actor_of

SALT = "assessments.grade_import"
LIFE_SECONDS = 3600
SHOWN_LINES = 200
UNREADABLE = {
    "empty": gettext_lazy("The file is empty."),
    "no_ids": gettext_lazy("The first column is not “id”. Start from an exported file."),
    "no_columns": gettext_lazy("No column has its id in brackets. Start from an exported file."),
    "too_large": gettext_lazy("The file is too large: at most 5,000 learners and 400 columns."),
}


@require_safe
def export(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole grid as CSV; the same file can be edited and imported."""
    course = find_course(request, slug, STAFF_COURSE)
    found = grid(actor_of(request), course)
    text = write_table(
        [(item.public_id, item.name) for item in found.items],
        ((row.public_id, row.name, _cells(found, row), _total(row)) for row in found.rows),
    )
    answer = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{course.slug}-grades.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def read(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a file; look at what it would change; then all of it or nothing."""
    course = find_course(request, slug, STAFF_COURSE)
    require(actor_of(request), ASSIST_COURSE, course)
    if request.method == "POST" and "plan" in request.POST:
        return _apply(request, course)
    form = ImportForm(request.POST or None, request.FILES or None)
    plan = None
    if request.method == "POST" and form.is_valid():
        plan = _plan(request, course, form)
    context = teach_context(
        request,
        course,
        "gradebook",
        form=form,
        plan=plan,
        lines=plan.lines[:SHOWN_LINES] if plan else [],
        signed=_signed(request, course, plan) if plan and not plan.problems else "",
    )
    status = 400 if request.method == "POST" and (plan is None or plan.problems) else 200
    return render(request, "assessments/gradebook/import.html", context, status=status)


def _plan(request: HttpRequest, course: Course, form: forms.Form) -> Plan | None:
    try:
        cells = read_table(form.cleaned_data["file"])
    except UnreadableTable as problem:
        form.add_error("file", str(UNREADABLE[problem.code]))
        return None
    return plan_import(actor=actor_of(request), course=course, cells=cells)


def _signed(request: HttpRequest, course: Course, plan: Plan) -> str:
    changes = [list(asdict(one).values()) for one in plan.changes]
    return signing.dumps([course.pk, request.user.pk, changes], salt=SALT, compress=True)


def _apply(request: HttpRequest, course: Course) -> HttpResponse:
    try:
        course_id, user_id, rows = signing.loads(
            request.POST["plan"], salt=SALT, max_age=LIFE_SECONDS
        )
    except signing.BadSignature:
        course_id, user_id, rows = None, None, []
    if (course_id, user_id) != (course.pk, request.user.pk):
        messages.error(request, _("This look at the file is too old. Choose it again."))
        return redirect("teach-gradebook-import", course.slug)
    with refusals(request):
        changes = [Planned(*row) for row in rows]
        count = apply_import(actor=actor_of(request), course=course, changes=changes)
        words = ngettext("%(n)s grade imported.", "%(n)s grades imported.", count)
        messages.success(request, words % {"n": count})
        return redirect("teach-gradebook", course.slug)
    return redirect("teach-gradebook-import", course.slug)


def _cells(found: Grid, row: LearnerRow) -> list[str]:
    texts = [""] * len(found.items)
    for place, score, status, *_more in json.loads(
        row.cells, parse_float=Decimal, parse_int=Decimal
    ):
        texts[int(place)] = shown(score, STATUSES[int(status)])
    return texts


def _total(row: LearnerRow) -> str:
    total = row.override if row.override is not None else row.total
    return "" if total is None else f"{total:f}"
