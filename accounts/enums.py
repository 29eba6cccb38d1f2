"""Choices of the accounts app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SiteRole(models.TextChoices):
    """What a person may do on the site; course roles are beside it."""

    STUDENT = "student", _("Student")
    INSTRUCTOR = "instructor", _("Instructor")
    ANALYST = "analyst", _("Analyst")
    ADMIN = "admin", _("Administrator")


class Theme(models.TextChoices):
    SYSTEM = "system", _("Like the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")
