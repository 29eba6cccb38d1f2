"""Words of the AI app that rows, requests and pages share."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class QuestionKind(models.TextChoices):
    """Kinds of question that can be generated."""

    SINGLE_CHOICE = "single_choice", _("Single choice")
    MULTIPLE_CHOICE = "multiple_choice", _("Multiple choice")
    TRUE_FALSE = "true_false", _("True or false")
    SHORT_ANSWER = "short_answer", _("Short answer")
    NUMERIC = "numeric", _("Numeric")


class Difficulty(models.TextChoices):
    """How close wrong options lie to the right one and how central the fact is."""

    EASY = "easy", _("Easy")
    MEDIUM = "medium", _("Medium")
    HARD = "hard", _("Hard")


class Purpose(models.TextChoices):
    """What a provider was called for."""

    QUESTIONS = "questions", _("Question generation")


class CallOutcome(models.TextChoices):
    """How one call to a provider ended."""

    ANSWERED = "answered", _("Answered")
    BAD_ANSWER = "bad_answer", _("Unusable answer")
    REFUSED = "refused", _("Refused")
    UNAVAILABLE = "unavailable", _("Unavailable")


class DraftState(models.TextChoices):
    """Where a generated question stands in review."""

    DRAFT = "draft", _("Waiting for review")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
