"""The statuses that a course makes for itself, page by page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from assessments.forms.gradebook import StatusForm
from assessments.models import Gradebook
from assessments.queries.book import settings_of
from assessments.queries.grade_status import course_status
from assessments.scoring.gradebook_statuses import CourseStatus
from assessments.services.grade_status import (
    StatusFields,
    archive_status,
    create_status,
    delete_status,
    is_used,
    update_status,
)
from courses.rules import MANAGE_COURSE
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.web.middleware import actor_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest, slug: str, key: str = "") -> HttpResponse:
    """A new status, or one to change, archive or remove."""
    course = find_course(request, slug, MANAGE_COURSE)
    actor = actor_of(request)
    row: CourseStatus | None = None
    if key:
        book, row = course_status(actor, course, key)
    else:
        book = settings_of(course.pk)
    form = StatusForm(request.POST or None, initial=_initial(book, row))
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        expected = data.pop("version")
        with refusals(request, form):
            fields = StatusFields(archived=row is not None and row.archived, **data)
            if row is None:
                create_status(actor=actor, course=course, fields=fields, expected=expected)
            else:
                update_status(actor=actor, course=course, key=key, fields=fields, expected=expected)
            messages.success(request, _("Saved. The totals follow in a moment."))
            return redirect("teach-gradebook-setup", slug)
    used = row is not None and is_used(course, row.key)
    context = teach_context(request, course, "gradebook", form=form, row=row, used=used)
    code = 400 if request.method == "POST" else 200
    return render(request, "assessments/gradebook/status.html", context, status=code)


@require_POST
def change_status(request: HttpRequest, slug: str, key: str, verb: str) -> HttpResponse:
    """Archive a status, offer it again, or remove one that no grade ever bore."""
    course = find_course(request, slug, MANAGE_COURSE)
    actor = actor_of(request)
    course_status(actor, course, key)
    with refusals(request):
        if verb == "remove":
            delete_status(actor=actor, course=course, key=key)
            messages.success(request, _("The status is removed."))
            return redirect("teach-gradebook-setup", slug)
        archive_status(actor=actor, course=course, key=key, archived=verb == "archive")
        messages.success(
            request,
            _("Archived: it stays where it is, and no other cell gets it.")
            if verb == "archive"
            else _("It is offered again."),
        )
    return redirect("teach-gradebook-status", slug, key)


def _initial(book: Gradebook, row: CourseStatus | None) -> dict[str, Any]:
    if row is None:
        return {"version": book.version}
    return {
        "name": row.name,
        "sign": row.sign,
        "colour": row.colour,
        "effect": row.effect,
        "percent": None if row.percent is None else row.percent.normalize(),
        "version": book.version,
    }
