"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from courses.queries.dashboard import featured_courses, site_figures
from lms.kernel.web.middleware import actor_of


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """What Cairn is and what is open now, for visitors; who is signed in goes on learning."""
    if actor_of(request).signed_in:
        return redirect("dashboard")
    context = {"featured": featured_courses(), "figures": site_figures()}
    return render(request, "courses/landing/index.html", context)
