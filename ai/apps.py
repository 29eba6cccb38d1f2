"""The ai app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AiConfig(AppConfig):
    name = "ai"
    verbose_name = _("AI")

    def ready(self) -> None:
        """Fill the slots of lower pages."""
        from ai.views import mark_slots, topics
        from ai.views import slots as shown
        from lms.kernel.web import slots

        slots.register("teach.tabs", shown.teach_tab, order=50)
        slots.register("teach.lesson.tools", shown.lesson_tools)
        slots.register("teach.lesson.review", shown.lesson_review)
        slots.register("teach.lesson.side", shown.lesson_side)
        slots.register("teach.bank.row", shown.bank_mark)
        slots.register("teach.bank.question", shown.bank_mark)
        slots.register("settings.sections", shown.settings_section, order=60)
        slots.register("teach.marking.draft", shown.marking_draft)
        slots.register("teach.attempt.part", mark_slots.answer_draft)
        slots.register("teach.attempt.side", mark_slots.answer_drafts_card)
        slots.register("teach.home", shown.teach_home, order=30)
        slots.register("teach.analytics", topics.analytics_topics, order=10)
        slots.register("institution.links", shown.institution_link)
        slots.register("player.pane", shown.tutor_pane, order=10)
        slots.register("course.tabs", shown.course_tab, order=60)
        slots.register("teach.settings", shown.settings_card, order=60)
