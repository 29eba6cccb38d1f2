"""Addresses of the question bank."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from rest_framework.routers import SimpleRouter

from assessments.api.bank import BankViewSet, QuestionViewSet
from assessments.api.bank_sharing import (
    BankShareViewSet,
    BankSharingViewSet,
    BulkEditViewSet,
    QuestionFilingViewSet,
)
from assessments.api.code_trials import CodeTrialViewSet
from assessments.api.filing import (
    BankShelfViewSet,
    CategoryViewSet,
    OutcomeViewSet,
    QuestionTagViewSet,
)
from assessments.api.question_imports import BankFilesViewSet, ImportViewSet
from assessments.views import (
    bank,
    bank_bulk,
    bank_list,
    bank_share,
    bank_shelf,
    code_trial,
    own_questions,
    question_export,
    question_import,
)

bank_patterns = [
    path("", bank_list.index, name="teach-bank"),
    path("own/", bank_list.own, name="teach-bank-own"),
    path("bulk/", bank_bulk.change, name="teach-bank-bulk"),
    path("bulk/<str:edit_id>/undo/", bank_bulk.undo, name="teach-bank-bulk-undo"),
    path("shelf/", bank_shelf.shelf, name="teach-bank-shelf"),
    re_path(
        r"^shelf/categories/(?P<category_id>\w+)/(?P<verb>rename|move|up|down|merge|delete)/$",
        bank_shelf.change_category,
        name="teach-bank-category",
    ),
    re_path(
        r"^shelf/tags/(?P<tag_id>\w+)/(?P<verb>rename|merge|delete)/$",
        bank_shelf.change_tag,
        name="teach-bank-tag",
    ),
    path("outcomes/", bank_shelf.outcome_list, name="teach-outcomes"),
    re_path(
        r"^outcomes/(?P<outcome_id>\w+)/(?P<verb>save|up|down|delete)/$",
        bank_shelf.change_outcome,
        name="teach-outcome",
    ),
    path("shares/", bank_share.index, name="teach-bank-shares"),
    path("shares/<str:share_id>/end/", bank_share.end, name="teach-bank-share-end"),
    path("import/", question_import.upload, name="teach-bank-import"),
    path("imports/", question_import.index, name="teach-imports"),
    path("imports/<str:import_id>/", question_import.report, name="teach-import"),
    path("imports/<str:import_id>/report.csv", question_import.report_csv, name="teach-import-csv"),
    path("imports/<str:import_id>/undo/", question_import.undo, name="teach-import-undo"),
    path("export/", question_export.show, name="teach-bank-export"),
    path("export/file/", question_export.download, name="teach-bank-file"),
    path("trials/<str:job_id>/", code_trial.show, name="teach-code-trial"),
    path("new/<str:kind>/", bank.create, name="teach-question-new"),
    path("<str:question_id>/", bank.edit, name="teach-question"),
    path("<str:question_id>/duplicate/", bank.duplicate, name="teach-question-duplicate"),
    re_path(
        r"^(?P<question_id>\w+)/(?P<verb>retire|restore|ready|draft)/$",
        bank.change,
        name="teach-question-change",
    ),
]
own_patterns = [
    path("", own_questions.index, name="own-questions"),
    path("new/", own_questions.create, name="own-questions-new"),
    path("bring/", own_questions.bring, name="own-questions-bring"),
    path("shares/", own_questions.lend, name="own-questions-lend"),
    path("shares/<str:share_id>/end/", own_questions.end, name="own-questions-end"),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("me/questions/", include(own_patterns)),
    path("teach/<slug:slug>/bank/", include(bank_patterns)),
]


def register_api(router: SimpleRouter) -> None:
    """Add these resources under /api/v1/."""
    router.register("question-banks", BankSharingViewSet, basename="question-bank-sharing")
    router.register("question-banks", BankViewSet, basename="question-bank")
    router.register("question-banks", BankShelfViewSet, basename="question-bank-shelf")
    router.register("question-banks", BankFilesViewSet, basename="question-bank-file")
    router.register("question-imports", ImportViewSet, basename="question-import")
    router.register("questions", QuestionViewSet, basename="question")
    router.register("questions", QuestionFilingViewSet, basename="question-filing")
    router.register("questions", CodeTrialViewSet, basename="question-trials")
    router.register("question-categories", CategoryViewSet, basename="question-category")
    router.register("question-tags", QuestionTagViewSet, basename="question-tag")
    router.register("learning-outcomes", OutcomeViewSet, basename="learning-outcome")
    router.register("bank-shares", BankShareViewSet, basename="bank-share")
    router.register("question-bulk-edits", BulkEditViewSet, basename="question-bulk-edit")
