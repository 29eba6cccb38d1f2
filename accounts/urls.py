"""Addresses of the accounts app: pages, and the resources it adds to the API."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView
from rest_framework.routers import SimpleRouter

from accounts.api.me import MeView
from accounts.api.privacy import EraseView, ExportView
from accounts.api.tokens import SignInView, TokenViewSet
from accounts.views import language, privacy, profile, tokens, trial_mail

page_urlpatterns: list[URLPattern | URLResolver] = [
    path("me/settings/", profile.settings_page, name="settings"),
    path("me/profile/", RedirectView.as_view(pattern_name="settings"), name="profile"),
    path("me/tokens/", tokens.token_list, name="tokens"),
    path("me/tokens/<str:token_id>/revoke/", tokens.token_revoke, name="token-revoke"),
    path("me/export/", privacy.export, name="export"),
    path("me/erase/", privacy.erase, name="erase"),
    path("language/", language.choose_language, name="language"),
]
if settings.TRIAL or settings.TEST:
    page_urlpatterns += [
        path("trial/mail/", trial_mail.mail_list, name="trial-mail"),
        path("trial/mail/<int:number>/", trial_mail.mail_show, name="trial-mail-show"),
    ]

api_urlpatterns: list[URLPattern | URLResolver] = [
    path("auth/token/", SignInView.as_view(), name="auth-token"),
    path("me/export/", ExportView.as_view(), name="me-export"),
    path("me/erase/", EraseView.as_view(), name="me-erase"),
    path("me/", MeView.as_view(), name="me"),
]


def register_api(router: SimpleRouter) -> None:
    """Add this app's resources under /api/v1/."""
    router.register("me/tokens", TokenViewSet, basename="me-token")
