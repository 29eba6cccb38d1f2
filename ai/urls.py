"""Addresses of the ai app: pages, and the resources it adds to the API."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from ai.api.consent import ConsentViewSet, SeenViewSet
from ai.api.content import ContentViewSet, PieceViewSet, StaleViewSet
from ai.api.drafts import DraftViewSet
from ai.api.generation import AiJobViewSet, GenerateViewSet
from ai.api.switches import SwitchesViewSet
from ai.api.tutor import TutorViewSet
from ai.api.usage import UsageViewSet
from ai.views import (
    content,
    generate,
    marking,
    own,
    pieces,
    review,
    spend,
    stale,
    switches,
    tutor,
    tutor_queue,
)

_TEACH = "teach/<slug:slug>/ai/"

page_urlpatterns: list[URLPattern | URLResolver] = [
    path("me/ai/", own.index, name="own-ai"),
    path("me/ai/seen/<str:text_id>/delete/", own.forget, name="own-ai-forget"),
    path("ai/spend/", spend.index, name="ai-spend"),
    path("ai/settings/", switches.site, name="ai-switches"),
    path("ai/spend.csv", spend.export, name="ai-spend-csv"),
    path(_TEACH, generate.index, name="teach-ai"),
    path(f"{_TEACH}settings/", switches.course, name="teach-ai-switches"),
    path(f"{_TEACH}jobs/<str:job_id>/cancel/", generate.cancel, name="teach-ai-cancel"),
    path(f"{_TEACH}content/", content.index, name="teach-content"),
    path(f"{_TEACH}content/<str:job_id>/", content.job, name="teach-content-job"),
    path(f"{_TEACH}pieces/<str:piece_id>/", pieces.decide, name="teach-piece"),
    path(f"{_TEACH}lessons/<str:lesson_id>/", pieces.panel, name="teach-lesson-pieces"),
    path(f"{_TEACH}stale/", stale.index, name="teach-stale"),
    path(f"{_TEACH}stale/<slug:kind>/<str:thing_id>/", stale.decide, name="teach-stale-thing"),
    path(f"{_TEACH}tutor/", tutor_queue.queue, name="teach-tutor"),
    path(f"{_TEACH}tutor/setting/", tutor_queue.setting, name="teach-tutor-setting"),
    path(f"{_TEACH}tutor/faq/<str:faq_id>/remove/", tutor_queue.forget, name="teach-faq-remove"),
    path(f"{_TEACH}tutor/<str:exchange_id>/", tutor_queue.settle, name="teach-tutor-settle"),
    path("c/<slug:slug>/tutor/", tutor.page, name="tutor"),
    path("c/<slug:slug>/tutor/delete/", tutor.delete, name="tutor-delete"),
    path("c/<slug:slug>/tutor/<str:exchange_id>/<str:act>/", tutor.judge, name="tutor-judge"),
    path(f"{_TEACH}drafts/", review.queue, name="teach-ai-drafts"),
    path(f"{_TEACH}drafts/undo/", review.undo, name="teach-ai-undo"),
    path(f"{_TEACH}drafts/several/", review.several, name="teach-ai-several"),
    path(f"{_TEACH}drafts/<str:draft_id>/", review.decide, name="teach-ai-draft"),
    path(
        f"{_TEACH}marking/<str:assignment_id>/<str:submission_id>/",
        marking.draft_mark,
        name="teach-ai-mark-draft",
    ),
    path(
        f"{_TEACH}attempts/<str:attempt_id>/compare/",
        marking.draft_answers,
        name="teach-ai-answer-drafts",
    ),
]


def register_api(router: SimpleRouter) -> None:
    """Add this app's resources under /api/v1/."""
    router.register("ai/generate-questions", GenerateViewSet, basename="generate-questions")
    router.register("ai/jobs", AiJobViewSet, basename="ai-job")
    router.register("ai/drafts", DraftViewSet, basename="ai-draft")
    router.register("ai/generate-content", ContentViewSet, basename="generate-content")
    router.register("ai/pieces", PieceViewSet, basename="ai-piece")
    router.register("ai/stale", StaleViewSet, basename="ai-stale")
    router.register("ai/tutor", TutorViewSet, basename="ai-tutor")
    router.register("ai/consent", ConsentViewSet, basename="ai-consent")
    router.register("ai/seen", SeenViewSet, basename="ai-seen")
    router.register("ai/switches", SwitchesViewSet, basename="ai-switches")
    router.register("ai/usage", UsageViewSet, basename="ai-usage")
