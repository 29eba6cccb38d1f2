"""Teach: one's courses, and a new one."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from courses.forms.course import NewCourseForm
from courses.queries.teaching import taught_courses
from courses.services.course import create_course
from courses.views.doors import refusals
from lms.kernel.errors import Denied, SignInRequired
from lms.kernel.web.middleware import actor_of

PAGE_SIZE = 20


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The courses one assists or instructs, and what waits in them; admins can ask for all."""
    actor = actor_of(request)
    if not actor.signed_in:
        raise SignInRequired
    everybody = actor.is_admin and request.GET.get("all") == "1"
    rows = taught_courses(actor, everybody=everybody)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "everybody": everybody,
        "may_create": actor.is_instructor or actor.is_admin,
    }
    return render(request, "courses/teach/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A new course starts as a draft with its author as instructor."""
    actor = actor_of(request)
    if not actor.signed_in:
        raise SignInRequired
    if not (actor.is_instructor or actor.is_admin):
        raise Denied(_("Only instructors create courses."))
    form = NewCourseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals(request, form):
            course = create_course(actor=actor, content=form.content())
            return redirect("teach-course", slug=course.slug)
    status = 400 if form.errors else 200
    return render(request, "courses/teach/new.html", {"form": form}, status=status)
