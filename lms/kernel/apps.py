"""The kernel as a Django app: it loads every app's tasks and subscribers."""

from django.apps import AppConfig
from django.db import connection
from django.utils.module_loading import autodiscover_modules


class KernelConfig(AppConfig):
    name = "lms.kernel"
    label = "kernel"
    verbose_name = "Kernel"

    def ready(self) -> None:
        """Import what registers itself: tasks (job kinds), event subscribers, third-party data."""
        autodiscover_modules("tasks", "subscribers")
        if connection.vendor == "postgresql":
            from lms.kernel.db.times import quicken

            quicken()
