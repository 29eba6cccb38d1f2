"""Every component on one page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def styleguide(request: HttpRequest) -> HttpResponse:
    """The style guide; `?theme=` and `?dir=` choose how it is shown."""
    return render(request, "styleguide/index.html", {})
