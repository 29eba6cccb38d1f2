"""Choosing a language, signed in or not."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.queries.people import own_person
from accounts.services.people import edit_profile
from lms.kernel.web.middleware import actor_of


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the language in the profile, or in a cookie for those not signed in."""
    code, onward = request.POST.get("language", ""), request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts={request.get_host()}):
        onward = "/"
    response = redirect(onward)
    actor = actor_of(request)
    if actor.signed_in:
        edit_profile(actor=actor, person=own_person(actor), language=code)
    elif code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=settings.SESSION_COOKIE_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response
