"""The words of quizzes."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class QuizState(TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class Counting(TextChoices):
    """Which of a learner's attempts makes the grade."""

    BEST = "best", _("The best attempt")
    LAST = "last", _("The last attempt")
    FIRST = "first", _("The first attempt")
    MEAN = "mean", _("The mean of all attempts")


class Layout(TextChoices):
    """What stands together on a page of an attempt."""

    ALL = "all", _("All questions on one page")
    SECTION = "section", _("One page per section")
    QUESTION = "question", _("One question at a time")


class Navigation(TextChoices):
    """How one moves between the pages of an attempt."""

    FREE = "free", _("Back and forth")
    FORWARD = "forward", _("Forward only")


class AiHelp(TextChoices):
    """How much AI helps a learner while an exam of theirs runs."""

    FULL = "full", _("as always")
    HINT = "hint", _("hints only")
    OFF = "off", _("not at all")


class ExamChat(TextChoices):
    """What a learner can do in the course's chat while an exam of theirs runs."""

    OPEN = "open", _("read and write")
    READ = "read", _("read only")
    CLOSED = "closed", _("nothing")


class Solutions(TextChoices):
    """From when learners who know their score also see the right answers and explanations."""

    AT_ONCE = "at_once", _("together with the score")
    LAST_ATTEMPT = "last_attempt", _("when they have no attempt left")
    CLOSED = "closed", _("when the quiz has closed for everybody")
    NEVER = "never", _("never")
