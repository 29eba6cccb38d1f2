"""Addresses of the analytics app: pages, and the resources it adds to the API."""

from django.urls import URLPattern, URLResolver, path, re_path
from rest_framework.routers import SimpleRouter

from analytics.api.audits import AuditsViewSet
from analytics.api.early_warning import EarlyWarningViewSet
from analytics.api.exports import ExportsViewSet
from analytics.api.flashcards import FlashcardViewSet
from analytics.api.institution import InstitutionViewSet
from analytics.api.items import ItemStatisticsViewSet
from analytics.api.mastery import MasteryViewSet
from analytics.api.overview import OverviewViewSet
from analytics.api.patterns import LearningPatternsViewSet
from analytics.api.progress import OwnProgressViewSet
from analytics.api.recommend import RecommendationsViewSet
from analytics.api.review import ReviewViewSet
from analytics.api.risk import RiskViewSet
from analytics.api.schedules import SchedulesViewSet
from analytics.api.statements import LearningEventsViewSet
from analytics.views import (
    audit,
    course,
    deck,
    early_warning,
    exports,
    flashcard_lists,
    flashcards,
    help_list,
    institution,
    items,
    mastery,
    progress,
    review,
    schedule,
)

_TEACH = "teach/<slug:slug>/analytics/"

page_urlpatterns: list[URLPattern | URLResolver] = [
    path(_TEACH, course.course_analytics, name="teach-analytics"),
    path(f"{_TEACH}refresh/", course.refresh, name="teach-analytics-refresh"),
    path(f"{_TEACH}patterns/", course.patterns, name="teach-analytics-patterns"),
    path(f"{_TEACH}contacts/", course.contacts, name="teach-analytics-contacts"),
    path(f"{_TEACH}learners/", help_list.learners, name="teach-analytics-learners"),
    path(f"{_TEACH}learners/<str:learner>/", course.learner, name="teach-analytics-learner"),
    path(f"{_TEACH}early-warning/", early_warning.teach, name="teach-early-warning"),
    path(f"{_TEACH}early-warning/switch/", early_warning.switch, name="teach-early-warning-switch"),
    path(
        f"{_TEACH}early-warning/objections/<str:objection_id>/",
        early_warning.answer,
        name="teach-early-warning-answer",
    ),
    path("c/<slug:slug>/early-warning/", early_warning.mine, name="early-warning"),
    path(f"{_TEACH}mastery/", mastery.teach, name="teach-mastery"),
    path(f"{_TEACH}mastery/<str:learner_id>/", mastery.learner, name="teach-mastery-learner"),
    path(
        f"{_TEACH}mastery/<str:learner_id>/<str:outcome_id>/",
        mastery.evidence,
        name="teach-mastery-evidence",
    ),
    path("c/<slug:slug>/mastery/", mastery.mine, name="mastery"),
    path("c/<slug:slug>/mastery/<str:outcome_id>/", mastery.my_evidence, name="mastery-evidence"),
    path(f"{_TEACH}exports/", exports.index, name="teach-exports"),
    path(f"{_TEACH}exports/<str:export_id>/", exports.take, name="teach-export-file"),
    path(f"{_TEACH}mail/", schedule.index, name="teach-report-mail"),
    path(f"{_TEACH}mail/stop/", schedule.stop, name="teach-report-mail-stop"),
    path("reports/files/<str:token>/", exports.signed, name="report-file-signed"),
    path("reports/off/<str:token>/", schedule.off, name="report-off"),
    path("institution/", institution.index, name="institution"),
    path("institution/courses.csv", institution.courses_csv, name="institution-courses-csv"),
    path("institution/days.csv", institution.days_csv, name="institution-days-csv"),
    path("institution/fairness/", audit.index, name="institution-fairness"),
    path("me/progress/", progress.mine, name="own-progress"),
    path("me/review/", review.queue, name="review-queue"),
    path("me/review/rate/", review.rate, name="review-rate"),
    path("me/review/undo/", review.undo, name="review-undo"),
    path("me/cards/", flashcards.index, name="cards"),
    path("me/cards/new/", flashcards.create, name="card-new"),
    path("me/cards/paste/", flashcard_lists.paste, name="cards-paste"),
    path("me/cards/flashcards.csv", flashcard_lists.export, name="cards-export"),
    path("me/cards/<str:card_id>/", flashcards.edit, name="card"),
    re_path(
        r"^me/cards/(?P<card_id>\w+)/(?P<verb>suspend|resume|delete)/$",
        flashcards.change,
        name="card-change",
    ),
    path("teach/<slug:slug>/cards/", deck.index, name="teach-cards"),
    path("teach/<slug:slug>/cards/new/", deck.create, name="teach-card-new"),
    path("teach/<slug:slug>/cards/publish/", deck.publish_all, name="teach-cards-publish"),
    path("teach/<slug:slug>/cards/paste/", flashcard_lists.paste_deck, name="teach-cards-paste"),
    path(
        "teach/<slug:slug>/cards/flashcards.csv",
        flashcard_lists.export_deck,
        name="teach-cards-export",
    ),
    path("teach/<slug:slug>/cards/<str:card_id>/", deck.edit, name="teach-card"),
    re_path(
        r"^teach/(?P<slug>[-\w]+)/cards/(?P<card_id>\w+)/(?P<verb>publish|hide|delete)/$",
        deck.change,
        name="teach-card-change",
    ),
    path(f"{_TEACH}quizzes/<str:quiz_id>/count/", items.count, name="teach-items-count"),
]


def register_api(router: SimpleRouter) -> None:
    """Add this app's resources under /api/v1/."""
    router.register(
        "analytics/learning-patterns", LearningPatternsViewSet, basename="learning-patterns"
    )
    router.register("me/progress", OwnProgressViewSet, basename="own-progress-api")
    router.register("analytics/risk", RiskViewSet, basename="risk")
    router.register("analytics/early-warning", EarlyWarningViewSet, basename="early-warning")
    router.register("analytics/mastery", MasteryViewSet, basename="mastery")
    router.register("analytics/events", LearningEventsViewSet, basename="learning-events")
    router.register("analytics/recommendations", RecommendationsViewSet, basename="recommendations")
    router.register("analytics/overview", OverviewViewSet, basename="overview")
    router.register("review/cards", FlashcardViewSet, basename="review-cards")
    router.register("review", ReviewViewSet, basename="review")
    router.register("analytics/item-statistics", ItemStatisticsViewSet, basename="item-statistics")
    router.register("analytics/exports", ExportsViewSet, basename="report-exports")
    router.register("analytics/report-schedules", SchedulesViewSet, basename="report-schedules")
    router.register("analytics/institution", InstitutionViewSet, basename="institution")
    router.register("analytics/fairness-audits", AuditsViewSet, basename="fairness-audits")
