"""Addresses of the ai app: pages, and the resources it adds to the API."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from ai.api.drafts import DraftViewSet
from ai.api.generation import AiJobViewSet, GenerateViewSet
from ai.api.usage import UsageViewSet
from ai.views import generate, review

_TEACH = "teach/<slug:slug>/ai/"

page_urlpatterns: list[URLPattern | URLResolver] = [
    path(_TEACH, generate.index, name="teach-ai"),
    path(f"{_TEACH}jobs/<str:job_id>/cancel/", generate.cancel, name="teach-ai-cancel"),
    path(f"{_TEACH}drafts/", review.queue, name="teach-ai-drafts"),
    path(f"{_TEACH}drafts/several/", review.several, name="teach-ai-several"),
    path(f"{_TEACH}drafts/<str:draft_id>/", review.decide, name="teach-ai-draft"),
]


def register_api(router: SimpleRouter) -> None:
    """Add this app's resources under /api/v1/."""
    router.register("ai/generate-questions", GenerateViewSet, basename="generate-questions")
    router.register("ai/jobs", AiJobViewSet, basename="ai-job")
    router.register("ai/drafts", DraftViewSet, basename="ai-draft")
    router.register("ai/usage", UsageViewSet, basename="ai-usage")
