"""Addresses of the assessments app: pages, and the resources it adds to the API."""

from django.urls import URLPattern, URLResolver
from rest_framework.routers import SimpleRouter

from assessments.api.attempts import AttemptViewSet
from assessments.api.bank import BankViewSet, QuestionViewSet
from assessments.api.grades import GradeViewSet, ReviewViewSet
from assessments.api.quizzes import QuizViewSet

page_urlpatterns: list[URLPattern | URLResolver] = []


def register_api(router: SimpleRouter) -> None:
    """Add this app's resources under /api/v1/."""
    router.register("question-banks", BankViewSet, basename="question-bank")
    router.register("questions", QuestionViewSet, basename="question")
    router.register("quizzes", QuizViewSet, basename="quiz")
    router.register("attempts", AttemptViewSet, basename="attempt")
    router.register("attempts", ReviewViewSet, basename="attempt-review")
    router.register("grades", GradeViewSet, basename="grade")
