"""Addresses of assignments: handing in, rubrics, marking, peer review."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from rest_framework.routers import SimpleRouter

from assessments.api.assignments import AssignmentViewSet
from assessments.api.dates import AssignmentDatesViewSet
from assessments.api.marking import MarkingViewSet, ReleaseViewSet
from assessments.api.peer import PeerReviewerViewSet, PeerViewSet, SimilarViewSet
from assessments.api.rubrics import RubricViewSet
from assessments.api.submissions import SubmissionViewSet
from assessments.views import (
    assignment,
    dates,
    marking,
    marking_acts,
    peer,
    peer_teach,
    rubric,
    submission,
)

WORK = {"kind": "assignment"}

submission_patterns = [
    path("", submission.save, name="submission"),
    path("hand-in/", submission.hand_in, name="submission-hand-in"),
    path("files/<str:file_id>/", submission.file, name="submission-file"),
    path("files/<str:file_id>/remove/", submission.remove_file, name="submission-file-remove"),
]
assignment_patterns = [
    path("", assignment.index, name="teach-assignments"),
    path("<str:lesson_id>/", assignment.edit, name="teach-assignment"),
    path("<str:lesson_id>/dates/", dates.index, WORK, name="teach-assignment-dates"),
    path("<str:lesson_id>/dates/new/", dates.create, WORK, name="teach-assignment-dates-new"),
    path(
        "<str:lesson_id>/dates/<str:override_id>/",
        dates.edit,
        WORK,
        name="teach-assignment-dates-edit",
    ),
    path(
        "<str:lesson_id>/dates/<str:override_id>/remove/",
        dates.remove,
        WORK,
        name="teach-assignment-dates-remove",
    ),
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
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("c/<slug:slug>/learn/<str:item>/submission/", include(submission_patterns)),
    path("submission-files/<str:token>/", submission.signed_file, name="submission-file-signed"),
    path("teach/<slug:slug>/assignments/", include(assignment_patterns)),
    path("teach/<slug:slug>/rubrics/", include(rubric_patterns)),
    path("c/<slug:slug>/learn/<str:item>/peer/", include(peer_patterns)),
    path("teach/<slug:slug>/peer/<str:assignment_id>/", include(peer_teach_patterns)),
    path("teach/<slug:slug>/marking/", include(marking_patterns)),
]


def register_api(router: SimpleRouter) -> None:
    """Add these resources under /api/v1/."""
    router.register("assignments", AssignmentViewSet, basename="assignment")
    router.register("assignments", AssignmentDatesViewSet, basename="assignment-dates")
    router.register("assignments", PeerViewSet, basename="assignment-peer")
    router.register("assignments", PeerReviewerViewSet, basename="assignment-reviews")
    router.register("submissions", SimilarViewSet, basename="submission-similar")
    router.register("rubrics", RubricViewSet, basename="rubric")
    router.register("submissions", SubmissionViewSet, basename="submission")
    router.register("submissions", MarkingViewSet, basename="submission-marking")
    router.register("assignments", ReleaseViewSet, basename="assignment-release")
