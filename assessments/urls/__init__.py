"""Addresses of the assessments app by topic: pages, and the resources it adds to the API."""

from django.urls import URLPattern, URLResolver
from rest_framework.routers import SimpleRouter

from assessments.urls import assignment, bank, gradebook, quiz

TOPICS = (bank, quiz, assignment, gradebook)
page_urlpatterns: list[URLPattern | URLResolver] = [
    pattern for topic in TOPICS for pattern in topic.page_urlpatterns
]


def register_api(router: SimpleRouter) -> None:
    """Add this app's resources under /api/v1/."""
    for topic in TOPICS:
        topic.register_api(router)
