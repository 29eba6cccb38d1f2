"""The words of attempts and their logs."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AttemptState(TextChoices):
    OPEN = "open", _("In progress")
    SUBMITTED = "submitted", _("Waiting for marking")
    SCORED = "scored", _("Scored")
    RELEASED = "released", _("Released")


class StepKind(TextChoices):
    STARTED = "started", _("Started")
    ANSWER_SAVED = "answer_saved", _("Answer saved")
    CHECKED = "checked", _("Answer checked")
    FLAGGED = "flagged", _("Flagged")
    MOVED = "moved", _("Went on to the next page")
    EXTENDED = "extended", _("Time extended")
    PAUSED = "paused", _("Clock stopped")
    RESUMED = "resumed", _("Clock goes on")
    SUBMITTED = "submitted", _("Submitted")
    SCORED = "scored", _("Scored")
    REGRADED = "regraded", _("Regraded")
    MARKED = "marked", _("Marked")
    OVERRIDDEN = "overridden", _("Score changed")


class Verdict(TextChoices):
    CORRECT = "correct", _("Correct")
    PARTIAL = "partial", _("Partly correct")
    WRONG = "wrong", _("Not correct")
    UNANSWERED = "unanswered", _("Not answered")
    WAITING = "waiting", _("Waiting for marking")
