"""Choices of analytics."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class SupportKind(TextChoices):
    """What staff did about a learner."""

    CONTACT = "contact", _("Got in touch")
    MEETING = "meeting", _("Met or called")
    MORE_TIME = "more_time", _("Gave more time")
    MATERIAL = "material", _("Pointed to material or practice")
    REFERRAL = "referral", _("Referred to an advisor")
    OTHER = "other", _("Something else")


class SupportDoor(TextChoices):
    """Where a suggestion leads."""

    WRITE = "write", _("Write to them")
    DATES = "dates", _("Give another date")
    PRACTICE = "practice", _("See the answers")


class StepKind(TextChoices):
    """What the next step in a course is."""

    ATTEMPT = "attempt", _("Go on")
    DUE = "due", _("Hand in")
    PRACTICE = "practice", _("Practise")
    LESSON = "lesson", _("Continue")
    REVIEW = "review", _("Review")


class RiskModelKind(TextChoices):
    """How a risk model was learnt."""

    LOGISTIC = "logistic", _("Logistic regression")
    BOOSTING = "boosting", _("Gradient boosting")


class RiskModelState(TextChoices):
    """Whether a risk model tells risks."""

    ACTIVE = "active", _("In use")
    CANDIDATE = "candidate", _("Not better than the one in use")
    RETIRED = "retired", _("Replaced")


class Verb(TextChoices):
    """What a learner did, in the words of the ADL vocabulary and the xAPI video profile."""

    EXPERIENCED = "experienced", _("Experienced")
    INITIALIZED = "initialized", _("Began")
    PROGRESSED = "progressed", _("Progressed")
    COMPLETED = "completed", _("Completed")
    TERMINATED = "terminated", _("Left")
    INTERACTED = "interacted", _("Interacted")
    ANSWERED = "answered", _("Answered")
    PLAYED = "played", _("Played")
    PAUSED = "paused", _("Paused")
    SEEKED = "seeked", _("Moved in the video")

    @property
    def iri(self) -> str:
        """The verb's id in xAPI."""
        video = self in {Verb.PLAYED, Verb.PAUSED, Verb.SEEKED}
        home = "https://w3id.org/xapi/video" if video else "http://adlnet.gov/expapi"
        return f"{home}/verbs/{self.value}"


class ExportFormat(TextChoices):
    """As which file a report is taken."""

    CSV = "csv", _("CSV (ZIP)")
    XLSX = "xlsx", _("Workbook (XLSX)")
    PARQUET = "parquet", _("Parquet (ZIP)")


class Rhythm(TextChoices):
    """How often a report comes by mail."""

    WEEKLY = "weekly", _("Every week")
    MONTHLY = "monthly", _("Every month, on the first such day")


class Weekday(IntegerChoices):
    """Days from Monday."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Attachment(TextChoices):
    """Which file comes with a report by mail."""

    CSV = "csv", _("CSV (ZIP), without names")
    XLSX = "xlsx", _("Workbook (XLSX), without names")


class FlashcardState(TextChoices):
    """Whether learners have a flashcard of a course."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
