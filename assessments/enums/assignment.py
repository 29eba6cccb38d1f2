"""The words of assignments and what is handed in."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AssignmentState(TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class LateUnit(TextChoices):
    """What a deduction for lateness is counted in; every unit that has begun counts."""

    NONE = "none", _("no deduction")
    HOUR = "hour", _("for each hour begun")
    DAY = "day", _("for each day begun")


class Resubmission(TextChoices):
    """When somebody who has submitted may submit again."""

    NEVER = "never", _("never")
    TIMES = "times", _("up to a number of times")
    UNTIL_DUE = "until_due", _("until it is due")
    WHEN_ASKED = "when_asked", _("when asked to revise")


class SubmissionState(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned")
