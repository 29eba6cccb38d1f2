"""Rubrics and marking guides as pages."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.enums import RubricKind
from assessments.forms.rubric import RubricForm, is_arranging
from assessments.models import Rubric
from assessments.queries.rubric import rubric, rubrics
from assessments.scoring.rubric import criteria_of
from assessments.services import rubric as services
from courses.models import Course
from courses.rules import MANAGE_COURSE, STAFF_COURSE
from courses.views.doors import find_course
from courses.views.outline import teach_context
from lms.kernel.errors import Conflict, Invalid, NotFound, Stale
from lms.kernel.web import flash
from lms.kernel.web.middleware import actor_of


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """The rubrics and guides of a course."""
    course = find_course(request, slug, STAFF_COURSE)
    rows = list(rubrics(actor_of(request), course=course))
    context = teach_context(request, course, "assignments", rubrics=rows)
    return render(request, "assessments/rubric/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Write a new one."""
    course = find_course(request, slug, MANAGE_COURSE)
    if kind not in RubricKind.values:
        raise NotFound
    if request.method != "POST":
        return _page(request, course, None, RubricForm.blank(kind))
    form = RubricForm.posted(kind, request.POST)
    if is_arranging(request.POST.get("act", "")):
        return _page(request, course, None, form)
    made = _saved(request, course, None, form)
    if made is None:
        return _page(request, course, None, form, status=400)
    return redirect("teach-rubric", slug=slug, rubric_id=made.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, rubric_id: str) -> HttpResponse:
    """Change one; what has judged work gets a new version."""
    course = find_course(request, slug, STAFF_COURSE)
    row = rubric(actor_of(request), rubric_id, course=course)
    if request.method != "POST":
        now = criteria_of(row.latest.criteria) if row.latest else ()
        return _page(request, course, row, RubricForm.of(row.kind, row.title, now, row.version))
    form = RubricForm.posted(row.kind, request.POST)
    if is_arranging(request.POST.get("act", "")):
        return _page(request, course, row, form)
    if _saved(request, course, row, form) is None:
        return _page(request, course, row, form, status=400)
    return redirect("teach-rubric", slug=slug, rubric_id=rubric_id)


@require_POST
def change(request: HttpRequest, slug: str, rubric_id: str, verb: str) -> HttpResponse:
    """Copy, retire or restore."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    row = rubric(actor, rubric_id, course=course)
    if verb == "copy":
        made = services.copy_rubric(actor=actor, rubric=row)
        messages.success(request, _("Copied. Change the copy here."))
        return redirect("teach-rubric", slug=slug, rubric_id=made.public_id)
    services.retire_rubric(actor=actor, rubric=row, retired=verb == "retire")
    if verb == "retire":
        undo = reverse("teach-rubric-change", args=[slug, rubric_id, "restore"])
        flash.undoable(request, _("It is offered no more. Work it judged keeps it."), undo)
    return redirect("teach-rubrics", slug=slug)


def _saved(
    request: HttpRequest, course: Course, row: Rubric | None, form: RubricForm
) -> Rubric | None:
    """The rubric as it was written, None with `form.errors` when it was refused."""
    actor, criteria = actor_of(request), form.criteria()
    if form.errors:
        return None
    written: dict[str, Any] = {"title": form.title, "criteria": criteria}
    try:
        if row is None:
            row = services.create_rubric(actor=actor, course=course, kind=form.kind, **written)
        else:
            row = services.revise_rubric(actor=actor, rubric=row, expected=form.expected, **written)
    except (Invalid, Conflict, Stale) as refused:
        form.errors.append(refused.detail)
        return None
    messages.success(request, _("Saved."))
    return row


def _page(
    request: HttpRequest, course: Course, row: Rubric | None, form: RubricForm, status: int = 200
) -> HttpResponse:
    context = teach_context(request, course, "assignments", rubric=row, form=form)
    return render(request, "assessments/rubric/edit.html", context, status=status)
