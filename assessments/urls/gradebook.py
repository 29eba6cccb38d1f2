"""Addresses of the gradebook and of a learner's own grades."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from rest_framework.routers import SimpleRouter

from assessments.api.agenda import DueViewSet
from assessments.api.gradebook import GradebookViewSet
from assessments.api.gradebook_files import GradebookFileViewSet
from assessments.api.gradebook_statuses import GradebookStatusViewSet
from assessments.api.gradebook_structure import GradebookStructureViewSet
from assessments.api.grades import GradeViewSet
from assessments.views import (
    gradebook,
    gradebook_files,
    gradebook_setup,
    gradebook_statuses,
    grades,
)

gradebook_patterns = [
    path("", gradebook.index, name="teach-gradebook"),
    path("cells/<str:item_id>/<str:learner_id>/", gradebook.one_cell, name="teach-gradebook-cell"),
    path("export.csv", gradebook_files.export, {"ending": "csv"}, name="teach-gradebook-export"),
    path(
        "export.xlsx", gradebook_files.export, {"ending": "xlsx"}, name="teach-gradebook-workbook"
    ),
    path("import/", gradebook_files.read, name="teach-gradebook-import"),
    path("setup/", gradebook_setup.setup, name="teach-gradebook-setup"),
    path("statuses/new/", gradebook_statuses.status, name="teach-gradebook-status-new"),
    path("statuses/<str:key>/", gradebook_statuses.status, name="teach-gradebook-status"),
    re_path(
        r"^statuses/(?P<key>\w+)/(?P<verb>archive|restore|remove)/$",
        gradebook_statuses.change_status,
        name="teach-gradebook-status-change",
    ),
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
    path("c/<slug:slug>/grades/", grades.own, name="grades"),
    path("c/<slug:slug>/grades/transcript/", grades.transcript, name="transcript"),
    path("c/<slug:slug>/grades/transcript.pdf", grades.transcript_pdf, name="transcript-pdf"),
    path("teach/<slug:slug>/gradebook/", include(gradebook_patterns)),
]


def register_api(router: SimpleRouter) -> None:
    """Add these resources under /api/v1/."""
    router.register("me/due", DueViewSet, basename="me-due")
    router.register("grades", GradeViewSet, basename="grade")
    router.register("gradebook", GradebookViewSet, basename="gradebook")
    router.register("gradebook", GradebookFileViewSet, basename="gradebook-file")
    router.register("gradebook", GradebookStructureViewSet, basename="gradebook-structure")
    router.register("gradebook", GradebookStatusViewSet, basename="gradebook-status")
