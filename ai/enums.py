"""Words of the AI app that rows, requests and pages share."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from assessments.enums import Difficulty, QuestionKind

__all__ = ["CallOutcome", "Difficulty", "DraftState", "Purpose", "QuestionKind", "Use"]


class Purpose(TextChoices):
    """What a provider was called for."""

    QUESTIONS = "questions", _("Question generation")


class CallOutcome(TextChoices):
    """How one call to a provider ended."""

    ANSWERED = "answered", _("Answered")
    BAD_ANSWER = "bad_answer", _("Unusable answer")
    REFUSED = "refused", _("Refused")
    UNAVAILABLE = "unavailable", _("Unavailable")


class DraftState(TextChoices):
    """Where a generated question stands in review."""

    DRAFT = "draft", _("Waiting for review")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")


class Use(TextChoices):
    """Who may make the questions of a request."""

    AUTO = "auto", _("The connected model, and rules where it fails")
    RULES = "rules", _("Rules only: nothing leaves this server")
