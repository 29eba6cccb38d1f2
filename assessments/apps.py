"""Assessments: question bank, quizzes, attempts, grades."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = _("Assessments")

    def ready(self) -> None:
        """Fill the slots of lower pages."""
        from assessments.views import slots

        slots.register()
