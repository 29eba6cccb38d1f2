"""The interop app: calendars, and what else goes out and comes in."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InteropConfig(AppConfig):
    name = "interop"
    verbose_name = _("Exchange")

    def ready(self) -> None:
        """Fill the slots of other apps' pages."""
        from interop.views import slots as shown
        from lms.kernel.web import slots

        slots.register("global.nav", shown.nav, order=10)
        slots.register("global.menu", shown.menu, order=10)
        slots.register("course.tabs", shown.course_tab, order=80)
        slots.register("review.calendar", shown.reviews)
        slots.register("dashboard.due", shown.dashboard, order=150)
