"""The words of marking, rubrics and peer review."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RubricKind(TextChoices):
    RUBRIC = "rubric", _("Rubric with levels")
    GUIDE = "guide", _("Marking guide")


class MarkRole(TextChoices):
    FIRST = "first", _("First marker")
    SECOND = "second", _("Second marker")


class MarkingState(TextChoices):
    """How far the marking of a submission is."""

    UNMARKED = "unmarked", _("To be marked")
    NEEDS_SECOND = "needs_second", _("Needs a second marker")
    NEEDS_AGREEMENT = "needs_agreement", _("Marks differ")
    MARKED = "marked", _("Marked, not released")
    RELEASED = "released", _("Released")


class PeerPhase(TextChoices):
    """The phases of a peer review, in order."""

    SETUP = "setup", _("Setting up")
    SUBMISSION = "submission", _("Handing in")
    ALLOCATION = "allocation", _("Giving out")
    REVIEW = "review", _("Reviewing")
    CLOSED = "closed", _("Closed")


class AppealState(TextChoices):
    OPEN = "open", _("Waiting")
    UPHELD = "upheld", _("Upheld")
    DISMISSED = "dismissed", _("Dismissed")
