"""Each person's own time zone and language, and the end of old sessions."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from accounts.services.access import STAMPS_KEY, new_stamps
from lms.kernel import clock

GetResponse = Callable[[HttpRequest], HttpResponse]
RENEW_SECONDS = 300


class PersonMiddleware:
    """Activate the person's time zone and language; without an account, the cookie's language."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone, language = "UTC", request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if request.user.is_authenticated:
            zone, language = request.user.time_zone, request.user.language
        with timezone.override(clock.zone_named(zone)), translation.override(_language(language)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language())
        return response


def _language(code: str) -> str:
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


class StaffSessionMiddleware:
    """End sessions of people who teach, analyse or administer when idle or old (A4).

    The sign-in stamps the session; a stamp is renewed every five minutes at most, so that reading
    pages writes nothing in between.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        stamps = request.session.get(STAMPS_KEY)
        user = request.user
        if stamps and user.is_authenticated and (user.may_teach or user.is_site_analyst):
            self._check(request, stamps)
        return self.get_response(request)

    @staticmethod
    def _check(request: HttpRequest, stamps: dict[str, float]) -> None:
        now = clock.now().timestamp()
        idle, age = now - stamps["seen"], now - stamps["signed_in"]
        if idle > settings.STAFF_IDLE_SECONDS or age > settings.STAFF_SESSION_SECONDS:
            logout(request)
        elif idle > RENEW_SECONDS:
            request.session[STAMPS_KEY] = new_stamps(stamps["signed_in"])
