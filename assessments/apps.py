"""Assessments: question bank, quizzes, attempts, grades."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = _("Assessments")

    def ready(self) -> None:
        """Fill the slots of lower pages."""
        from assessments.queries.code import code_state
        from assessments.views import slots
        from lms.kernel.web import health

        health.MORE["code_questions"] = code_state

        slots.register()
