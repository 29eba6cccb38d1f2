"""The analytics app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnalyticsConfig(AppConfig):
    name = "analytics"
    verbose_name = _("Analytics")

    def ready(self) -> None:
        """Fill the slots of lower pages."""
        from analytics.views import (
            deck,
            early_warning,
            flashcards,
            institution,
            items,
            mastery,
            progress,
            review,
        )
        from analytics.views import slots as shown
        from lms.kernel.web import slots

        slots.register("teach.tabs", shown.teach_tab, order=60)
        slots.register("course.tabs", shown.course_tab, order=90)
        slots.register("course.tabs", mastery.tab, order=30)
        slots.register("course.overview", mastery.overview, order=5)
        slots.register("course.overview", early_warning.overview, order=90)
        slots.register("global.nav", institution.nav, order=90)
        slots.register("teach.actions", institution.button, order=90)
        slots.register("global.menu", institution.menu, order=90)
        slots.register("dashboard.figures", progress.link)
        slots.register("teach.home", shown.teach_home, order=20)
        slots.register("player.after_item", flashcards.after_lesson)
        slots.register("dashboard.due", review.dashboard, order=60)
        slots.register("dashboard.recommended", shown.dashboard_recommended)
        slots.register("teach.results.quiz", items.of_quiz)
        slots.register("teach.results.actions", items.jump)
        slots.register("teach.bank.actions", deck.link)
        slots.register("teach.bank.row", items.beside_question)
        slots.register("teach.bank.question", items.of_question)
