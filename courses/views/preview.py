"""View as student: read-only, with a banner on every page, logged (Z8)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from courses.queries.contents import slug_of
from courses.rules import STAFF_COURSE
from courses.services.preview import start_preview, stop_preview
from courses.views.doors import find_course
from lms.kernel.web.middleware import PREVIEW_KEY, actor_of


@require_POST
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin to see the course as its learners do."""
    course = find_course(request, slug, STAFF_COURSE)
    request.session[PREVIEW_KEY] = start_preview(actor=actor_of(request), course=course)
    return redirect("course", slug=slug)


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Be oneself again, back in the outline of that course."""
    actor = actor_of(request)
    stop_preview(actor=actor)
    request.session.pop(PREVIEW_KEY, None)
    slug = slug_of(actor.preview_course_id)
    return redirect("teach-course", slug=slug) if slug else redirect("teach")
