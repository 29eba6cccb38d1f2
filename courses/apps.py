"""Courses: catalogue, outline, lessons, enrolment, progress."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoursesConfig(AppConfig):
    name = "courses"
    verbose_name = _("Courses")

    def ready(self) -> None:
        """Name what of courses can be found."""
        from courses.services import indexing

        indexing.register()
