"""Choices of the interop app."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

MAX_TITLE: Final = 150
MAX_PLACE: Final = 200
MAX_TEXT: Final = 2_000
MAX_URL: Final = 500
# What one person plans for themselves, and what a course plans.
MOST_OWN: Final = 1_000
MOST_IN_COURSE: Final = 1_000
# Of these so many come every week: each week is a line of its own in every calendar and feed.
MOST_WEEKLY: Final = 100
MOST_FEEDS: Final = 50
# A week after week goes on for two years at most, and an event lasts a year at most.
MOST_WEEKS: Final = 104
MOST_DAYS: Final = 366


class FeedScope(models.TextChoices):
    """What a private calendar address tells of."""

    DATES = "dates", _("Everything dated")
    REVIEWS = "reviews", _("Cards to review")


class EntryKind(models.TextChoices):
    OPENS = "opens", _("Opens")
    DUE = "due", _("Due")
    CLOSES = "closes", _("Closes")
    PEER_REVIEW = "peer_review", _("Reviews of others' work due")
    COURSE = "course", _("Course starts or ends")
    PERIOD = "period", _("Grading period")
    REVIEW = "review", _("Cards to review")
    EVENT = "event", _("Event")
    OWN = "own", _("Private event")
