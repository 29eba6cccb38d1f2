"""The page of a course: what it is, what is in it, how to get in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.queries.catalogue import language_name
from courses.queries.contents import (
    contents_of,
    description_of,
    instructors_of,
    own_enrolment,
)
from courses.services.enrolment import enrol_learner, join_by_link, leave_course
from courses.services.invitation import (
    accept_invitation,
    course_by_join_code,
    invitation_by_token,
)
from courses.views.doors import course_context, find_course, refusals
from lms.kernel import clock
from lms.kernel.errors import SignInRequired
from lms.kernel.web.middleware import actor_of


@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """For everybody who may know of the course; members go on from here."""
    course = find_course(request, slug)
    actor = actor_of(request)
    enrolment = own_enrolment(actor, course)
    context = course_context(
        request,
        course,
        "overview",
        contents=contents_of(actor, course),
        enrolment=enrolment,
        instructors=instructors_of(course),
        description=description_of(course),
        language=language_name(course.language),
        ended=course.ends_at is not None and course.ends_at <= clock.now(),
        upcoming=course.starts_at is not None and course.starts_at > clock.now(),
    )
    return render(request, "courses/course/show.html", context)


@require_POST
def enrol(request: HttpRequest, slug: str) -> HttpResponse:
    """Enrol oneself; a refusal is shown on the course page."""
    course = find_course(request, slug)
    _require_person(request)
    with refusals(request):
        enrol_learner(actor=actor_of(request), course=course)
        messages.success(request, _("You are in. Take the first step."))
        return redirect("learn-resume", slug=slug)
    return redirect("course", slug=slug)


@require_POST
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Leave a course; progress is kept for a return."""
    course = find_course(request, slug)
    with refusals(request):
        leave_course(actor=actor_of(request), course=course)
        messages.success(request, _("You left the course. Your progress is kept."))
        return redirect("dashboard")
    return redirect("course", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, code: str) -> HttpResponse:
    """The join link: says what it leads to, then lets the person in."""
    _require_person(request)
    course = course_by_join_code(code)
    if request.method == "POST":
        with refusals(request):
            join_by_link(actor=actor_of(request), course=course, code=code)
            messages.success(request, _("You are in. Take the first step."))
            return redirect("learn-resume", slug=course.slug)
    return render(request, "courses/course/join.html", {"course": course, "code": code})


@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation's link: says what it leads to, then lets the person in.

    Who has no account yet, or is not signed in, reads the same and comes back here afterwards.
    """
    invitation = invitation_by_token(token)
    if request.method == "POST":
        _require_person(request)
        with refusals(request):
            accept_invitation(actor=actor_of(request), token=token)
            messages.success(request, _("Welcome to the course."))
            return redirect("course", slug=invitation.course.slug)
    context = {
        "course": invitation.course,
        "invitation": invitation,
        "token": token,
        "sign_up": urlencode({"email": invitation.email, "next": request.path}),
        "sign_in": urlencode({"next": request.path}),
        "other_account": request.user.is_authenticated and request.user.email != invitation.email,
    }
    return render(request, "courses/course/invited.html", context)


def _require_person(request: HttpRequest) -> None:
    if not actor_of(request).signed_in:
        raise SignInRequired
