"""Courses in the admin: looked at, and moved between states through services."""

from collections.abc import Callable
from typing import ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from courses.models import Course, Enrolment
from courses.services.course import (
    archive_course,
    delete_course,
    publish_course,
    restore_course,
)
from courses.services.enrolment import remove_member
from lms.kernel.actors import Actor
from lms.kernel.errors import KernelError
from lms.kernel.web.admin import ReadOnlyAdmin
from lms.kernel.web.middleware import actor_of

Act = Callable[[Actor, Course], object]


@admin.register(Course)
class CourseAdmin(ReadOnlyAdmin):
    """Every course in every state."""

    list_display = ("title", "slug", "state", "learner_count", "lesson_count", "created_at")
    list_filter = ("state", "level", "language", "enrolment_policy")
    search_fields = ("title", "slug", "public_id")
    actions = ("publish", "archive", "delete_softly", "restore")

    @admin.action(description=gettext_lazy("Publish"))
    def publish(self, request: HttpRequest, courses: QuerySet[Course]) -> None:
        self._each(request, courses, lambda actor, one: publish_course(actor=actor, course=one))

    @admin.action(description=gettext_lazy("Archive"))
    def archive(self, request: HttpRequest, courses: QuerySet[Course]) -> None:
        self._each(request, courses, lambda actor, one: archive_course(actor=actor, course=one))

    @admin.action(description=gettext_lazy("Delete, until restored"))
    def delete_softly(self, request: HttpRequest, courses: QuerySet[Course]) -> None:
        self._each(request, courses, lambda actor, one: delete_course(actor=actor, course=one))

    @admin.action(description=gettext_lazy("Restore"))
    def restore(self, request: HttpRequest, courses: QuerySet[Course]) -> None:
        self._each(request, courses, lambda actor, one: restore_course(actor=actor, course=one))

    def _each(self, request: HttpRequest, courses: QuerySet[Course], act: Act) -> None:
        """Do it to each; tell what could not be done and go on."""
        actor, done = actor_of(request), 0
        for one in courses:
            try:
                act(actor, one)
                done += 1
            except KernelError as problem:
                words = _("%(course)s: %(problem)s")
                told = words % {"course": one.title, "problem": problem.detail}
                messages.error(request, told)
        if done:
            words = ngettext("%(count)d course changed.", "%(count)d courses changed.", done)
            messages.success(request, words % {"count": done})


@admin.register(Enrolment)
class EnrolmentAdmin(ReadOnlyAdmin):
    """Who is in which course."""

    list_display = ("course", "user", "role", "state", "completion", "last_active_at")
    list_filter = ("role", "state")
    list_select_related = ("course", "user")
    search_fields = ("public_id", "user__email", "course__slug")
    ordering: ClassVar = ["-pk"]
    actions = ("remove",)

    @admin.action(description=gettext_lazy("Remove from the course"))
    def remove(self, request: HttpRequest, rows: QuerySet[Enrolment]) -> None:
        """Remove each; the last instructor of a course stays, in words."""
        for row in rows:
            try:
                remove_member(actor=actor_of(request), enrolment=row)
            except KernelError as problem:
                messages.error(request, problem.detail)
