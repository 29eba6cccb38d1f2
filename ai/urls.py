"""Addresses of the ai app: pages, and the resources it adds to the API."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from ai.api.content import ContentViewSet, PieceViewSet, StaleViewSet
from ai.api.drafts import DraftViewSet
from ai.api.generation import AiJobViewSet, GenerateViewSet
from ai.api.usage import UsageViewSet
from ai.views import content, generate, pieces, review, stale

_TEACH = "teach/<slug:slug>/ai/"

page_urlpatterns: list[URLPattern | URLResolver] = [
    path(_TEACH, generate.index, name="teach-ai"),
    path(f"{_TEACH}jobs/<str:job_id>/cancel/", generate.cancel, name="teach-ai-cancel"),
    path(f"{_TEACH}content/", content.index, name="teach-content"),
    path(f"{_TEACH}content/<str:job_id>/", content.job, name="teach-content-job"),
    path(f"{_TEACH}pieces/<str:piece_id>/", pieces.decide, name="teach-piece"),
    path(f"{_TEACH}lessons/<str:lesson_id>/", pieces.panel, name="teach-lesson-pieces"),
    path(f"{_TEACH}stale/", stale.index, name="teach-stale"),
    path(f"{_TEACH}stale/<slug:kind>/<str:thing_id>/", stale.decide, name="teach-stale-thing"),
    path(f"{_TEACH}drafts/", review.queue, name="teach-ai-drafts"),
    path(f"{_TEACH}drafts/several/", review.several, name="teach-ai-several"),
    path(f"{_TEACH}drafts/<str:draft_id>/", review.decide, name="teach-ai-draft"),
]


def register_api(router: SimpleRouter) -> None:
    """Add this app's resources under /api/v1/."""
    router.register("ai/generate-questions", GenerateViewSet, basename="generate-questions")
    router.register("ai/jobs", AiJobViewSet, basename="ai-job")
    router.register("ai/drafts", DraftViewSet, basename="ai-draft")
    router.register("ai/generate-content", ContentViewSet, basename="generate-content")
    router.register("ai/pieces", PieceViewSet, basename="ai-piece")
    router.register("ai/stale", StaleViewSet, basename="ai-stale")
    router.register("ai/usage", UsageViewSet, basename="ai-usage")
