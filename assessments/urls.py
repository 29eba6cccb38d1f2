"""Addresses of the assessments app: pages, and the resources it adds to the API."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from rest_framework.routers import SimpleRouter

from assessments.api.accommodations import AccommodationViewSet
from assessments.api.answer_marking import AnswerMarkViewSet, AnswerQueueViewSet
from assessments.api.assignments import AssignmentViewSet
from assessments.api.attempts import AttemptViewSet
from assessments.api.bank import BankViewSet, QuestionViewSet
from assessments.api.dates import QuizDatesViewSet
from assessments.api.gradebook import GradebookViewSet
from assessments.api.gradebook_structure import GradebookStructureViewSet
from assessments.api.grades import GradeViewSet, ReviewViewSet
from assessments.api.marking import MarkingViewSet, ReleaseViewSet
from assessments.api.question_imports import BankFilesViewSet, ImportViewSet
from assessments.api.quizzes import QuizViewSet
from assessments.api.rubrics import RubricViewSet
from assessments.api.submissions import SubmissionViewSet
from assessments.views import (
    accommodation,
    answer_marking,
    assignment,
    attempt,
    bank,
    dates,
    gradebook,
    gradebook_files,
    gradebook_setup,
    grades,
    marking,
    marking_acts,
    peer,
    peer_teach,
    question_export,
    question_import,
    quiz,
    quiz_settings,
    results,
    rubric,
    submission,
)

attempt_patterns = [
    path("", attempt.start, name="attempt-start"),
    path("<str:attempt_id>/", attempt.take, name="attempt"),
    path("<str:attempt_id>/go-on/", attempt.go_on, name="attempt-go-on"),
    path("<str:attempt_id>/hand-in/", attempt.hand_in, name="attempt-hand-in"),
    path("<str:attempt_id>/review/", attempt.review, name="attempt-review"),
]
bank_patterns = [
    path("", bank.index, name="teach-bank"),
    path("import/", question_import.upload, name="teach-bank-import"),
    path("imports/", question_import.index, name="teach-imports"),
    path("imports/<str:import_id>/", question_import.report, name="teach-import"),
    path("imports/<str:import_id>/report.csv", question_import.report_csv, name="teach-import-csv"),
    path("imports/<str:import_id>/undo/", question_import.undo, name="teach-import-undo"),
    path("export/", question_export.show, name="teach-bank-export"),
    path("export/file/", question_export.download, name="teach-bank-file"),
    path("new/<str:kind>/", bank.create, name="teach-question-new"),
    path("<str:question_id>/", bank.edit, name="teach-question"),
    path("<str:question_id>/duplicate/", bank.duplicate, name="teach-question-duplicate"),
    re_path(
        r"^(?P<question_id>\w+)/(?P<verb>retire|restore)/$",
        bank.change,
        name="teach-question-change",
    ),
]
quiz_patterns = [
    path("", quiz.index, name="teach-quizzes"),
    path("<str:lesson_id>/", quiz.build, name="teach-quiz"),
    path("<str:lesson_id>/dates/", dates.index, name="teach-quiz-dates"),
    path("<str:lesson_id>/dates/new/", dates.create, name="teach-quiz-dates-new"),
    path("<str:lesson_id>/dates/<str:override_id>/", dates.edit, name="teach-quiz-dates-edit"),
    path(
        "<str:lesson_id>/dates/<str:override_id>/remove/",
        dates.remove,
        name="teach-quiz-dates-remove",
    ),
    path("<str:lesson_id>/settings/", quiz_settings.edit, name="teach-quiz-settings"),
    path("<str:lesson_id>/preview/", quiz.preview, name="teach-quiz-preview"),
    path("<str:lesson_id>/add/", quiz.add, name="teach-quiz-add"),
    path("<str:lesson_id>/order/", quiz.reorder, name="teach-quiz-order"),
    re_path(
        r"^(?P<lesson_id>\w+)/(?P<verb>publish|unpublish|release)/$",
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
submission_patterns = [
    path("", submission.save, name="submission"),
    path("hand-in/", submission.hand_in, name="submission-hand-in"),
    path("files/<str:file_id>/", submission.file, name="submission-file"),
    path("files/<str:file_id>/remove/", submission.remove_file, name="submission-file-remove"),
]
assignment_patterns = [
    path("", assignment.index, name="teach-assignments"),
    path("<str:lesson_id>/", assignment.edit, name="teach-assignment"),
    re_path(
        r"^(?P<lesson_id>\w+)/(?P<verb>publish|unpublish|follow)/$",
        assignment.change,
        name="teach-assignment-change",
    ),
]
rubric_patterns = [
    path("", rubric.index, name="teach-rubrics"),
    path("new/<str:kind>/", rubric.create, name="teach-rubric-new"),
    path("<str:rubric_id>/", rubric.edit, name="teach-rubric"),
    re_path(
        r"^(?P<rubric_id>\w+)/(?P<verb>copy|retire|restore)/$",
        rubric.change,
        name="teach-rubric-change",
    ),
]
peer_patterns = [
    path("", peer.desk, name="peer"),
    path("appeal/", peer.appeal, name="peer-appeal"),
    path("examples/<str:example_id>/", peer.judge, name="peer-judge"),
    path("<str:task_id>/", peer.task, name="peer-task"),
    path("<str:task_id>/files/<str:file_id>/", peer.file, name="peer-file"),
]
peer_teach_patterns = [
    path("", peer_teach.show, name="teach-peer"),
    path("phase/<str:phase>/", peer_teach.move, name="teach-peer-move"),
    path("more/", peer_teach.more, name="teach-peer-more"),
    path("examples/", peer_teach.example, name="teach-peer-example"),
    path("appeals/<str:appeal_id>/", peer_teach.decide, name="teach-peer-decide"),
]
one_marked = "<str:assignment_id>/<str:submission_id>/"
marking_patterns = [
    path("", marking.index, name="teach-marking"),
    path("comments/", marking_acts.kept, name="teach-kept-comments"),
    path("comments/<str:comment_id>/forget/", marking_acts.forget, name="teach-kept-forget"),
    path("<str:assignment_id>/", marking.listing, name="teach-marking-list"),
    path("<str:assignment_id>/release/", marking_acts.release, name="teach-marking-release"),
    path("<str:assignment_id>/export.csv", marking_acts.export, name="teach-marking-export"),
    path(one_marked, marking.desk, name="teach-marking-desk"),
    path(f"{one_marked}similar/", marking.similar, name="teach-marking-similar"),
    path(f"{one_marked}mark/", marking_acts.mark, name="teach-marking-mark"),
    path(f"{one_marked}agree/", marking_acts.agree, name="teach-marking-agree"),
    path(f"{one_marked}apart/", marking_acts.apart, name="teach-marking-apart"),
    path(f"{one_marked}revise/", marking_acts.revise, name="teach-marking-revise"),
    path(f"{one_marked}comment/", marking_acts.comment, name="teach-marking-comment"),
    path(
        f"{one_marked}comment/<str:comment_id>/remove/",
        marking_acts.remove,
        name="teach-marking-uncomment",
    ),
    path(f"{one_marked}files/<str:file_id>/", marking_acts.file, name="teach-marking-file"),
]
gradebook_patterns = [
    path("", gradebook.index, name="teach-gradebook"),
    path("cells/<str:item_id>/<str:learner_id>/", gradebook.one_cell, name="teach-gradebook-cell"),
    path("export.csv", gradebook_files.export, name="teach-gradebook-export"),
    path("import/", gradebook_files.read, name="teach-gradebook-import"),
    path("setup/", gradebook_setup.setup, name="teach-gradebook-setup"),
    path("categories/new/", gradebook_setup.category, name="teach-gradebook-category-new"),
    path(
        "categories/<str:category_id>/", gradebook_setup.category, name="teach-gradebook-category"
    ),
    path("columns/new/", gradebook_setup.column, name="teach-gradebook-column-new"),
    path("columns/<str:item_id>/", gradebook_setup.column, name="teach-gradebook-column"),
    re_path(
        r"^columns/(?P<item_id>\w+)/(?P<verb>post|hide|curve|uncurve|remove)/$",
        gradebook_setup.change_column,
        name="teach-gradebook-column-change",
    ),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("c/<slug:slug>/learn/<str:item>/attempt/", include(attempt_patterns)),
    path("c/<slug:slug>/learn/<str:item>/submission/", include(submission_patterns)),
    path("submission-files/<str:token>/", submission.signed_file, name="submission-file-signed"),
    path("c/<slug:slug>/grades/", grades.own, name="grades"),
    path("c/<slug:slug>/grades/transcript/", grades.transcript, name="transcript"),
    path(
        "teach/<slug:slug>/people/<str:person_id>/extra-time/",
        accommodation.edit,
        name="teach-extra-time",
    ),
    path("teach/<slug:slug>/assignments/", include(assignment_patterns)),
    path("teach/<slug:slug>/rubrics/", include(rubric_patterns)),
    path("c/<slug:slug>/learn/<str:item>/peer/", include(peer_patterns)),
    path("teach/<slug:slug>/peer/<str:assignment_id>/", include(peer_teach_patterns)),
    path("teach/<slug:slug>/marking/", include(marking_patterns)),
    path("teach/<slug:slug>/bank/", include(bank_patterns)),
    path("teach/<slug:slug>/quizzes/", include(quiz_patterns)),
    path("teach/<slug:slug>/results/", include(result_patterns)),
    path("teach/<slug:slug>/gradebook/", include(gradebook_patterns)),
]


def register_api(router: SimpleRouter) -> None:
    """Add this app's resources under /api/v1/."""
    router.register("question-banks", BankViewSet, basename="question-bank")
    router.register("question-banks", BankFilesViewSet, basename="question-bank-file")
    router.register("question-imports", ImportViewSet, basename="question-import")
    router.register("questions", QuestionViewSet, basename="question")
    router.register("quizzes", QuizViewSet, basename="quiz")
    router.register("quizzes", QuizDatesViewSet, basename="quiz-dates")
    router.register("assignments", AssignmentViewSet, basename="assignment")
    router.register("attempts", AttemptViewSet, basename="attempt")
    router.register("quizzes", AnswerQueueViewSet, basename="quiz-marking")
    router.register("attempts", AnswerMarkViewSet, basename="attempt-marks")
    router.register("attempts", ReviewViewSet, basename="attempt-review")
    router.register("accommodations", AccommodationViewSet, basename="accommodation")
    router.register("grades", GradeViewSet, basename="grade")
    router.register("rubrics", RubricViewSet, basename="rubric")
    router.register("submissions", SubmissionViewSet, basename="submission")
    router.register("gradebook", GradebookViewSet, basename="gradebook")
    router.register("gradebook", GradebookStructureViewSet, basename="gradebook-structure")
    router.register("submissions", MarkingViewSet, basename="submission-marking")
    router.register("assignments", ReleaseViewSet, basename="assignment-release")
