"""The project package as an app, for its management commands."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "lms"
    verbose_name = "Cairn"
