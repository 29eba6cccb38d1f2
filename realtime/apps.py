"""The realtime app: rooms, announcements, notifications, and every socket."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RealtimeConfig(AppConfig):
    name = "realtime"
    verbose_name = _("Conversation")

    def ready(self) -> None:
        """Fill the slots of other apps' pages, and hear of who signs out."""
        from django.contrib.auth.signals import user_logged_out

        from assessments.queries.elsewhere import register_work
        from lms.kernel.web import slots
        from realtime.queries.forum_dates import graded_work
        from realtime.services import indexing
        from realtime.views.browsers import forget_here
        from realtime.views.slots import (
            bell,
            course_announcements,
            course_tabs,
            envelope,
            learner_write,
            learner_write_to,
            my_announcements,
            palette_threads,
            teach_tabs,
        )

        user_logged_out.connect(forget_here, dispatch_uid="realtime.forget_here")
        indexing.register()
        register_work(graded_work)
        slots.register("global.bell", bell)
        slots.register("global.bell", envelope, order=200)
        slots.register("course.tabs", course_tabs, order=50)
        slots.register("teach.tabs.late", teach_tabs)
        slots.register("teach.learner.actions", learner_write)
        slots.register("teach.learner.write", learner_write_to)
        slots.register("palette.found", palette_threads)
        slots.register("course.overview", course_announcements, order=20)
        slots.register("dashboard.announcements", my_announcements)
