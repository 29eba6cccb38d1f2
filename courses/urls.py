"""Addresses of the courses app: pages, and the resources it adds to the API."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from rest_framework.routers import SimpleRouter

from courses.api.attachment import AttachmentViewSet
from courses.api.course import CourseViewSet
from courses.api.enrolment import EnrolmentViewSet
from courses.api.group import GroupViewSet
from courses.api.invitation import InvitationViewSet
from courses.api.lesson import LessonViewSet
from courses.api.progress import ProgressViewSet
from courses.api.section import SectionViewSet
from courses.views import (
    catalogue,
    course,
    dashboard,
    files,
    group,
    landing,
    lesson,
    outline,
    people,
    player,
    preview,
    settings,
    teaching,
)

course_patterns = [
    path("", course.show, name="course"),
    path("enrol/", course.enrol, name="course-enrol"),
    path("leave/", course.leave, name="course-leave"),
    path("files/<str:file_id>/", files.attachment, name="course-file"),
    path("learn/", player.resume, name="learn-resume"),
    path("learn/<str:item>/", player.learn, name="learn"),
    path("learn/<str:item>/done/", player.finish, name="learn-finish"),
    path("learn/<str:item>/progress/", player.ping, name="learn-progress"),
]
teach_patterns = [
    path("", outline.show, name="teach-course"),
    path("preview/", preview.start, name="teach-preview"),
    path("order/", outline.reorder, name="teach-reorder"),
    path("sections/", outline.add_section, name="teach-section-add"),
    path("sections/<str:section_id>/lessons/", outline.add_lesson, name="teach-lesson-add"),
    re_path(
        r"^sections/(?P<section_id>\w+)/(?P<verb>rename|up|down|delete|restore)/$",
        outline.change_section,
        name="teach-section-change",
    ),
    path("lessons/<str:lesson_id>/", lesson.edit, name="teach-lesson"),
    path("lessons/<str:lesson_id>/text/", lesson.preview, name="teach-lesson-preview"),
    path("lessons/<str:lesson_id>/discard/", lesson.discard, name="teach-lesson-discard"),
    path("lessons/<str:lesson_id>/files/", lesson.add_file, name="teach-file-add"),
    path(
        "lessons/<str:lesson_id>/files/<str:file_id>/remove/",
        lesson.remove_file,
        name="teach-file-remove",
    ),
    re_path(
        r"^lessons/(?P<lesson_id>\w+)/(?P<verb>publish|hide|up|down|delete|restore)/$",
        outline.change_lesson,
        name="teach-lesson-change",
    ),
    path("people/", people.index, name="teach-people"),
    path("people/groups/", group.index, name="teach-groups"),
    path("people/groups/new/", group.create, name="teach-group-new"),
    path("people/groups/deal/", group.deal, name="teach-group-deal"),
    path("people/groups/<str:group_id>/", group.edit, name="teach-group"),
    path("people/groups/<str:group_id>/delete/", group.delete, name="teach-group-delete"),
    path("people/invite/", people.invite, name="teach-invite"),
    path("people/table/", people.table, name="teach-table"),
    re_path(
        r"^people/(?P<enrolment_id>\w+)/(?P<verb>role|remove)/$",
        people.change,
        name="teach-member-change",
    ),
    path("people/invitations/<str:invitation_id>/revoke/", people.revoke, name="teach-revoke"),
    re_path(r"^people/link/(?P<verb>on|off|renew)/$", people.join_link, name="teach-join-link"),
    path("settings/", settings.edit, name="teach-settings"),
    path("settings/cover/", settings.change_cover, name="teach-cover"),
    re_path(
        r"^settings/(?P<verb>publish|archive|delete|restore)/$",
        settings.change_state,
        name="teach-state",
    ),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("", landing.landing, name="landing"),
    path("courses/", catalogue.index, name="catalogue"),
    path("courses/found/", catalogue.found, name="catalogue-found"),
    path("covers/<str:course_id>/<int:version>/", files.cover, name="course-cover"),
    path("files/<str:token>/", files.signed, name="file"),
    path("attachments/<str:file_id>/", files.embedded, name="attachment"),
    path("join/<str:code>/", course.join, name="course-join"),
    path("invitations/<str:token>/", course.accept, name="invitation"),
    path("me/", dashboard.dashboard, name="dashboard"),
    path("c/<slug:slug>/", include(course_patterns)),
    path("teach/", teaching.home, name="teach"),
    path("teach/new/", teaching.create, name="teach-new"),
    path("teach/preview/end/", preview.stop, name="teach-preview-end"),
    path("teach/<slug:slug>/", include(teach_patterns)),
]


def register_api(router: SimpleRouter) -> None:
    """Add this app's resources under /api/v1/."""
    router.register("courses", CourseViewSet, basename="api-course")
    router.register("sections", SectionViewSet, basename="api-section")
    router.register("lessons", LessonViewSet, basename="api-lesson")
    router.register("enrolments", EnrolmentViewSet, basename="api-enrolment")
    router.register("groups", GroupViewSet, basename="api-group")
    router.register("invitations", InvitationViewSet, basename="api-invitation")
    router.register("progress", ProgressViewSet, basename="api-progress")
    router.register("attachments", AttachmentViewSet, basename="api-attachment")
