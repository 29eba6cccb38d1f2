"""The least that Django's users start: one page, sessions and accounts installed, no database."""

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(
    SECRET_KEY="of a benchmark alone",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
    ],
)
django.setup()


def page(_request: HttpRequest) -> HttpResponse:
    """The page."""
    return HttpResponse("ok")


urlpatterns = [path("healthz", page)]
application = get_wsgi_application()
