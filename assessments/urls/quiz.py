"""Addresses of quizzes, their attempts and results."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from rest_framework.routers import SimpleRouter

from assessments.api.accommodations import AccommodationViewSet
from assessments.api.answer_files import AnswerFileViewSet
from assessments.api.answer_marking import AnswerMarkViewSet, AnswerQueueViewSet
from assessments.api.attempts import AttemptViewSet
from assessments.api.checks import CheckViewSet
from assessments.api.code_runs import CodeRunViewSet
from assessments.api.dates import QuizDatesViewSet
from assessments.api.grades import ReviewViewSet
from assessments.api.preparation import PreparationViewSet
from assessments.api.quiz_structure import QuizDrawViewSet, QuizSectionViewSet
from assessments.api.quizzes import QuizViewSet
from assessments.views import (
    accommodation,
    answer_file,
    answer_marking,
    attempt,
    dates,
    picture,
    quiz,
    quiz_settings,
    quiz_structure,
    results,
)

QUIZ = {"kind": "quiz"}

attempt_patterns = [
    path("", attempt.start, name="attempt-start"),
    path("<str:attempt_id>/", attempt.take, name="attempt"),
    path("<str:attempt_id>/checked/<str:part_id>/", attempt.checked, name="attempt-checked"),
    path("<str:attempt_id>/go-on/", attempt.go_on, name="attempt-go-on"),
    path("<str:attempt_id>/move/", attempt.move, name="attempt-move"),
    path("<str:attempt_id>/hand-in/", attempt.hand_in, name="attempt-hand-in"),
    path("<str:attempt_id>/review/", attempt.review, name="attempt-review"),
]
quiz_patterns = [
    path("", quiz.index, name="teach-quizzes"),
    path("new/", quiz.create, name="teach-quiz-new"),
    path("<str:lesson_id>/", quiz.build, name="teach-quiz"),
    path("<str:lesson_id>/dates/", dates.index, QUIZ, name="teach-quiz-dates"),
    path("<str:lesson_id>/dates/new/", dates.create, QUIZ, name="teach-quiz-dates-new"),
    path(
        "<str:lesson_id>/dates/<str:override_id>/", dates.edit, QUIZ, name="teach-quiz-dates-edit"
    ),
    path(
        "<str:lesson_id>/dates/<str:override_id>/remove/",
        dates.remove,
        QUIZ,
        name="teach-quiz-dates-remove",
    ),
    path("<str:lesson_id>/settings/", quiz_settings.edit, name="teach-quiz-settings"),
    path("<str:lesson_id>/preview/", quiz.preview, name="teach-quiz-preview"),
    path("<str:lesson_id>/add/", quiz.add, name="teach-quiz-add"),
    path("<str:lesson_id>/order/", quiz.reorder, name="teach-quiz-order"),
    path("<str:lesson_id>/sections/", quiz_structure.create_section, name="teach-quiz-sections"),
    path(
        "<str:lesson_id>/sections/<str:section_id>/",
        quiz_structure.edit_section,
        name="teach-quiz-section",
    ),
    re_path(
        r"^(?P<lesson_id>\w+)/sections/(?P<section_id>\w+)/(?P<verb>up|down|remove)/$",
        quiz_structure.change_section,
        name="teach-quiz-section-change",
    ),
    path("<str:lesson_id>/draws/new/", quiz_structure.create_draw, name="teach-quiz-draw-new"),
    path("<str:lesson_id>/draws/count/", quiz_structure.count_matching, name="teach-quiz-matching"),
    path("<str:lesson_id>/draws/<str:draw_id>/", quiz_structure.edit_draw, name="teach-quiz-draw"),
    re_path(
        r"^(?P<lesson_id>\w+)/(?P<verb>publish|unpublish|release|prepare)/$",
        quiz.change,
        name="teach-quiz-change",
    ),
    re_path(
        r"^(?P<lesson_id>\w+)/items/(?P<item_id>\w+)/(?P<verb>up|down|remove|weigh)/$",
        quiz.change_item,
        name="teach-quiz-item",
    ),
]
result_patterns = [
    path("", results.index, name="teach-results"),
    path("attempts/<str:attempt_id>/", results.attempt, name="teach-attempt"),
    path("attempts/<str:attempt_id>/score/", results.override, name="teach-attempt-score"),
    path("attempts/<str:attempt_id>/time/", results.extend, name="teach-attempt-time"),
    path("<str:quiz_id>/marking/", answer_marking.index, name="teach-answers"),
    path("<str:quiz_id>/marking/<str:part_id>/", answer_marking.mark, name="teach-answer"),
    path("<str:quiz_id>/", results.of_quiz, name="teach-quiz-results"),
    path("<str:quiz_id>/export.csv", results.export, name="teach-quiz-export"),
    path("<str:quiz_id>/regrade/", results.regrade, name="teach-quiz-regrade"),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("c/<slug:slug>/learn/<str:item>/attempt/", include(attempt_patterns)),
    path("pictures/<str:file_id>/", picture.show, name="question-picture"),
    path("answers/<str:part_id>/files/<str:file_id>/", answer_file.show, name="answer-file"),
    path("answer-files/<str:token>/", answer_file.signed, name="answer-file-signed"),
    path(
        "teach/<slug:slug>/people/<str:person_id>/extra-time/",
        accommodation.edit,
        name="teach-extra-time",
    ),
    path("teach/<slug:slug>/quizzes/", include(quiz_patterns)),
    path("teach/<slug:slug>/results/", include(result_patterns)),
]


def register_api(router: SimpleRouter) -> None:
    """Add these resources under /api/v1/."""
    router.register("quizzes", QuizViewSet, basename="quiz")
    router.register("quizzes", QuizDatesViewSet, basename="quiz-dates")
    router.register("quizzes", PreparationViewSet, basename="quiz-preparation")
    router.register("quizzes", QuizSectionViewSet, basename="quiz-sections")
    router.register("quizzes", QuizDrawViewSet, basename="quiz-draws")
    router.register("attempts", AttemptViewSet, basename="attempt")
    router.register("attempts", CheckViewSet, basename="attempt-check")
    router.register("quizzes", AnswerQueueViewSet, basename="quiz-marking")
    router.register("attempts", AnswerFileViewSet, basename="attempt-files")
    router.register("attempts", CodeRunViewSet, basename="attempt-runs")
    router.register("attempts", AnswerMarkViewSet, basename="attempt-marks")
    router.register("attempts", ReviewViewSet, basename="attempt-review")
    router.register("accommodations", AccommodationViewSet, basename="accommodation")
