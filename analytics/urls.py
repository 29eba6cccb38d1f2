"""Addresses of the analytics app: pages, and the resources it adds to the API."""

from django.urls import URLPattern, URLResolver
from rest_framework.routers import SimpleRouter

page_urlpatterns: list[URLPattern | URLResolver] = []


def register_api(router: SimpleRouter) -> None:
    """Add this app's resources under /api/v1/."""
