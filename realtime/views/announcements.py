"""Announcements: read them in the course, write them where one teaches."""

from django.contrib import messages as flash
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.models import Course
from courses.rules import MANAGE_COURSE, STAFF_COURSE
from courses.views.doors import refusals
from courses.views.outline import teach_context
from lms.kernel.errors import Invalid
from lms.kernel.rules import allows, fetch, require
from lms.kernel.web.middleware import actor_of
from realtime.forms.announcements import AnnouncementForm, EditAnnouncementForm
from realtime.models import Announcement
from realtime.queries.announcements import announcements_of, course_to_read, shown
from realtime.rules import EDIT_ANNOUNCEMENT, VIEW_ANNOUNCEMENT
from realtime.services.announcements import announce, delete_announcement, edit_announcement

PAGE = 20


@require_safe
def announcements(request: HttpRequest, slug: str) -> HttpResponse:
    """What was announced in the course, newest first."""
    actor = actor_of(request)
    course = course_to_read(actor, slug=slug)
    page = _page(request, course)
    context = {
        "course": course,
        "tab": "announcements",
        "may_open": True,
        "may_staff": allows(actor, STAFF_COURSE, course),
        "page": page,
        "may_manage": allows(actor, MANAGE_COURSE, course),
    }
    return render(request, "realtime/announcements/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, slug: str) -> HttpResponse:
    """Write one; assistants see the page and who may write."""
    actor = actor_of(request)
    course = course_to_read(actor, slug=slug)
    require(actor, STAFF_COURSE, course)
    form = AnnouncementForm(request.POST or None)
    if request.method == "POST":
        require(actor, MANAGE_COURSE, course)
        if form.is_valid():
            try:
                announce(actor=actor, course=course, **form.cleaned_data)
            except Invalid as problem:
                form.add_error(next(iter(problem.errors), None), problem.detail)
            else:
                flash.success(request, _("Announced. Everybody in the course is being told."))
                return redirect("teach-announcements", slug=slug)
    page = _page(request, course)
    context = {
        "course": course,
        "tab": "announcements",
        "form": form,
        "page": page,
        "may_manage": allows(actor, MANAGE_COURSE, course),
    }
    status = 400 if form.errors else 200
    return render(request, "realtime/announcements/write.html", context, status=status)


def _page(request: HttpRequest, course: Course) -> Page[Announcement]:
    rows = announcements_of(actor_of(request), course)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.html = shown(row)
    return page


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, announcement_id: str) -> HttpResponse:
    """Other words for one that went out."""
    actor = actor_of(request)
    course = course_to_read(actor, slug=slug)
    row = fetch(
        actor, VIEW_ANNOUNCEMENT, select=("course",), public_id=announcement_id, course=course
    )
    require(actor, EDIT_ANNOUNCEMENT, row)
    known = {"title": row.title, "body": row.body, "version": row.version}
    form = EditAnnouncementForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        expected = given.pop("version")
        with refusals(request, form):
            edit_announcement(actor=actor, announcement=row, expected=expected, **given)
            flash.success(request, _("Saved. Nobody gets a second mail."))
            return redirect("teach-announcements", slug=slug)
    context = teach_context(request, course, "announcements", form=form, row=row)
    status = 400 if form.errors else 200
    return render(request, "realtime/announcements/edit.html", context, status=status)


@require_POST
def delete(request: HttpRequest, slug: str, announcement_id: str) -> HttpResponse:
    """Hide one."""
    actor = actor_of(request)
    course = course_to_read(actor, slug=slug)
    row = fetch(
        actor, VIEW_ANNOUNCEMENT, select=("course",), public_id=announcement_id, course=course
    )
    delete_announcement(actor=actor, announcement=row)
    flash.success(request, _("The announcement is no longer shown."))
    return redirect("teach-announcements", slug=slug)
