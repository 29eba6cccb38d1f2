"""A course's report as files, for its staff."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from analytics.exchange.report_files import CONTENT_TYPES, has_parquet
from analytics.forms.course import ExportForm
from analytics.queries.exports import last_export_job, own_exports, running_export
from analytics.scoring.report_tables import TABLES
from analytics.services.exports import file_name, start_export, take_by_token, take_export
from courses.rules import ASSIST_COURSE, MANAGE_COURSE, STAFF_COURSE
from courses.views.doors import find_course, refusals
from courses.views.files import send_file
from lms.kernel.models import JobState
from lms.kernel.rules import allows
from lms.kernel.web.middleware import actor_of

SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """Make an export, and take those that are there."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    form = ExportForm(request.POST or None, initial={"format": "csv"})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with refusals(request, form):
            start_export(
                actor=actor,
                course=course,
                kind=given["format"],
                pseudonymous=given["pseudonymous"],
            )
        if not form.errors:
            messages.success(request, _("The file is being written."))
            return redirect("teach-exports", slug=slug)
    last = last_export_job(actor, course)
    context = {
        "course": course,
        "tab": "analytics",
        "may_manage": allows(actor, MANAGE_COURSE, course),
        "may_make": allows(actor, ASSIST_COURSE, course),
        "form": form,
        "job": running_export(actor, course),
        "failed": last.error if last and last.state == JobState.FAILED else "",
        "exports": list(own_exports(actor, course)[:SHOWN]),
        "tables": TABLES,
        "has_parquet": has_parquet(),
    }
    status = 422 if form.errors else 200
    return render(request, "analytics/exports/index.html", context, status=status)


@never_cache
@require_safe
def take(request: HttpRequest, slug: str, export_id: str) -> HttpResponseBase:
    """The file, for who made it and still staffs the course."""
    course = find_course(request, slug, STAFF_COURSE)
    row = take_export(actor=actor_of(request), course=course, export_id=export_id)
    return send_file(request, row.file, file_name(row), CONTENT_TYPES[row.format], download=True)


@require_safe
@never_cache
def signed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file behind an address of the API; whoever holds it within its time may read."""
    row = take_by_token(token=token)
    return send_file(request, row.file, file_name(row), CONTENT_TYPES[row.format], download=True)
