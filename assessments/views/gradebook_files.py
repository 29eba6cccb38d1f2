"""The gradebook as CSV or a workbook: out, and in again after a look at what would change."""

from dataclasses import asdict

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from assessments.forms.gradebook import ImportForm
from assessments.services.grade_export import TYPES, write_gradebook
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


@require_safe
def export(request: HttpRequest, slug: str, ending: str) -> HttpResponse:
    """The whole grid as CSV or as a workbook; the same file can be edited and imported."""
    course = find_course(request, slug, STAFF_COURSE)
    data = write_gradebook(actor=actor_of(request), course=course, ending=ending)
    answer = HttpResponse(data, content_type=TYPES[ending])
    answer["Content-Disposition"] = f'attachment; filename="{course.slug}-grades.{ending}"'
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
        cells = form.cleaned_data["file"]
        plan = plan_import(actor=actor_of(request), course=course, cells=cells)
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
