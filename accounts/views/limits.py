"""Too many requests, for the pages that allauth limits."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

LONGEST_WINDOW_SECONDS = 900


def too_many(request: HttpRequest) -> HttpResponse:
    """429 with the longest time that any of the limits lasts (A5)."""
    response = render(request, "403.html", {"detail": "", "status": 429}, status=429)
    response["Retry-After"] = str(LONGEST_WINDOW_SECONDS)
    return response
