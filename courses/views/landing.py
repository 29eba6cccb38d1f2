"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses.queries.dashboard import featured_courses, site_figures


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """What Cairn is, what is open now, and true numbers of this site."""
    context = {"featured": featured_courses(), "figures": site_figures()}
    return render(request, "courses/landing/index.html", context)
