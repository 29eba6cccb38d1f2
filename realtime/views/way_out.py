"""The way out of mail, from a link in it or a button of the mail program; no sign-in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from realtime.queries.way_out import OFF, read_way, way_back
from realtime.services.way_out import begin_mail, end_mail

PAGE = "realtime/notifications/way_out.html"


@csrf_exempt  # mail programs post here (RFC 8058); the signed token says whose and what
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mail_off(request: HttpRequest, token: str) -> HttpResponse:
    """Ask first when opened; end the mail when posted to."""
    if request.method != "POST":
        way = read_way(token, OFF)
        with translation.override(way.person.language):
            return render(request, PAGE, {"way": way, "state": "ask"})
    way, changed = end_mail(token=token)
    with translation.override(way.person.language):
        back = way_back(way.person, changed) if changed else ""
        return render(request, PAGE, {"way": way, "state": "off", "back": back})


@never_cache
@require_POST
def mail_on(request: HttpRequest, token: str) -> HttpResponse:
    """Take it back."""
    way = begin_mail(token=token)
    with translation.override(way.person.language):
        return render(request, PAGE, {"way": way, "state": "on"})
