"""Settings of a course: its words, who may come, publishing, archiving, deleting."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from courses.forms.course import CourseForm, CoverForm
from courses.rules import MANAGE_COURSE, STAFF_COURSE
from courses.services import course as courses
from courses.services.attachment import remove_cover, set_cover
from courses.views.doors import find_course, refusals
from courses.views.outline import teach_context
from lms.kernel.web import flash
from lms.kernel.web.middleware import actor_of


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything an instructor says about the course, guarded by its version."""
    course = find_course(request, slug, MANAGE_COURSE)
    form = CourseForm(request.POST or None, initial=CourseForm.initial_of(course))
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            courses.update_course(
                actor=actor_of(request),
                course=course,
                content=form.content(),
                expected=form.cleaned_data["version"],
            )
            messages.success(request, _("Saved."))
            return redirect("teach-settings", slug=slug)
    context = teach_context(request, course, "settings", form=form, cover=CoverForm())
    status = 400 if form.errors else 200
    return render(request, "courses/settings/edit.html", context, status=status)


@require_POST
def change_state(request: HttpRequest, slug: str, verb: str) -> HttpResponse:
    """Publish, archive, delete or restore."""
    course = find_course(request, slug, STAFF_COURSE)
    actor = actor_of(request)
    with refusals(request):
        if verb == "publish":
            courses.publish_course(actor=actor, course=course)
            messages.success(request, _("The course is in the catalogue now."))
        elif verb == "archive":
            courses.archive_course(actor=actor, course=course)
            messages.success(request, _("The course is archived. Its members can still read it."))
        elif verb == "restore":
            courses.restore_course(actor=actor, course=course)
        else:
            courses.delete_course(actor=actor, course=course)
            undo = reverse("teach-state", args=[slug, "restore"])
            flash.undoable(request, _("“%(title)s” was deleted.") % {"title": course.title}, undo)
            return redirect("teach")
    return redirect("teach-settings", slug=slug)


@require_POST
def change_cover(request: HttpRequest, slug: str) -> HttpResponse:
    """Set the picture, or take it away (`act=remove`)."""
    course = find_course(request, slug, MANAGE_COURSE)
    actor = actor_of(request)
    form = CoverForm(request.POST, request.FILES)
    with refusals(request):
        if request.POST.get("act") == "remove":
            remove_cover(actor=actor, course=course)
        elif form.is_valid():
            set_cover(actor=actor, course=course, content=form.cleaned_data["file"])
            messages.success(request, _("The picture was changed."))
        else:
            messages.error(request, _("Choose a picture."))
    return redirect("teach-settings", slug=slug)
