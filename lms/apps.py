"""The project package as an app, for its management commands, and the admin's site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ProjectConfig(AppConfig):
    name = "lms"
    verbose_name = "Cairn"


class SiteAdminConfig(AdminConfig):
    """Django's admin on our site; tables without a class of their own are shown read-only."""

    default_site = "lms.kernel.web.admin.Site"

    def ready(self) -> None:
        """Register what the apps declare, then the rest."""
        from django.contrib import admin

        from lms.kernel.web.admin import show_the_rest

        super().ready()
        show_the_rest(admin.site)
